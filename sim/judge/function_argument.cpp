// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/function_argument.hpp"

#include "sim/domain/hash.hpp"

namespace reducecheck {

std::optional<Token> token_of(const RowTag& tag) {
  if (tag.kind == RowTag::Kind::token) return Token{tag.owner, tag.index};
  if (tag.kind == RowTag::Kind::broadcast) return Token{-1, -1};
  return std::nullopt;
}

std::uint64_t argument_key(const Plan& plan, const Interpreter<Prime>& values, const Step& step,
                           int row, int column) {
  if (step.kind == StepKind::norm) {
    const PlanValue& x = plan.values[static_cast<std::size_t>(step.operands[0])];
    std::uint64_t squares = 0;
    for (int j = 0; j < x.width; ++j) {
      const std::uint64_t v = values.numbers(step.operands[0])[row * x.width + j];
      squares = Prime::add(squares, Prime::multiply(v, v));
    }
    return mix(Prime::divide(squares, Prime::integer(x.width)));
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
