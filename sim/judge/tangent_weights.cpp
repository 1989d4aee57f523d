// SPDX-License-Identifier: Apache-2.0
// Where addends begin: leaves and weights.
#include <algorithm>

#include "sim/judge/tangent_run.hpp"

namespace reducecheck {

TangentRun::TangentRun(const Plan& plan, const Interpreter<Prime>& values, std::uint64_t seed,
                       bool functions)
    : plan_(plan),
      values_(values),
      seed_(seed),
      tangents_(plan.values.size()),
      with_functions_(functions) {
  for (const Step& s : plan.steps) {
    if (s.kind > StepKind::table || s.source < 0) continue;
    int& chunks = cuts_.try_emplace(s.source, 1).first->second;
    chunks = std::max(chunks, s.chunks);
    Group& split = splits_[s.source];
    for (const int axis : s.split.axes) {
      if (std::ranges::find(split.axes, axis) == split.axes.end()) split.axes.push_back(axis);
    }
  }
  if (functions) index_applications();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) step(static_cast<int>(i));
}

Group TangentRun::split(int source) const {
  const auto found = splits_.find(source);
  return found == splits_.end() ? Group{} : found->second;
}

int TangentRun::id(const Addend& addend) {
  const auto [found, is_new] = ids_.try_emplace(addend, static_cast<int>(addends_.size()));
  if (is_new) addends_.push_back(addend);
  return found->second;
}

std::uint64_t TangentRun::key(const Step& step, std::int64_t expert, std::uint64_t part) const {
  const Source& source = plan_.sources[static_cast<std::size_t>(step.source)];
  return matrix_key(seed_, source.is_input ? "input " + source.name : source.name, step.layer,
                    expert, part);
}

/// The shares this call holds: all of them where the weight is whole, else just its own.
int TangentRun::cut(const Step& step) const {
  return step.chunks > 1 ? 1 : cuts_.at(step.source);
}

std::uint64_t TangentRun::number(int value, int row, int column) const {
  const PlanValue& v = shape(value);
  const int r = v.rows == 1 ? 0 : row;
  const int c = v.width == 1 ? 0 : column;
  return values_.numbers(value)[r * v.width + c];
}

/// Inputs, vectors, scalars and matrices are their own tangents; a matrix in shares of its rows.
void TangentRun::leaf(const Step& s) {
  const int result = s.results[0];
  const PlanValue& v = shape(result);
  if (s.kind == StepKind::scalar) scalars_[s.source] = number(result, 0, 0);
  TangentBuilder out(v.rows, v.width);
  if (!v.integer && s.kind != StepKind::constant) {
    const int shares = s.kind == StepKind::matrix ? cut(s) : 1;
    for (int row = 0; row < v.rows; ++row) {
      const bool matrix = s.kind == StepKind::matrix;
      const int chunk = !matrix ? 0 : s.chunks > 1 ? s.chunk : row * shares / v.rows;
      const int addend = id({s.source, s.layer, -1, chunk});
      std::uint64_t* part = out.part(addend, row);
      for (int j = 0; j < v.width; ++j) part[j] = number(result, row, j);
      out.history(addend).section = s.section;
    }
  }
  set(result, out.finish());
}

void TangentRun::linear(const Step& s) {
  const PlanValue& x = shape(s.operands[0]);
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  const int shares = cut(s);
  const int width = x.width / shares;
  const auto columns = static_cast<std::size_t>(y.width);
  const auto begin = static_cast<std::size_t>(s.numbers[0]);
  const std::uint64_t matrix = key(s, 0, 0);
  for (int share = 0; share < shares; ++share) {
    const int addend = id({s.source, s.layer, -1, s.chunks > 1 ? s.chunk : share});
    out.history(addend).section = s.section;
    for (int row = 0; row < y.rows; ++row) {
      contractor_.multiply(
          1, values_.numbers(s.operands[0]) + row * x.width + share * width,
          {matrix, begin + static_cast<std::size_t>(share * width), static_cast<std::size_t>(width),
           static_cast<std::size_t>(s.numbers[2]), columns, 0},
          out.part(addend, row));
    }
  }
  // Contributions of earlier weights pass on (an adapter B(A x)); those of inputs end here.
  const Tangent& in = of(s.operands[0]);
  for (std::size_t i = 0; i < in.terms.size(); ++i) {
    if (source(addend(in.terms[i].addend).source).is_input) continue;
    contractor_.multiply(1, in.part(i).data(),
                         {matrix, begin, static_cast<std::size_t>(x.width),
                          static_cast<std::size_t>(s.numbers[2]), columns, 0},
                         out.part(in.terms[i].addend, in.terms[i].row));
  }
  for (const auto& [a, history] : in.history) {
    if (!source(addend(a).source).is_input) out.add_history({{a, history}});
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::gated(const Step& s) {
  const PlanValue& x = shape(s.operands[0]);
  TangentBuilder out(x.rows, shape(s.results[0]).width);
  const int shares = cut(s);
  const auto width = static_cast<std::size_t>(s.numbers[1] / shares);
  const std::uint64_t keys[3] = {key(s, 0, 0), key(s, 0, 1), key(s, 0, 2)};
  for (int share = 0; share < shares; ++share) {
    const int addend = id({s.source, s.layer, -1, s.chunks > 1 ? s.chunk : share});
    out.history(addend).section = s.section;
    for (int row = 0; row < x.rows; ++row) {
      contractor_.gated(
          1, values_.numbers(s.operands[0]) + row * x.width, static_cast<std::size_t>(x.width),
          static_cast<std::size_t>(s.numbers[0]) + static_cast<std::size_t>(share) * width, width,
          static_cast<std::size_t>(s.numbers[2]), keys, out.part(addend, row));
    }
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::experts(const Step& s) {
  const PlanValue& ids = shape(s.operands[1]);
  TangentBuilder out(shape(s.results[0]).rows, shape(s.results[0]).width);
  if (s.numbers[3] == 1) {
    std::set<std::int64_t> named;
    for (int i = 0; i < ids.rows * ids.width; ++i) named.insert(values_.ids(s.operands[1])[i]);
    for (const std::int64_t logical : named) {
      if (logical >= 0) expert(s, logical, logical, out);
    }
  } else {
    for (std::size_t slot = 0; slot < s.experts.size(); ++slot) {
      const std::int64_t logical = s.experts[slot];
      const bool by_slot = s.numbers[4] == 1;
      if (logical >= 0) {
        expert(s, logical, by_slot ? static_cast<std::int64_t>(slot) : logical, out);
      }
    }
  }
  taint_like(s, out);
  set(s.results[0], out.finish());
}

void TangentRun::expert(const Step& s, std::int64_t logical, std::int64_t wanted,
                        TangentBuilder& out) {
  const PlanValue& x = shape(s.operands[0]);
  const PlanValue& ids = shape(s.operands[1]);
  const int shares = cut(s);
  const auto width = static_cast<std::size_t>(s.numbers[1] / shares);
  const std::uint64_t keys[3] = {key(s, logical, 0), key(s, logical, 1), key(s, logical, 2)};
  std::vector<std::uint64_t> returned(static_cast<std::size_t>(x.width));
  for (int row = 0; row < ids.rows; ++row) {
    for (int column = 0; column < ids.width; ++column) {
      if (values_.ids(s.operands[1])[row * ids.width + column] != wanted) continue;
      const std::uint64_t weight = number(s.operands[2], row, column);
      for (int share = 0; share < shares; ++share) {
        const int addend = id({s.source, s.layer, logical, s.chunks > 1 ? s.chunk : share});
        out.history(addend).section = s.section;
        contractor_.gated(
            1, values_.numbers(s.operands[0]) + row * x.width, static_cast<std::size_t>(x.width),
            static_cast<std::size_t>(s.numbers[0]) + static_cast<std::size_t>(share) * width, width,
            static_cast<std::size_t>(s.numbers[2]), keys, returned.data());
        std::uint64_t* part = out.part(addend, row);
        for (std::size_t j = 0; j < returned.size(); ++j) {
          part[j] = Prime::add(part[j], Prime::multiply(weight, returned[j]));
        }
      }
    }
  }
}

void TangentRun::table(const Step& s) {
  const PlanValue& ids = shape(s.operands[0]);
  const PlanValue& y = shape(s.results[0]);
  TangentBuilder out(y.rows, y.width);
  const std::uint64_t matrix = key(s, 0, 0);
  for (int row = 0; row < ids.rows; ++row) {
    for (int column = 0; column < ids.width; ++column) {
      const std::int64_t wanted = values_.ids(s.operands[0])[row * ids.width + column];
      const bool whole = s.numbers[3] == 1;
      const auto held = whole ? 1 : std::ranges::count(s.experts, wanted);
      if (wanted < 0 || held == 0) continue;
      const std::uint64_t weight = Prime::multiply(
          Prime::integer(held), s.operands.size() == 2 ? number(s.operands[1], row, column) : 1);
      const int addend = id({s.source, s.layer, wanted, 0});
      out.history(addend).section = s.section;
      std::uint64_t* part = out.part(addend, row);
      const std::uint64_t entries = row_key(matrix, static_cast<std::uint64_t>(wanted));
      for (int j = 0; j < y.width; ++j) {
        const std::uint64_t entry =
            Prime::content(element(entries, static_cast<std::uint64_t>(s.numbers[0] + j)), 0);
        part[j] = Prime::add(part[j], Prime::multiply(weight, entry));
      }
    }
  }
  set(s.results[0], out.finish());
}

}  // namespace reducecheck
