// SPDX-License-Identifier: Apache-2.0
// Loops over elements against plain ones, bit for bit, at sizes that leave remainders.
#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "sim/domain/contract.hpp"
#include "sim/domain/contract_wide.hpp"
#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

using Counts = std::vector<std::size_t>;

TEST(Activate, IsTheFunctionOfOneFactor) {
  std::vector<std::uint64_t> gate = {0, 1, 2, ~std::uint64_t{0}, 0};
  const std::vector<std::uint64_t> up = {5, 0, 7, 9, 0};
  std::vector<std::uint64_t> expected;
  for (std::size_t i = 0; i < up.size(); ++i) {
    expected.push_back(Mod64::multiply(Mod64::function(Function::act, gate[i]), up[i]));
  }
  activate_mod64(gate.size(), gate.data(), up.data());
  EXPECT_EQ(gate, expected);
}

template <class D, class Add>
void expect_sums(Add add) {
  using T = typename D::Scalar;
  for (const std::size_t count : Counts{0, 1, 7, 8, 17, 64, 65, 130, 2049}) {
    for (const std::size_t ranks : Counts{0, 1, 2, 7, 8, 9, 19}) {
      std::vector<std::vector<T>> rows(ranks + 1);
      std::uint64_t next = count;
      for (auto& row : rows) {
        for (std::size_t j = 0; j < count; ++j) row.push_back(D::content(mix(next++), 0));
      }
      std::vector<const T*> in;
      for (std::size_t r = 1; r < rows.size(); ++r) in.push_back(rows[r].data());
      std::vector<T> expected = rows[0];
      for (std::size_t r = 1; r < rows.size(); ++r) {
        for (std::size_t j = 0; j < count; ++j) expected[j] = D::add(expected[j], rows[r][j]);
      }
      add(std::span<const T* const>(in), count, rows[0].data());
      ASSERT_EQ(rows[0], expected) << ranks << " x " << count;
    }
  }
}

TEST(AddOperands, AddsOneAfterTheOther) {
  const auto portable = [](auto operands, std::size_t count, auto* out) {
    portable::add_operands(operands, count, out);
  };
  const auto wide = [](auto operands, std::size_t count, auto* out) {
    wide::add_operands(operands, count, out);
  };
  expect_sums<Prime>(add_operands_prime);
  expect_sums<Mod64>(add_operands_mod64);
  expect_sums<Float32>(add_operands_float);
  expect_sums<Mod64>(portable);
  expect_sums<Float32>(portable);
  if (!wide::available()) return;
  expect_sums<Mod64>(wide);
  expect_sums<Float32>(wide);
}

}  // namespace
}  // namespace reducecheck
