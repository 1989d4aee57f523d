// SPDX-License-Identifier: Apache-2.0
// Tangents of steps that choose, move or mark rows and columns.
#include "sim/judge/tangent_run.hpp"

namespace reducecheck {

/// Adds rows [from, from + count) of `in`, the first as row `to` of the result, its first feature
/// as `column` (negative: that many features of `in` are left out).
void TangentRun::add_rows(TangentBuilder& out, const Tangent& in, int from, int count, int to,
                          int column) {
  for (std::size_t i = 0; i < in.terms.size(); ++i) {
    const int row = in.terms[i].row - from;
    if (row < 0 || row >= count) continue;
    std::uint64_t* part = out.part(in.terms[i].addend, row + to);
    for (int j = 0; j < in.width; ++j) {
      const int at = j + column;
      if (at < 0 || at >= out.width()) continue;
      part[at] = Prime::add(part[at], in.part(i)[static_cast<std::size_t>(j)]);
    }
  }
  for (std::size_t row = 0; row < in.tainted.size(); ++row) {
    const int r = static_cast<int>(row) - from;
    if (in.tainted[row] && r >= 0 && r < count) out.taint(r + to);
  }
  out.add_history(in.history);
}

void TangentRun::move_rows(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  if (s.kind == StepKind::cat_rows || s.kind == StepKind::cat_cols) {
    int at = 0;
    for (const int operand : s.operands) {
      const PlanValue& x = shape(operand);
      const bool columns = s.kind == StepKind::cat_cols;
      add_rows(out, of(operand), 0, x.rows, columns ? 0 : at, columns ? at : 0);
      at += columns ? x.width : x.rows;
    }
  } else {
    const PlanValue& x = shape(s.operands[0]);
    const int begin = static_cast<int>(s.numbers[0]);
    if (s.kind == StepKind::slice_rows) {
      add_rows(out, of(s.operands[0]), begin, y.rows, 0);
    } else if (s.kind == StepKind::slice_cols) {
      add_rows(out, of(s.operands[0]), 0, x.rows, 0, -begin);
    } else {
      add_rows(out, of(s.operands[0]), 0, x.rows, 0);
      for (int row = x.rows; row < y.rows && s.numbers[1] != 0; ++row) out.taint(row);
    }
  }
  set(s.results[0], out.finish());
}

/// What the variable did not have before the assignment was brought under the guard.
void TangentRun::guarded(const Step& s) {
  Tangent result = of(s.operands[0]);
  for (auto& [addend, history] : result.history) {
    const bool had = s.operands.size() == 2 && of(s.operands[1]).history.contains(addend);
    history.guarded = history.guarded || !had;
  }
  set(s.results[0], std::move(result));
}

}  // namespace reducecheck
