// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/plan/segment_problem.hpp"

namespace reducecheck::planning {
namespace {

std::string group_words(const Group& group, const Problem& problem) {
  std::string text;
  for (const int axis : group.axes) {
    const PlanAxis& one = problem.axes[static_cast<std::size_t>(axis)];
    if (one.size == 1) continue;
    text += (text.empty() ? "" : " * ") + one.name;
  }
  return text;
}

std::string identifier(const std::string& text) {
  std::string word;
  for (const char c : text) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (letter) word += c;
  }
  const bool starts = !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) == 0;
  return starts ? word : "value" + word;
}

}  // namespace

std::string branch_word(const prove::Arena& arena, int index) {
  using prove::AtomKind;
  const prove::Atom& atom = arena.atom(index);
  switch (atom.kind) {
    case AtomKind::product: return branch_word(arena, main_factor(arena, atom.children));
    case AtomKind::matmul: return branch_word(arena, atom.children.at(1));
    case AtomKind::sum_cols:
    case AtomKind::sum_rows: return "sum_of_" + branch_word(arena, atom.children.front());
    case AtomKind::max_cols:
    case AtomKind::max_all: return "largest";
    case AtomKind::column: return branch_word(arena, atom.children.front());
    case AtomKind::one: return "number";
    case AtomKind::top_values: return "topk";
    case AtomKind::first_part:
    case AtomKind::parts: return "part_of_" + branch_word(arena, atom.children.front());
    default: break;
  }
  return identifier(atom.name);
}

std::string state_words(const BranchState& branch, const Problem& problem) {
  std::vector<std::string> parts;
  const auto say = [&](const char* what, const Group& group) {
    const std::string words = group_words(group, problem);
    if (!words.empty()) parts.push_back(fmt::format("{} {}", what, words));
  };
  say("partial over", branch.axes_with(AxisRole::pending));
  say("on the first rank of", branch.axes_with(AxisRole::once));
  say("rows over", branch.rows);
  say("features over", branch.features);
  return parts.empty() ? "whole on every rank" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string goal_words(const Problem& problem) {
  BranchState state;
  state.rows = problem.goal.rows;
  state.features = problem.goal.features;
  return state_words(state, problem);
}

std::string call_words(Operation operation, const Group& group, const Problem& problem) {
  return fmt::format("{}({})", spelling(operation), group_words(group, problem));
}

}  // namespace reducecheck::planning
