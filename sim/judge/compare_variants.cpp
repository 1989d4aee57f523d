// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/compare_variants.hpp"

#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "sim/judge/rounding.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {
namespace {

template <class D>
bool same_bits(typename D::Scalar a, typename D::Scalar b) {
  if (std::memcmp(&a, &b, sizeof a) == 0) return true;
  return std::isnan(D::to_compute(a)) && std::isnan(D::to_compute(b));
}

template <class D>
void count_bits(const Plan& plan, const Interpreter<D>& values, const SumOrders* orders,
                const Run& left, const Run& right, BitComparison& bits) {
  std::set<std::pair<int, int>> seen;
  VariantRounding<D> rounding(plan, values, orders);
  for (std::size_t o = 0; o < left.outputs.size(); ++o) {
    for (std::size_t rank = 0; rank < left.outputs[o].size(); ++rank) {
      const int a = left.outputs[o][rank];
      const int b = right.outputs[o][rank];
      const PlanValue& shape = plan.values[static_cast<std::size_t>(a)];
      if (shape.integer || !seen.insert({a, b}).second) continue;
      const std::int64_t n = std::int64_t{shape.rows} * shape.width;
      bits.elements += n;
      for (std::int64_t i = 0; i < n; ++i) {
        bits.differing += same_bits<D>(values.numbers(a)[i], values.numbers(b)[i]) ? 0 : 1;
      }
      if (a != b) rounding.judge(a, b, static_cast<int>(rank));
    }
  }
  bits.rounding = rounding.finding().report;
  bits.undecided = rounding.finding().reason;
}

}  // namespace

std::vector<BitComparison> compare_variants(const Plan& plan,
                                            const std::vector<std::size_t>& variants,
                                            std::uint64_t seed, Format format, SumOrders* orders) {
  const std::string refusal = orders == nullptr ? "" : orders->prepare(plan);
  return with_domain(format, [&]<class D>() {
    Interpreter<D> values;
    if (refusal.empty()) {
      values.load(plan, orders);
      values.run(seed);
    }
    const Run& left = plan.variants[variants[0]];
    std::vector<BitComparison> comparisons;
    for (std::size_t i = 1; i < variants.size(); ++i) {
      const Run& right = plan.variants[variants[i]];
      BitComparison bits{{}, D::name, left.name, right.name, 0, 0, "", refusal};
      if (refusal.empty()) count_bits(plan, values, orders, left, right, bits);
      comparisons.push_back(std::move(bits));
    }
    return comparisons;
  });
}

}  // namespace reducecheck
