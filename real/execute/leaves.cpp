// SPDX-License-Identifier: Apache-2.0
// Inputs, constants, weights as values, padding: what comes from a hash of names and indices.
#include <bit>

#include "real/execute/rank.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {

int fan_in_exponent(std::int64_t fan_in) {
  // About the square root, so that values stay near 1.
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(fan_in - 1)));
  return (bits + 1) / 2;
}

std::uint64_t RankExecutor::key(const Step& step, std::int64_t expert, std::uint64_t part) const {
  const Source& source = plan_.sources[static_cast<std::size_t>(step.source)];
  const std::string name = source.is_input ? "input " + source.name : source.name;
  return matrix_key(seed_, name, step.layer, expert, part);
}

void RankExecutor::input(const Step& step) {
  LocalTensor& out = make(step);
  const int tags = plan_.values[static_cast<std::size_t>(step.results[0])].tags;
  const std::vector<RowTag>& tokens = plan_.tag_lists[static_cast<std::size_t>(tags)];
  for (int r = 0; r < out.rows; ++r) {
    const RowTag& token = tokens[static_cast<std::size_t>(r)];
    const std::uint64_t row = row_key(key(step, 0, 0), token_row(token.owner, token.index));
    for (int j = 0; j < out.width; ++j) {
      const std::uint64_t bits = element(
          row, out.integer ? 0 : static_cast<std::uint64_t>(step.numbers[0] + std::int64_t{j}));
      out.at(r, j) = out.integer ? bits % static_cast<std::uint64_t>(step.numbers[1])
                                 : arithmetic_.content(bits, 0);
    }
  }
}

void RankExecutor::leaf(const Step& step) {
  if (step.kind == StepKind::input || step.kind == StepKind::ids_input) return input(step);
  LocalTensor& out = make(step);
  std::int64_t first_row = 0;
  std::int64_t first_column = 0;
  int shift = 0;
  if (step.kind == StepKind::vector) first_column = step.numbers[0];
  if (step.kind == StepKind::matrix) {
    first_row = step.numbers[0];
    first_column = step.numbers[2];
    shift = fan_in_exponent(step.numbers[1]);
  }
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      if (step.kind == StepKind::constant) {
        out.at(r, j) = arithmetic_.number(step.scalar);
        continue;
      }
      const std::uint64_t row = row_key(key(step, 0, 0), static_cast<std::uint64_t>(first_row + r));
      out.at(r, j) =
          arithmetic_.content(element(row, static_cast<std::uint64_t>(first_column + j)), shift);
    }
  }
}

void RankExecutor::pad(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const std::uint64_t memory = mix(static_cast<std::uint64_t>(step.numbers[1]));
  const bool zeros = step.numbers[1] == 0;
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      if (r < x.rows) {
        out.at(r, j) = x.at(r, j);
      } else if (out.integer) {
        // No expert has the id of padding; that of unwritten memory is far outside.
        const std::int64_t id = zeros ? -1 : (1 << 20) + step.numbers[1];
        out.at(r, j) = static_cast<std::uint64_t>(id);
      } else if (!zeros) {
        const std::uint64_t row = row_key(memory, static_cast<std::uint64_t>(r));
        out.at(r, j) = arithmetic_.garbage(element(row, static_cast<std::uint64_t>(j)));
      }
    }
  }
}

}  // namespace reducecheck::real
