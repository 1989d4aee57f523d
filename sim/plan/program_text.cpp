// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/program_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

namespace reducecheck::planning {
namespace {

constexpr std::size_t longest_line = 100;

/// The length of the longest line, its break counted.
std::size_t longest(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const std::size_t line = text.find('\n') + 1;
    length = std::max(length, line);
    text.remove_prefix(line);
  }
  return length;
}

bool is_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  });
}

class Writer {
 public:
  /// `steps`: every collective is a statement of its own.
  Writer(const Problem& problem, const Instance& instance, const Found& found,
         const std::string& output, bool steps)
      : problem_(problem), instance_(instance), found_(found), output_(output), steps_(steps) {}

  std::string program(int goal) {
    const std::string last = expression(goal);
    return statements_ + fmt::format("{} = {}\n", output_, last);
  }

 private:
  [[nodiscard]] const Derivation& at(int index) const {
    return found_.derivations[static_cast<std::size_t>(index)];
  }

  std::string expression(int index) {
    const Derivation& made = at(index);
    if (made.first < 0) return problem_.branches[first_branch(index)].name;
    if (made.second >= 0) return sum(index);
    if (made.step.operation == Operation::once) return guarded(index, true);
    const std::string group = to_string(mesh(), group_of(instance_, made.step.group));
    const std::string argument = operand(made.first, false);
    const std::string dimension = words(made.step.dimension);
    if (made.step.operation == Operation::all_to_all) {
      return fmt::format("chunk(all_gather({}, {}{}), {}{})", argument, group,
                         words(made.step.gathered), group, dimension);
    }
    return fmt::format("{}({}, {}{})", spelling(made.step.operation), argument, group, dimension);
  }

  /// The value as an operand: by name where it must not, or need not, be written in place.
  std::string operand(int index, bool must_be_name) {
    const bool is_branch = at(index).first < 0;
    const bool is_launch =
        !is_branch && at(index).second < 0 && !is_local(at(index).step.operation);
    std::string text = expression(index);
    // A branch may be a call, and what it calls may sum.
    const bool needs_name = must_be_name ? !is_name(text) : steps_ && is_launch;
    if (!needs_name) return text;
    std::string name = fmt::format("{}_{}", output_, ++names_);
    statements_ += fmt::format("{} = {}\n", name, text);
    return name;
  }

  [[nodiscard]] std::size_t first_branch(int index) const {
    return static_cast<std::size_t>(std::countr_zero(at(index).value.branches()));
  }

  void addends(int index, std::vector<int>& found) const {
    if (at(index).second < 0) {
      found.push_back(index);
      return;
    }
    addends(at(index).first, found);
    addends(at(index).second, found);
  }

  /// All addends in the order of the branches: sums are exact, so brackets would say nothing.
  std::string sum(int index) {
    std::vector<int> indices;
    addends(index, indices);
    std::ranges::sort(indices, {}, [&](int addend) { return first_branch(addend); });
    // One addend must be a tensor on every rank.
    bool has_tensor = !std::ranges::all_of(indices, [&](int addend) { return is_once(addend); });
    std::string text;
    for (const int addend : indices) {
      text += text.empty() ? "" : " + ";
      text += is_once(addend) ? guarded(addend, !has_tensor) : operand(addend, false);
      has_tensor = true;
    }
    return text;
  }

  [[nodiscard]] bool is_once(int index) const {
    return at(index).second < 0 && at(index).first >= 0 &&
           at(index).step.operation == Operation::once;
  }

  /// The value on the first rank of the group, on the others zeros: a tensor, or a plain 0 where
  /// another addend says the shape.
  std::string guarded(int index, bool as_tensor) {
    const std::string name = operand(at(index).first, true);
    const std::string group = to_string(mesh(), group_of(instance_, at(index).step.group));
    return fmt::format("({} if rank({}) == 0 else {})", name, group,
                       as_tensor ? "0 * " + name : "0");
  }

  static std::string words(Dimension dimension) {
    return dimension == Dimension::features ? ", dim=cols" : "";
  }

  [[nodiscard]] Mesh mesh() const {
    std::vector<std::string> names;
    std::vector<std::int64_t> sizes;
    for (const PlanAxis& axis : problem_.axes) {
      names.push_back(axis.name);
      sizes.push_back(axis.size);
    }
    return {std::move(names), std::move(sizes)};
  }

  const Problem& problem_;
  const Instance& instance_;
  const Found& found_;
  const std::string& output_;
  bool steps_;
  int names_ = 0;
  std::string statements_;
};

}  // namespace

Group group_of(const Instance& instance, AxisList list) {
  Group group;
  for (int i = 0; i < list.size(); ++i) {
    group.axes.push_back(instance.axes[static_cast<std::size_t>(list.at(i))]);
  }
  return group;
}

std::string program_text(const Problem& problem, const Instance& instance, const Found& found,
                         int goal, const std::string& output) {
  std::string text = Writer(problem, instance, found, output, false).program(goal);
  if (longest(text) <= longest_line) return text;
  return Writer(problem, instance, found, output, true).program(goal);
}

}  // namespace reducecheck::planning
