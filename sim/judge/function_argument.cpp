// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/function_argument.hpp"

#include <span>

#include "sim/domain/hash.hpp"

namespace reducecheck {

std::optional<Token> token_of(const RowTag& tag) {
  if (tag.kind == RowTag::Kind::token) return Token{tag.owner, tag.index};
  if (tag.kind == RowTag::Kind::broadcast) return Token{-1, -1};
  return std::nullopt;
}

namespace {

std::span<const std::uint64_t> row_of(const Plan& plan, const Interpreter<Prime>& values, int value,
                                      int row) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
  const auto width = static_cast<std::size_t>(shape.width);
  return {values.numbers(value) + (shape.rows == 1 ? 0 : row) * shape.width, width};
}

std::uint64_t mean_square(std::span<const std::uint64_t> row) {
  std::uint64_t squares = 0;
  for (const std::uint64_t x : row) squares = Prime::add(squares, Prime::multiply(x, x));
  return Prime::divide(squares, Prime::integer(static_cast<std::int64_t>(row.size())));
}

}  // namespace

std::uint64_t norm_factor(const Plan& plan, const Interpreter<Prime>& values, const Step& norm,
                          int row) {
  const auto x = row_of(plan, values, norm.operands[0], row);
  const auto y = row_of(plan, values, norm.results[0], row);
  for (std::size_t j = 0; j < x.size(); ++j) {
    std::uint64_t weighted = x[j];
    if (norm.operands.size() == 2) {
      const auto weight = row_of(plan, values, norm.operands[1], row);
      weighted = Prime::multiply(weighted, weight[weight.size() == 1 ? 0 : j]);
    }
    if (weighted != 0) return Prime::divide(y[j], weighted);
  }
  return Prime::function(Function::rsqrt, 0);
}

std::uint64_t root_key(const Plan& plan, const Interpreter<Prime>& values, const Step& norm,
                       int row) {
  return mix(mean_square(row_of(plan, values, norm.operands[0], row)));
}

std::uint64_t argument_key(const Plan& plan, const Interpreter<Prime>& values, const Step& step,
                           int row, int column) {
  if (step.kind == StepKind::norm) {
    if (!plan.scale_free_norm) return root_key(plan, values, step, row);
    const std::uint64_t factor = norm_factor(plan, values, step, row);
    const std::uint64_t mean = mean_square(row_of(plan, values, step.operands[0], row));
    return mix(Prime::multiply(mean, Prime::multiply(factor, factor)));
  }
  std::uint64_t hash = 0;
  for (const int operand : step.operands) {
    const PlanValue& v = plan.values[static_cast<std::size_t>(operand)];
    const int r = v.rows == 1 ? 0 : row;
    const int c = v.width == 1 ? 0 : column;
    hash = mix(hash ^ values.numbers(operand)[r * v.width + c]);
  }
  return hash;
}

}  // namespace reducecheck
