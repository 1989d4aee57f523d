// SPDX-License-Identifier: Apache-2.0
#include "props/prover_program_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reducecheck::props {
namespace {

/// `a * b`
std::string spelled(const Letters& group) {
  std::string text;
  for (const char axis : group) text += (text.empty() ? "" : " * ") + std::string(1, axis);
  return text.empty() ? "1" : text;
}

std::string width_text(const std::string& width, const Letters& cols) {
  return cols.empty() ? width
                      : width + " / " + (cols.size() > 1 ? "(" + spelled(cols) + ")" : cols);
}

Letters without(const Letters& from, const Letters& gone) {
  Letters result;
  for (const char axis : from) {
    if (gone.find(axis) == Letters::npos) result += axis;
  }
  return result;
}

Letters joined(const Letters& a, const Letters& b) {
  return a + without(b, a);
}

bool meet(const Letters& a, const Letters& b) {
  return without(a, b) != a;
}

}  // namespace

bool Held::same_shape(const Held& other) const {
  return rows == other.rows && width == other.width && cols == other.cols;
}

ProgramWriter::ProgramWriter(const StraightLine& line) : line_(line) {
  Held x;
  x.name = "x";
  const int input = line.input % 6;
  if (input == 1) x.rows = "a";
  if (input == 2) x.rows = line.axes > 1 ? "ba" : "a";
  if (input == 3) x.cols = "a";
  if (input == 4) x.rows = line.axes > 1 ? "b" : "";
  values_ = {x};
}

Letters ProgramWriter::any_group(int n) const {
  static const std::vector<Letters> one = {"a"};
  static const std::vector<Letters> two = {"a", "b", "ab", "ba"};
  static const std::vector<Letters> three = {"a", "b", "c", "ab", "bc", "ca", "ba", "abc"};
  const auto& all = line_.axes == 1 ? one : line_.axes == 2 ? two : three;
  return all[static_cast<std::size_t>(n) % all.size()];
}

Letters ProgramWriter::group(const LineStep& step, const Letters& fitting) const {
  return step.odd == 0 || fitting.empty() ? any_group(step.group) : fitting;
}

std::string ProgramWriter::weight(const std::string& kind) {
  const auto known = names_.find(kind);
  if (known != names_.end()) return known->second;
  const std::string name = fmt::format("w{}", names_.size());
  names_[kind] = name;
  weights_.push_back(fmt::format("{} = \"{}\"\n", name, kind));
  return name;
}

Held& ProgramWriter::add(const Held& like, const std::string& distributed,
                         const std::string& reference) {
  Held made = like;
  made.name = fmt::format("v{}", values_.size());
  made.step = step_;
  made.argument = argument_;
  distributed_ += fmt::format("{} = {}\n", made.name, distributed);
  reference_ += fmt::format("{} = {}\n", made.name, reference);
  values_.push_back(made);
  return values_.back();
}

void ProgramWriter::write(const LineStep& step) {
  const auto count = static_cast<int>(values_.size());
  // The last values are read most, so that programs are long rather than broad.
  argument_ = count - 1 - (step.from < 8 ? 0 : step.from % count);
  step_ = step;
  const Held x = values_[static_cast<std::size_t>(argument_)];
  write_step(step, x);
}

bool ProgramWriter::write_weight(const LineStep& step, const Held& x) {
  const Letters over = any_group(step.group);
  const std::string layer = step.detail % 7 == 6 ? "[1]" : "";
  if (x.width == "inter") {
    const Letters in = step.odd == 0 ? over : x.cols;
    const std::string w = weight(fmt::format("linear({}, hidden)", width_text("inter", in)));
    const std::string call = fmt::format("{}{}({})", w, layer, x.name);
    Held& made = add(x, call, call);
    made.width = "hidden";
    made.cols = "";
    made.pending = joined(x.pending, in);
    return true;
  }
  if (x.width != "hidden" || !x.cols.empty()) return false;
  const int form = step.kind == 4 ? 2 : step.detail % 4;
  std::string kind = fmt::format("linear(hidden, {})", width_text("inter", over));
  if (form == 1) kind = "linear(hidden, hidden)";
  if (form >= 2) kind = fmt::format("mlp({})", width_text("inter", over));
  const std::string call = fmt::format("{}{}({})", weight(kind), layer, x.name);
  Held& made = add(x, call, call);
  if (form == 0) made.width = "inter", made.cols = over;
  if (form >= 2) made.pending = joined(x.pending, over);
  return true;
}

bool ProgramWriter::write_experts(const LineStep& step, const Held& x) {
  if (x.width != "hidden" || !x.cols.empty()) return false;
  const std::string gate = weight("linear(hidden, E)");
  const std::string at = std::to_string(values_.size());
  const std::string route = fmt::format("p{0}, ids{0} = topk({1}({2}), k)\n", at, gate, x.name);
  distributed_ += route;
  reference_ += route;
  const Letters owners = any_group(step.group);
  const Letters inner = without(step.detail % 3 == 0 ? any_group(step.detail / 3) : "", owners);
  const bool dispatched = step.kind == 6 && !x.rows.empty() && inner.empty();
  const Letters over = dispatched ? (step.odd == 0 ? owners : x.rows) : owners;
  const std::string w =
      weight(fmt::format("experts({}, {})", width_text("E", over), width_text("inter", inner)));
  const std::string plain = fmt::format("{}({}, ids{}, p{})", w, x.name, at, at);
  if (dispatched) {
    distributed_ += fmt::format("rx{0}, rids{0}, rp{0} = dispatch({1}, ids{0}, p{0}, {2}, {3})\n",
                                at, x.name, w, spelled(over));
    const std::string back =
        fmt::format("combine({0}(rx{1}, rids{1}, rp{1}), ids{1}, {0}, {2})", w, at, spelled(over));
    add(x, back, plain);
    return true;
  }
  Held& made = add(x, plain, plain);
  made.pending = joined(x.pending, joined(over, inner));
  return true;
}

bool ProgramWriter::write_two(const LineStep& step, const Held& x) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const Held y = values_[(i + static_cast<std::size_t>(step.other)) % values_.size()];
    const bool column = y.rows == x.rows && y.width == "1" && y.cols.empty();
    const bool gate = step.kind == 9 && (column || y.same_shape(x)) &&
                      (y.pending.empty() || step.detail % 4 == 0);
    const bool sum = step.kind != 9 && y.same_shape(x);
    if (!gate && !sum) continue;
    static const char* const operators[] = {"+", "-", "+"};
    const std::string op = gate ? (step.detail % 5 == 4 ? "/" : "*") : operators[step.detail % 3];
    const std::string both = fmt::format("{} {} {}", x.name, op, y.name);
    if (sum && step.odd != 0 &&
        !(x.pending.size() == y.pending.size() && without(x.pending, y.pending).empty())) {
      continue;
    }
    add(x, both, both).pending = joined(x.pending, y.pending);
    return true;
  }
  return false;
}

/// Where norms are free of scale, x times what they do not see, or in one of eight what they do.
std::string ProgramWriter::rescaled(const LineStep& step, const Held& x) {
  static const char* const forms[] = {
      "{0}",     "{0} * 3",         "{0} * {1}",       "{0} * 5 / {1}",
      "{0} / 2", "{0} * size({2})", "{0} / size({2})", "0 - {0}"};
  if (line_.assume == 0) return x.name;
  return fmt::format(fmt::runtime(forms[step.detail / 3 % 8]), x.name, weight("scalar"),
                     spelled(any_group(step.group)));
}

bool ProgramWriter::write_local(const LineStep& step, const Held& x) {
  static const char* const functions[] = {"act", "sigmoid", "relu", "exp", "quant"};
  if (step.kind == 10) {
    if (!x.clean() && step.odd != 0) return false;
    const std::string call = fmt::format("{}({})", functions[step.detail % 5], x.name);
    add(x, call, call);
    return true;
  }
  if (step.kind == 11) {
    const bool whole = x.width == "hidden" && x.cols.empty();
    if (whole && x.clean() && step.detail % 3 == 0) {
      const std::string w = weight("vector(hidden)");
      add(x, fmt::format("norm({}, {})", rescaled(step, x), w),
          fmt::format("norm({}, {})", x.name, w));
      return true;
    }
    const std::string s = weight("scalar");
    const Letters over = any_group(step.group);
    static const char* const forms[] = {"{0} * {1}", "{0} / {1}", "{0} * 2 / 2"};
    const std::string form = forms[step.detail % 3];
    const std::string text = fmt::format(fmt::runtime(form), x.name, s);
    const std::string odd =
        fmt::format("{} * {} / size({})", x.name, step.detail % 4 + 1, spelled(over));
    add(x, step.odd == 0 ? odd : text, text);
    return true;
  }
  if (x.width != "hidden" || !x.cols.empty()) return false;
  const std::string b = weight("vector(hidden)");
  const std::string plain = fmt::format("{} + {}", x.name, b);
  if (x.pending.empty() || step.odd == 0) {
    add(x, plain, plain);
  } else if (step.detail % 2 == 0) {
    add(x, fmt::format("{} / size({})", plain, spelled(x.pending)), plain);
  } else {
    add(x, fmt::format("{} + ({} if rank({}) == 0 else 0)", x.name, b, spelled(x.pending)), plain);
  }
  return true;
}

bool ProgramWriter::write_statistic(const LineStep& step, const Held& x) {
  const int form = step.detail % 5;
  const bool largest = form == 1 || form == 2;
  if (largest && (!x.clean() || !x.cols.empty()) && step.odd != 0) return false;
  static const char* const forms[] = {"sum({})", "max({})", "max({})", "take({}, 0)",
                                      "sum({} * {})"};
  std::string text = fmt::format(fmt::runtime(forms[form]), x.name, x.name);
  if (form == 3 && !x.cols.empty()) return false;
  if (form == 4 && !x.clean() && step.odd != 0) return false;
  Held& made = add(x, text, text);
  made.width = "1";
  made.pending = joined(x.pending, largest ? "" : x.cols);
  made.cols = "";
  return true;
}

bool ProgramWriter::write_collective(const LineStep& step, const Held& x) {
  if (step.odd != 0 && x.pending.empty()) return false;
  const Letters over = group(step, x.pending);
  const std::string g = spelled(over);
  const int form = step.detail % 8;
  if (step.odd == 0 && form < 2) {
    static const char* const odd[] = {"all_reduce({}, {}, op=\"avg\")",
                                      "all_reduce({}, {}, op=\"max\")"};
    add(x, fmt::format(fmt::runtime(odd[form]), x.name, g), x.name).pending =
        without(x.pending, over);
    return true;
  }
  if (form == 2 && !meet(over, x.rows)) {
    Held& made = add(x, fmt::format("reduce_scatter({}, {})", x.name, g), x.name);
    made.rows = x.rows + over;
    made.pending = without(x.pending, over);
    return true;
  }
  if (form == 3 && !meet(over, x.cols) && x.width == "hidden" && x.cols.empty()) {
    Held& made = add(x, fmt::format("reduce_scatter({}, {}, dim=cols)", x.name, g), x.name);
    made.cols = x.cols + over;
    made.pending = without(x.pending, over);
    return true;
  }
  static const char* const forms[] = {"all_reduce({}, {})", "all_reduce({}, {})"};
  add(x, fmt::format(fmt::runtime(forms[0]), x.name, g), x.name).pending = without(x.pending, over);
  return true;
}

}  // namespace reducecheck::props
