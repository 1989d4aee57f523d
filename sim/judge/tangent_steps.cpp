// SPDX-License-Identifier: Apache-2.0
// How local steps carry tangents: linear ones do, opaque ones stop them.
#include <algorithm>

#include "sim/judge/tangent_run.hpp"

namespace reducecheck {
namespace {

/// Rows of the result that row `row` of an operand reaches: all of them where it broadcasts.
std::pair<int, int> reach(const PlanValue& in, const PlanValue& out, int row) {
  if (in.rows == out.rows) return {row, row + 1};
  return {0, out.rows};
}

}  // namespace

void TangentRun::step(int index) {
  const Step& s = plan_.steps[static_cast<std::size_t>(index)];
  switch (s.kind) {
    case StepKind::input:
    case StepKind::ids_input:
    case StepKind::vector:
    case StepKind::scalar:
    case StepKind::matrix:
    case StepKind::constant: return leaf(s);
    case StepKind::linear: return linear(s);
    case StepKind::mlp: return gated(s);
    case StepKind::experts: return experts(s);
    case StepKind::table: return table(s);
    case StepKind::add:
    case StepKind::subtract: return elementwise(s);
    case StepKind::multiply:
    case StepKind::divide: return product(s);
    case StepKind::matmul: return matmul(s);
    case StepKind::scale: return scaled_by(s, Prime::fraction(s.scalar));
    case StepKind::shift: return scaled_by(s, 1);
    case StepKind::select:
      if (!shape(s.results[0]).integer) return select(s);
      return;
    case StepKind::sum_cols:
    case StepKind::sum_rows: return statistic(s);
    case StepKind::norm: return norm(s);
    case StepKind::slice_rows:
    case StepKind::slice_cols:
    case StepKind::pad:
    case StepKind::cat_rows:
    case StepKind::cat_cols: return move_rows(s);
    case StepKind::guarded: return guarded(s);
    case StepKind::all_reduce_sum:
    case StepKind::all_reduce_avg:
    case StepKind::reduce_scatter:
    case StepKind::reduce_scatter_cols:
    case StepKind::reduce_scatter_v: return sum(index);
    case StepKind::all_gather:
    case StepKind::all_gather_cols:
    case StepKind::broadcast: return gather(s);
    case StepKind::combine: return combine(index);
    default: return stop(s);
  }
}

/// Opaque steps: nothing but the taint of uninitialised memory passes, and what begins there.
void TangentRun::stop(const Step& s) {
  for (const int result : s.results) {
    TangentBuilder out(shape(result).rows, shape(result).width);
    begin_function(s, result, out);
    taint_like(s, out);
    set(result, out.finish());
  }
}

/// A row is tainted when a row of an operand that reaches it is; a statistic over rows by any.
void TangentRun::taint_like(const Step& s, TangentBuilder& out) {
  for (const int operand : s.operands) {
    const std::vector<bool>& tainted = of(operand).tainted;
    const bool every = shape(operand).rows != out.rows();
    for (std::size_t row = 0; row < tainted.size(); ++row) {
      if (!tainted[row]) continue;
      const int last = every ? out.rows() : static_cast<int>(row) + 1;
      for (int r = every ? 0 : static_cast<int>(row); r < last; ++r) out.taint(r);
    }
  }
}

void TangentRun::elementwise(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  for (std::size_t o = 0; o < 2; ++o) {
    const Tangent& in = of(s.operands[o]);
    const PlanValue& x = shape(s.operands[o]);
    const bool minus = o == 1 && s.kind == StepKind::subtract;
    for (std::size_t i = 0; i < in.terms.size(); ++i) {
      const auto [first, last] = reach(x, y, in.terms[i].row);
      for (int row = first; row < last; ++row) {
        std::uint64_t* part = out.part(in.terms[i].addend, row);
        for (int j = 0; j < y.width; ++j) {
          const std::uint64_t t = in.part(i)[static_cast<std::size_t>(x.width == 1 ? 0 : j)];
          part[j] = minus ? Prime::subtract(part[j], t) : Prime::add(part[j], t);
        }
      }
    }
    out.add_history(in.history);
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

/// The product rule; of a quotient the numerator passes, as the divisor is a statistic or opaque.
void TangentRun::product(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  const bool quotient = s.kind == StepKind::divide;
  for (std::size_t o = 0; o < (quotient ? 1U : 2U); ++o) {
    const Tangent& in = of(s.operands[o]);
    const PlanValue& x = shape(s.operands[o]);
    for (std::size_t i = 0; i < in.terms.size(); ++i) {
      const auto [first, last] = reach(x, y, in.terms[i].row);
      for (int row = first; row < last; ++row) {
        std::uint64_t* part = out.part(in.terms[i].addend, row);
        for (int j = 0; j < y.width; ++j) {
          const std::uint64_t t = in.part(i)[static_cast<std::size_t>(x.width == 1 ? 0 : j)];
          const std::uint64_t other = number(s.operands[1 - o], row, j);
          part[j] =
              Prime::add(part[j], quotient ? Prime::divide(t, other) : Prime::multiply(t, other));
        }
      }
    }
    out.add_history(in.history);
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::matmul(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  const int inner = shape(s.operands[0]).width;
  TangentBuilder out(y.rows, y.width);
  const Tangent& a = of(s.operands[0]);
  for (std::size_t i = 0; i < a.terms.size(); ++i) {
    std::uint64_t* part = out.part(a.terms[i].addend, a.terms[i].row);
    for (int k = 0; k < inner; ++k) {
      for (int j = 0; j < y.width; ++j) {
        part[j] = Prime::add(part[j], Prime::multiply(a.part(i)[static_cast<std::size_t>(k)],
                                                      number(s.operands[1], k, j)));
      }
    }
  }
  const Tangent& b = of(s.operands[1]);
  for (std::size_t i = 0; i < b.terms.size(); ++i) {
    for (int row = 0; row < y.rows; ++row) {
      const std::uint64_t x = number(s.operands[0], row, b.terms[i].row);
      std::uint64_t* part = out.part(b.terms[i].addend, row);
      for (int j = 0; j < y.width; ++j) {
        part[j] = Prime::add(part[j], Prime::multiply(x, b.part(i)[static_cast<std::size_t>(j)]));
      }
    }
  }
  out.add_history(a.history);
  out.add_history(b.history);
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::scaled_by(const Step& s, std::uint64_t factor) {
  Tangent result = of(s.operands[0]);
  for (std::uint64_t& x : result.data) x = Prime::multiply(x, factor);
  if (s.kind == StepKind::scale) {
    for (auto& [addend, history] : result.history) history.scaled = true;
  }
  set(s.results[0], std::move(result));
}

void TangentRun::select(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  const PlanValue& c = shape(s.operands[0]);
  TangentBuilder out(y.rows, y.width);
  for (std::size_t o = 1; o < 3; ++o) {
    const Tangent& in = of(s.operands[o]);
    const PlanValue& x = shape(s.operands[o]);
    for (std::size_t i = 0; i < in.terms.size(); ++i) {
      const auto [first, last] = reach(x, y, in.terms[i].row);
      for (int row = first; row < last; ++row) {
        for (int j = 0; j < y.width; ++j) {
          const int at = (c.rows == 1 ? 0 : row) * c.width + (c.width == 1 ? 0 : j);
          const bool first_chosen = values_.ids(s.operands[0])[at] != 0;
          if (first_chosen != (o == 1)) continue;
          const std::uint64_t t = in.part(i)[static_cast<std::size_t>(x.width == 1 ? 0 : j)];
          std::uint64_t* part = out.part(in.terms[i].addend, row);
          part[j] = Prime::add(part[j], t);
        }
      }
    }
    out.add_history(in.history);
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::statistic(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  const Tangent& in = of(s.operands[0]);
  TangentBuilder out(y.rows, y.width);
  const bool rows = s.kind == StepKind::sum_rows;
  for (std::size_t i = 0; i < in.terms.size(); ++i) {
    std::uint64_t* part = out.part(in.terms[i].addend, rows ? 0 : in.terms[i].row);
    for (std::size_t j = 0; j < in.part(i).size(); ++j) {
      std::uint64_t& sum = part[rows ? j : 0];
      sum = Prime::add(sum, in.part(i)[j]);
    }
  }
  out.add_history(in.history);
  taint_like(s, out);
  set(s.results[0], out.finish());
}

/// The statistic frozen: t * rsqrt(sum(x * x) / width) [* w], and (x * factor) times that of w. A
/// factor of all of x is in its statistic too, so where the norm is free of scale it goes.
void TangentRun::norm(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  const bool weighted = s.operands.size() == 2;
  std::vector<std::uint64_t> factors;
  for (int row = 0; row < y.rows; ++row) factors.push_back(norm_factor(plan_, values_, s, row));
  const Tangent& in = of(s.operands[0]);
  for (std::size_t i = 0; i < in.terms.size(); ++i) {
    const int row = in.terms[i].row;
    std::uint64_t* part = out.part(in.terms[i].addend, row);
    for (int j = 0; j < y.width; ++j) {
      const std::uint64_t t = Prime::multiply(in.part(i)[static_cast<std::size_t>(j)],
                                              factors[static_cast<std::size_t>(row)]);
      part[j] =
          Prime::add(part[j], weighted ? Prime::multiply(t, number(s.operands[1], row, j)) : t);
    }
  }
  out.add_history(in.history);
  if (weighted) {
    const Tangent& w = of(s.operands[1]);
    for (std::size_t i = 0; i < w.terms.size(); ++i) {
      for (int row = 0; row < y.rows; ++row) {
        std::uint64_t* part = out.part(w.terms[i].addend, row);
        for (int j = 0; j < y.width; ++j) {
          const std::uint64_t x = Prime::multiply(number(s.operands[0], row, j),
                                                  factors[static_cast<std::size_t>(row)]);
          part[j] = Prime::add(
              part[j],
              Prime::multiply(x, w.part(i)[static_cast<std::size_t>(w.width == 1 ? 0 : j)]));
        }
      }
    }
    out.add_history(w.history);
  }
  begin_function(s, s.results[0], out);
  taint_like(s, out);
  set(s.results[0], out.finish());
}

}  // namespace reducecheck
