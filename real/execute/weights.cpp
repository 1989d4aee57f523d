// SPDX-License-Identifier: Apache-2.0
// Weights as functions. Elements of weights are made when they are needed and forgotten.
#include "real/execute/rank.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {

/// x W, W the matrix with that key: its rows from `row`, its columns from `column`.
LocalTensor RankExecutor::product(const LocalTensor& x, std::uint64_t key, std::int64_t row,
                                  std::int64_t column, int columns, int shift) {
  LocalTensor y{x.rows, columns, false, {}};
  y.elements.assign(static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(columns), 0);
  const WeightBlock block{key, row, column, shift};
  if (elsewhere([&](LocalWork& work) { return work.product(arithmetic_.type(), x, block, y); })) {
    return y;
  }
  // A column at a time, for all rows of x, makes each element of the weight once.
  std::vector<std::uint64_t> weight(static_cast<std::size_t>(x.width));
  for (int j = 0; j < columns; ++j) {
    for (int i = 0; i < x.width; ++i) {
      const std::uint64_t bits = element(row_key(key, static_cast<std::uint64_t>(row + i)),
                                         static_cast<std::uint64_t>(column + j));
      weight[static_cast<std::size_t>(i)] = arithmetic_.content(bits, shift);
    }
    for (int r = 0; r < x.rows; ++r) {
      Accumulator sum(arithmetic_);
      for (int i = 0; i < x.width; ++i) {
        sum.add_product(x.at(r, i), weight[static_cast<std::size_t>(i)]);
      }
      y.at(r, j) = sum.sum();
    }
  }
  return y;
}

void RankExecutor::linear(const Step& step) {
  const int columns = plan_.values[static_cast<std::size_t>(step.results[0])].width;
  LocalTensor y = product(operand(step, 0), key(step, 0, 0), step.numbers[0], step.numbers[2],
                          columns, fan_in_exponent(step.numbers[1]));
  values_.insert_or_assign(step.results[0], std::move(y));
}

GatedWeights RankExecutor::gated_weights(const Step& step, std::int64_t expert) const {
  return {{key(step, expert, 0), key(step, expert, 1), key(step, expert, 2)},
          static_cast<int>(step.numbers[0]),
          static_cast<int>(step.numbers[1]),
          static_cast<int>(step.numbers[2])};
}

/// down(act(gate(x)) * up(x)) over a share of the inner features.
LocalTensor RankExecutor::gated(const LocalTensor& x, const GatedWeights& weights) {
  const int in = fan_in_exponent(x.width);
  LocalTensor inner = product(x, weights.keys[0], 0, weights.begin, weights.width, in);
  const LocalTensor up = product(x, weights.keys[1], 0, weights.begin, weights.width, in);
  const bool gates =
      elsewhere([&](LocalWork& work) { return work.gate(arithmetic_.type(), inner, up, inner); });
  for (std::size_t i = 0; !gates && i < inner.elements.size(); ++i) {
    const std::uint64_t activated = arithmetic_.apply("act", inner.elements[i]);
    inner.elements[i] = arithmetic_.multiply(activated, up.elements[i]);
  }
  return product(inner, weights.keys[2], weights.begin, 0, x.width, fan_in_exponent(weights.total));
}

void RankExecutor::mlp(const Step& step) {
  LocalTensor y = gated(operand(step, 0), gated_weights(step, 0));
  values_.insert_or_assign(step.results[0], std::move(y));
}

bool RankExecutor::experts_elsewhere(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  const LocalTensor& ids = operand(step, 1);
  const bool by_slot = step.numbers[4] == 1;
  ExpertWork work{.slots = {}, .chosen = {}, .choices = static_cast<std::size_t>(ids.width)};
  std::map<std::int64_t, std::int32_t> slot_of;
  for (std::size_t slot = 0; slot < step.experts.size(); ++slot) {
    const std::int64_t expert = step.experts[slot];
    if (expert < 0) continue;
    const std::int64_t wanted = by_slot ? static_cast<std::int64_t>(slot) : expert;
    // Held twice, an expert adds twice: a choice has no two places.
    if (!slot_of.emplace(wanted, static_cast<std::int32_t>(work.slots.size())).second) return false;
    work.slots.push_back(gated_weights(step, expert));
  }
  for (int r = 0; r < ids.rows; ++r) {
    for (int c = 0; c < ids.width; ++c) {
      const auto slot = slot_of.find(ids.id(r, c));
      work.chosen.push_back(slot == slot_of.end() ? -1 : slot->second);
    }
  }
  LocalTensor y = blank(step.results[0]);
  const LocalTensor& p = operand(step, 2);
  if (!elsewhere(
          [&](LocalWork& other) { return other.experts(arithmetic_.type(), x, p, work, y); })) {
    return false;
  }
  values_.insert_or_assign(step.results[0], std::move(y));
  return true;
}

/// Each held slot in turn adds p * f(x) to the rows whose ids name it.
void RankExecutor::experts(const Step& step) {
  if (work_ != nullptr && experts_elsewhere(step)) return;
  const LocalTensor& x = operand(step, 0);
  const LocalTensor& ids = operand(step, 1);
  const LocalTensor& p = operand(step, 2);
  const bool by_slot = step.numbers[4] == 1;
  LocalTensor& y = make(step);
  for (std::size_t slot = 0; slot < step.experts.size(); ++slot) {
    const std::int64_t expert = step.experts[slot];
    if (expert < 0) continue;
    const std::int64_t wanted = by_slot ? static_cast<std::int64_t>(slot) : expert;
    for (int r = 0; r < ids.rows; ++r) {
      for (int c = 0; c < ids.width; ++c) {
        if (ids.id(r, c) != wanted) continue;
        LocalTensor row{1, x.width, false, {}};
        for (int j = 0; j < x.width; ++j) row.elements.push_back(x.at(r, j));
        const LocalTensor returned = gated(row, gated_weights(step, expert));
        const std::uint64_t weight = p.at(p.rows == 1 ? 0 : r, p.width == 1 ? 0 : c);
        for (int j = 0; j < x.width; ++j) {
          const std::uint64_t share = arithmetic_.multiply(weight, returned.at(0, j));
          y.at(r, j) = arithmetic_.add(y.at(r, j), share);
        }
      }
    }
  }
}

/// Rows of a table that the ids name and this rank holds, weighted where weights are given.
void RankExecutor::table(const Step& step) {
  const LocalTensor& ids = operand(step, 0);
  LocalTensor& y = make(step);
  for (const std::int64_t held : step.experts) {
    if (held < 0) continue;
    const std::uint64_t row = row_key(key(step, 0, 0), static_cast<std::uint64_t>(held));
    for (int r = 0; r < ids.rows; ++r) {
      for (int c = 0; c < ids.width; ++c) {
        if (ids.id(r, c) != held) continue;
        std::uint64_t weight = arithmetic_.number(1);
        if (step.operands.size() == 2) {
          const LocalTensor& p = operand(step, 1);
          weight = p.at(r, p.width == 1 ? 0 : c);
        }
        for (int j = 0; j < y.width; ++j) {
          const std::uint64_t bits = element(row, static_cast<std::uint64_t>(step.numbers[0] + j));
          const std::uint64_t share = arithmetic_.multiply(weight, arithmetic_.content(bits, 0));
          y.at(r, j) = arithmetic_.add(y.at(r, j), share);
        }
      }
    }
  }
}

}  // namespace reducecheck::real
