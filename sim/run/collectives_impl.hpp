// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: collectives.
#pragma once

#include <algorithm>

#include "sim/profile/phase.hpp"
#include "sim/run/ordered_sum_impl.hpp"
#include "sim/run/state.hpp"

namespace reducecheck {

template <class D>
void Interpreter<D>::State::execute_collective(const Step& step) {
  const InPhase phase(Phase::collectives);
  switch (step.kind) {
    case StepKind::all_reduce_sum:
    case StepKind::all_reduce_avg:
    case StepKind::all_reduce_max: return reduce(step);
    case StepKind::reduce_scatter:
    case StepKind::reduce_scatter_cols:
    case StepKind::reduce_scatter_v: return scatter(step);
    case StepKind::dispatch: return dispatch(step);
    case StepKind::combine: return combine(step);
    default: return gather(step);
  }
}

/// Folds the operands in group order, block by block, so that each is read once and the running
/// result stays in the first-level cache.
template <class D>
template <class Combine>
void Interpreter<D>::State::fold(const Step& step, std::ptrdiff_t first, std::ptrdiff_t count,
                                 Scalar* out, Combine combine) {
  constexpr std::ptrdiff_t block = 512;
  for (const std::ptrdiff_t end = first + count; first < end; first += block) {
    const std::ptrdiff_t n = std::min(block, end - first);
    std::copy_n(data(step.operands[0]) + first, n, out);
    for (std::size_t i = 1; i < step.operands.size(); ++i) {
      const Scalar* in = data(step.operands[i]) + first;
      for (std::ptrdiff_t j = 0; j < n; ++j) out[j] = combine(out[j], in[j]);
    }
    out += n;
  }
}

template <class D>
void Interpreter<D>::State::reduce(const Step& step) {
  View out = view(step.results[0]);
  if (step.kind == StepKind::all_reduce_max) {
    return fold(step, 0, out.size(), out.data(),
                [](Scalar a, Scalar b) { return D::less(a, b) ? b : a; });
  }
  sum(step, order_of(step), 0, out.size(), out.data());
  if (step.kind == StepKind::all_reduce_avg) {
    const Scalar n = D::integer(static_cast<std::int64_t>(step.operands.size()));
    out = out.unaryExpr([n](Scalar x) { return D::divide(x, n); });
  }
}

template <class D>
void Interpreter<D>::State::scatter(const Step& step) {
  const OrderedSum* order = order_of(step);
  const std::ptrdiff_t whole = shape(step.operands[0]).width;
  std::ptrdiff_t from = 0;
  for (const int result : step.results) {
    const View part = view(result);
    if (step.kind != StepKind::reduce_scatter_cols) {
      sum(step, order, from, part.size(), data(result));
      from += part.size();
      continue;
    }
    const std::ptrdiff_t width = part.dimension(1);
    for (std::ptrdiff_t r = 0; r < part.dimension(0); ++r) {
      sum(step, order, from + r * whole, width, data(result) + r * width);
    }
    from += width;
  }
}

template <class D>
void Interpreter<D>::State::gather(const Step& step) {
  const int result = step.results[0];
  std::int64_t row = 0;
  std::int64_t column = 0;
  for (const int operand : step.operands) {
    const PlanValue& part = shape(operand);
    if (step.kind == StepKind::all_gather) {
      copy_rows(operand, result, row);
      row += part.rows;
      continue;
    }
    copy_columns(operand, 0, part.width, result, column);
    column += part.width;
  }
}

/// Each member sees the ids of all rows, -1 where the expert is not one that it answers for.
template <class D>
void Interpreter<D>::State::dispatch(const Step& step) {
  const auto owner = [&](std::int64_t expert) -> std::int64_t {
    const bool known = expert >= 0 && expert < static_cast<std::int64_t>(step.experts.size());
    return known ? step.experts[static_cast<std::size_t>(expert)] : -1;
  };
  std::ptrdiff_t at = 0;
  for (const int operand : step.operands) {
    const std::ptrdiff_t size =
        static_cast<std::ptrdiff_t>(shape(operand).rows) * shape(operand).width;
    for (std::ptrdiff_t i = 0; i < size; ++i, ++at) {
      const std::int64_t expert = table_data(operand)[i];
      const std::int64_t member = owner(expert);
      for (std::size_t m = 0; m < step.results.size(); ++m) {
        table_data(step.results[m])[at] = static_cast<std::int64_t>(m) == member ? expert : -1;
      }
    }
  }
}

/// Each own row is the sum, in group order, of what the holders of its ids returned; a holder that
/// the dispatch did not send the row to returns nothing.
template <class D>
void Interpreter<D>::State::combine(const Step& step) {
  const std::size_t members = step.results.size();
  const Step* sent =
      step.numbers[0] < 0 ? nullptr : &plan_->steps[static_cast<std::size_t>(step.numbers[0])];
  const auto names = [&](const Step& table, std::size_t member, const std::int64_t* ids,
                         int width) {
    for (int k = 0; k < width; ++k) {
      const std::int64_t expert = ids[k];
      if (expert >= 0 && expert < static_cast<std::int64_t>(table.experts.size()) &&
          table.experts[static_cast<std::size_t>(expert)] == static_cast<std::int64_t>(member)) {
        return true;
      }
    }
    return false;
  };
  std::ptrdiff_t row = 0;  // among all delivered rows
  std::size_t source = 0;  // the sender of that row, and its row there
  int source_row = 0;
  for (std::size_t m = 0; m < members; ++m) {
    const int ids = step.operands[members + m];
    const PlanValue& y = shape(step.results[m]);
    for (int r = 0; r < y.rows; ++r, ++row, ++source_row) {
      Scalar* out = data(step.results[m]) + static_cast<std::ptrdiff_t>(r) * y.width;
      std::fill_n(out, y.width, Scalar{});
      while (sent != nullptr && source_row >= shape(sent->operands[source]).rows) {
        ++source;
        source_row = 0;
      }
      const std::int64_t* asked =
          table_data(ids) + static_cast<std::ptrdiff_t>(r) * shape(ids).width;
      for (std::size_t holder = 0; holder < members && sent != nullptr; ++holder) {
        const int sent_ids = sent->operands[source];
        const int width = shape(sent_ids).width;
        if (!names(step, holder, asked, shape(ids).width)) continue;
        if (!names(*sent, holder,
                   table_data(sent_ids) + static_cast<std::ptrdiff_t>(source_row) * width, width)) {
          continue;
        }
        const Scalar* in = data(step.operands[holder]) + row * y.width;
        for (int j = 0; j < y.width; ++j) out[j] = D::add(out[j], in[j]);
      }
    }
  }
}

}  // namespace reducecheck
