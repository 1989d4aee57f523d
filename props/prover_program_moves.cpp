// SPDX-License-Identifier: Apache-2.0
// The steps of a straight-line program that move rows, guard ranks or ask for sizes; and the file.
#include <fmt/format.h>

#include "props/prover_program_writer.hpp"

namespace reducecheck::props {
namespace {

std::string spelled(const Letters& group) {
  std::string text;
  for (const char axis : group) text += (text.empty() ? "" : " * ") + std::string(1, axis);
  return text;
}

bool meet(const Letters& a, const Letters& b) {
  return a.find_first_of(b) != Letters::npos;
}

}  // namespace

bool ProgramWriter::write_movement(const LineStep& step, const Held& x) {
  const bool rows = step.detail % 3 != 0;
  const std::string dim = rows ? "" : ", dim=cols";
  const Letters& cut = rows ? x.rows : x.cols;
  const bool gathers = step.kind == 18 || (step.kind == 19 && !cut.empty());
  if (gathers) {
    if (cut.empty() && step.odd != 0) return false;
    // One or all of the axes that were cut last.
    const Letters last = step.group % 2 == 0 || cut.empty() ? cut : cut.substr(cut.size() - 1);
    const Letters over = group(step, last);
    Held& made = add(x, fmt::format("all_gather({}, {}{})", x.name, spelled(over), dim), x.name);
    Letters& left = rows ? made.rows : made.cols;
    if (left.ends_with(over)) left.resize(left.size() - over.size());
    return true;
  }
  const Letters over = any_group(step.group);
  const bool small = x.width == "1" && !rows;
  if (small || ((meet(over, x.rows) || meet(over, x.cols)) && step.odd != 0)) return false;
  Held& made = add(x, fmt::format("chunk({}, {}{})", x.name, spelled(over), dim), x.name);
  (rows ? made.rows : made.cols) += over;
  return true;
}

bool ProgramWriter::write_guard(const LineStep& step, const Held& x) {
  const Letters over = any_group(step.group);
  const std::string g = spelled(over);
  if (meet(over, x.pending) && step.odd != 0) return false;
  if (step.detail % 5 == 4) {
    if (meet(over, x.rows) || meet(over, x.cols)) return false;
    add(x, fmt::format("broadcast({}, {})", x.name, g), x.name);
    return true;
  }
  const bool first = step.detail % 2 == 0;
  const std::string test = fmt::format("rank({}) {} 0", g, step.odd == 0 ? "!=" : "==");
  if (step.detail % 10 == 3) {
    // All but the first rank have it: right nowhere but in a group of one.
    add(x, fmt::format("{} - {} if {} else {}", x.name, x.name, test, x.name), x.name);
    return true;
  }
  if (first) {
    Held& made = add(x, fmt::format("{} if {} else 0", x.name, test), x.name);
    made.pending += over;
    return true;
  }
  // A statement; what the other ranks hold is the same, scaled away, or something else.
  const std::string name = fmt::format("v{}", values_.size());
  static const char* const others[] = {"0 * {0}", "{0} - {0}", "{0} * 0 / 2", "2 * {0}"};
  const std::string rest = fmt::format(fmt::runtime(others[step.other % 4]), x.name);
  add(x, rest, x.name).pending += over;
  distributed_ += fmt::format("if {}: {} = {}\n", test, name, x.name);
  return true;
}

std::string ProgramWriter::condition(const LineStep& step) const {
  const std::string g = spelled(any_group(step.group));
  const std::string h = spelled(any_group(step.other));
  switch (step.detail % 9) {
    case 0: return fmt::format("{} > 1", g);
    case 1: return fmt::format("{} > 2", g);
    case 2: return fmt::format("{} < {}", g, h);
    case 3: return fmt::format("{} == {}", g, h);
    case 4: return "flag";
    case 5: return fmt::format("mode == \"two\" and {} >= {}", g, h);
    case 6: return fmt::format("{} * {} > 4 or not flag", g, h);
    case 7: return fmt::format("{} in [2, 4]", g);
    default: return "tokens > 6";
  }
}

bool ProgramWriter::write_condition(const LineStep& step, const Held& x) {
  const std::string test = condition(step);
  if (step.odd != 0 && !x.pending.empty()) {
    const std::string g = spelled(x.pending);
    Held& made = add(x, fmt::format("all_reduce({0}, {1}) if {1} > 1 else {0}", x.name, g), x.name);
    made.pending.clear();
    return true;
  }
  const std::string doubled =
      fmt::format("all_reduce({}, {})", x.name, spelled(any_group(step.group)));
  add(x, fmt::format("{} if {} else {}", doubled, test, x.name), x.name);
  return true;
}

bool ProgramWriter::write_rows(const LineStep& step, const Held& x) {
  static const char* const same[] = {"cat({0}[0:1], {0}[1:])",
                                     "pad({0}, rows({0}) + 2)[:rows({0})]",
                                     "pad({0}, rows({0}) + 2, garbage)[:rows({0})]"};
  static const char* const odd[] = {"cat({0}[1:], {0}[:1])", "cat({0}[0:2], {0}[1:2], {0}[3:])",
                                    "cat({0}[1:2], {0}[:1], {0}[2:])"};
  if (step.kind == 25) {
    if (!x.clean() || x.width != "hidden" || !x.cols.empty()) return false;
    const std::string at = std::to_string(values_.size());
    const std::string one =
        fmt::format("q{0}, one{0} = topk({1}({2}), 1)\n", at, weight("linear(hidden, E)"), x.name);
    distributed_ += one;
    reference_ += one;
    const std::string call =
        fmt::format("where(one{} > {}, {}, 2 * {})", at, step.detail % 3, x.name, x.name);
    add(x, call, call);
    return true;
  }
  // Of rows that were uninitialised nothing is known, though they are cut off again: seldom.
  const auto form = static_cast<std::size_t>(step.detail % 12 == 2 ? 2 : step.detail % 2);
  add(x, fmt::format(fmt::runtime(step.odd == 0 ? odd[form] : same[form]), x.name), x.name);
  return true;
}

/// The value less one that is made of the same argument in nearly the same way: zero, if the two
/// are equal, and what a prover takes for zero if it forgets in what they differ.
bool ProgramWriter::write_twin(const LineStep& step, const Held& x) {
  if (x.name == "x" || x.step.kind >= 26 || x.step.kind == 0) return false;
  LineStep changed = x.step;
  const int what = step.detail % 4;
  if (what == 0) changed.group += 1 + step.group % 3;
  if (what == 1) changed.detail += 1 + step.group;
  if (what == 2) changed.group += 1, changed.odd = 0;
  if (what == 3) changed.other += 1, changed.odd = 0;
  const auto before = values_.size();
  changed.from = 8;
  step_ = changed;
  const Held argument = values_[static_cast<std::size_t>(x.argument)];
  const bool made = write_step(changed, argument);
  step_ = step;
  if (!made || values_.size() == before) return false;
  const Held twin = values_.back();
  if (!twin.same_shape(x)) return false;
  const std::string difference = fmt::format("{} - {}", x.name, twin.name);
  const Held& zero = add(x, difference, fmt::format("{} * 0", x.name));
  // Added to something that is right, so that the rest of the program goes on.
  for (const Held& y : std::vector<Held>(values_)) {
    if (!y.same_shape(x) || y.name == zero.name || y.name == twin.name || !y.clean()) continue;
    add(y, fmt::format("{} + {}", y.name, zero.name), y.name);
    return true;
  }
  return true;
}

bool ProgramWriter::write_step(const LineStep& step, const Held& x) {
  switch (step.kind) {
    case 1:
    case 2:
    case 3:
    case 4: return write_weight(step, x);
    case 5:
    case 6: return write_experts(step, x);
    case 7:
    case 8:
    case 9: return write_two(step, x);
    case 10:
    case 11:
    case 12: return write_local(step, x);
    case 13: return write_statistic(step, x);
    case 14:
    case 15:
    case 16:
    case 17: return write_collective(step, x);
    case 18:
    case 19:
    case 20: return write_movement(step, x);
    case 21:
    case 22: return write_guard(step, x);
    case 23: return write_condition(step, x);
    case 24:
    case 25: return write_rows(step, x);
    case 26:
    case 27: return write_twin(step, x);
    default: return false;
  }
}

std::string ProgramWriter::text() {
  for (const LineStep& step : line_.steps) write(step);
  Held y = values_.back();
  // Several of what is whole, so that little is written for nothing.
  const auto rows_text = [](const Held& held) {
    std::string text = "tokens";
    for (const char axis : held.rows) text += std::string(" // ") + axis;
    return text;
  };
  const auto cols_text = [](const Held& held) {
    std::string text = held.width;
    if (!held.cols.empty()) {
      const bool several = held.cols.size() > 1;
      text += " / " + std::string(several ? "(" : "") + spelled(held.cols) + (several ? ")" : "");
    }
    return text;
  };
  const Held& x = values_.front();
  std::string axes;
  for (int i = 0; i < line_.axes; ++i)
    axes += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", "abc"[i]);
  std::string text = "title  = \"A straight line\"\nsource = \"none\"\n";
  text += fmt::format("mesh   = {{ axes = [{}] }}\n", axes);
  std::string switches;
  if (distributed_.find("flag") != std::string::npos) switches = "flag = [false, true]";
  if (distributed_.find("mode") != std::string::npos) {
    switches += (switches.empty() ? "" : ", ") + std::string("mode = [\"one\", \"two\"]");
  }
  if (!switches.empty()) text += "switch = { " + switches + " }\n";
  const auto scalar = names_.find("scalar");
  if (line_.assume != 0) {
    const bool named = line_.assume == 2 && scalar != names_.end();
    text += fmt::format("assume = {{ scale_free = [\"norm\"]{} }}\n",
                        named ? ", positive = [\"" + scalar->second + "\"]" : "");
  }
  text += fmt::format("input  = {{ x = \"{}, {}\" }}\n", rows_text(x), cols_text(x));
  text += fmt::format("output = {{ y = \"{}, {}\" }}\n\n[weights]\n", rows_text(y), cols_text(y));
  for (const std::string& one : weights_) text += one;
  text += fmt::format("\n[program]\nreference = '''\n{}y = {}\n'''\n", reference_, y.name);
  text += fmt::format("distributed = '''\n{}y = {}\n'''\n", distributed_, y.name);
  return text;
}

}  // namespace reducecheck::props
