// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/second_ways.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "kernels/launch.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;

constexpr std::size_t row_elements = 64;
constexpr std::uint64_t any_nan = ~std::uint64_t{0} >> 1;  // no encoding, and no place of a number

/// The fields of a floating type, from the widths that its name promises.
struct EncodingFields {
  explicit EncodingFields(ElementType type)
      : sign(real::facts(type).exponent_bits + real::facts(type).fraction_bits),
        magnitudes((std::uint64_t{1} << sign) - 1),
        infinity(magnitudes >> real::facts(type).fraction_bits << real::facts(type).fraction_bits) {
  }

  /// Integers in the order of the numbers; none for a NaN.
  [[nodiscard]] std::optional<std::int64_t> place(std::uint64_t encoding) const {
    const std::uint64_t magnitude = encoding & magnitudes;
    if (magnitude > infinity) return std::nullopt;
    const auto distance = static_cast<std::int64_t>(magnitude);
    return encoding >> sign == 0 ? distance : -distance;
  }

  int sign;
  std::uint64_t magnitudes;
  std::uint64_t infinity;
};

/// Any bits, and at every fourth element a NaN of one rank.
std::vector<std::byte> row_of(ElementType type, int rank, int ranks, std::uint64_t seed) {
  const EncodingFields fields(type);
  const std::uint64_t key = row_key(mix(seed), static_cast<std::uint64_t>(rank));
  std::vector<std::byte> row(row_elements * real::facts(type).bytes);
  for (std::size_t i = 0; i < row_elements; ++i) {
    const bool nan =
        i % 4 == 0 && i / 4 % static_cast<std::size_t>(ranks) == static_cast<std::size_t>(rank);
    const std::uint64_t bits = element(key, i) & (2 * fields.magnitudes + 1);
    real::store(type, row.data(), i, nan ? fields.magnitudes : bits);
  }
  return row;
}

real::Call call_of_all(const char* operation, const char* reduction, ElementType type,
                       std::size_t count, int ranks) {
  real::Call call{.operation = operation,
                  .reduction = reduction,
                  .type = std::string(real::facts(type).name),
                  .count = count,
                  .members = std::vector<int>(static_cast<std::size_t>(ranks)),
                  .text = "a maximum of gathered rows",
                  .at = {}};
  std::iota(call.members.begin(), call.members.end(), 0);
  return call;
}

kernels::Element element_of_kernels(ElementType type) {
  return type == ElementType::fp32   ? kernels::Element::fp32
         : type == ElementType::bf16 ? kernels::Element::bf16
                                     : kernels::Element::fp16;
}

std::size_t size_of(int size) {
  return static_cast<std::size_t>(size);
}

/// As kernels read it: rows of elements, aligned.
std::vector<std::uint64_t> buffer_of(ElementType type, std::size_t count) {
  return std::vector<std::uint64_t>(count * real::facts(type).bytes / sizeof(std::uint64_t) + 1);
}

/// x times the weight of the step, by fill and linear.
std::vector<std::uint64_t> by_kernels(const Plan& plan, const Step& step, ElementType type,
                                      std::uint64_t seed, const real::LocalTensor& x,
                                      std::size_t columns) {
  const kernels::Element kind = element_of_kernels(type);
  const std::size_t inner = size_of(x.width);
  const std::string& name = plan.sources[size_of(step.source)].name;
  auto in = buffer_of(type, x.elements.size());
  for (std::size_t i = 0; i < x.elements.size(); ++i) {
    real::store(type, in.data(), i, x.elements[i]);
  }
  auto weight = buffer_of(type, inner * columns);
  kernels::fill({}, kind, weight.data(),
                {.key = matrix_key(seed, name, step.layer, 0, 0),
                 .first_row = static_cast<std::uint64_t>(step.numbers[0]),
                 .first_column = static_cast<std::uint64_t>(step.numbers[2]),
                 .shift = real::fan_in_exponent(step.numbers[1])},
                inner, columns);
  auto out = buffer_of(type, size_of(x.rows) * columns);
  kernels::linear({}, kind, out.data(), in.data(), weight.data(), size_of(x.rows), inner, columns,
                  kernels::Rung::plain);
  std::vector<std::uint64_t> elements;
  for (std::size_t i = 0; i < size_of(x.rows) * columns; ++i) {
    elements.push_back(real::load(type, out.data(), i));
  }
  return elements;
}

}  // namespace

SecondWay maximum_of_gathered(real::Transport& transport, ElementType type, int rank, int ranks,
                              std::uint64_t seed) {
  std::vector<std::byte> row = row_of(type, rank, ranks, seed);
  const std::vector<std::size_t> sizes(size_of(ranks), row.size());
  std::vector<std::byte> all(size_of(ranks) * row.size());
  transport.all_gather(call_of_all("all_gather", "", type, 0, ranks), row, sizes, all);
  transport.all_reduce(call_of_all("all_reduce", "max", type, row_elements, ranks), type,
                       real::Reduction::max, row);
  const EncodingFields fields(type);
  SecondWay way;
  for (std::size_t i = 0; i < row_elements; ++i) {
    const bool nan = !fields.place(real::load(type, all.data(), i));
    std::optional<std::int64_t> greatest;  // of the numbers; a NaN is less than any of them
    for (std::size_t r = 0; r < size_of(ranks); ++r) {
      greatest =
          std::max(greatest, fields.place(real::load(type, all.data(), r * row_elements + i)));
    }
    const std::uint64_t encoding = real::load(type, row.data(), i);
    const auto given = fields.place(encoding);
    way.given.push_back(given ? static_cast<std::uint64_t>(*given) : any_nan);
    if (given == (nan ? std::nullopt : greatest)) continue;
    way.overlooked &= nan && given == greatest;
    way.different.push_back(i);
    if (way.different.size() > 1) continue;
    way.first = fmt::format(
        "{}: the maximum of element {} on rank {} is {:x}, which is not {} "
        "of what was gathered",
        real::facts(type).name, i, rank, encoding, nan ? "the NaN" : "the greatest");
  }
  return way;
}

SecondWay products_of_bodies(const Plan& plan, const Run& run, ElementType type, std::uint64_t seed,
                             const real::RankExecutor& executor, int rank) {
  SecondWay way;
  for (const Execution& one : run.executions[size_of(rank)]) {
    const Step& step = plan.steps[size_of(one.step)];
    if (step.kind != StepKind::linear) continue;
    const real::LocalTensor& product = executor.value(step.results[0]);
    const std::size_t columns = size_of(product.width);
    const auto expected =
        by_kernels(plan, step, type, seed, executor.value(step.operands[0]), columns);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::uint64_t given = product.elements[i];
      const bool nan = real::is_nan(type, given);
      way.given.push_back(nan ? any_nan : given);
      if (nan ? real::is_nan(type, expected[i]) : given == expected[i]) continue;
      way.different.push_back(way.given.size() - 1);
      if (way.different.size() > 1) continue;
      way.first = fmt::format("{}[{}, {}] on rank {} is {:x} and {:x} by the kernel", step.text,
                              i / columns, i % columns, rank, given, expected[i]);
    }
  }
  return way;
}

}  // namespace reducecheck::matrix
