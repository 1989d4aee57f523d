// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/plan_proof.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::planning {
namespace {

std::string live_group(const Group& group, const Problem& problem) {
  std::vector<std::string> names;
  for (const int axis : group.axes) {
    const PlanAxis& one = problem.axes[static_cast<std::size_t>(axis)];
    if (one.size > 1) names.push_back(one.name);
  }
  return fmt::format("{}", fmt::join(names, " * "));
}

std::string rows_text(const Group& group, const Problem& problem) {
  std::string text = "tokens";
  for (const int axis : group.axes) {
    const PlanAxis& one = problem.axes[static_cast<std::size_t>(axis)];
    if (one.size > 1) text += " // " + one.name;
  }
  return text;
}

std::string split_text(const char* extent, const Group& group, const Problem& problem) {
  const std::string axes = live_group(group, problem);
  if (axes.empty()) return extent;
  const bool product = axes.find('*') != std::string::npos;
  return product ? fmt::format("{} / ({})", extent, axes) : fmt::format("{} / {}", extent, axes);
}

/// The names of the addends of a joined branch: `a + b` is added before the plan begins.
std::vector<std::string> addends_of(const std::string& name) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 3) {
    end = name.find(" + ", begin);
    names.push_back(name.substr(begin, end - begin));
    if (end == std::string::npos) break;
  }
  return names;
}

struct Text {
  std::string inputs;
  std::string weights;
  std::string reference;
  std::string arrivals;
};

void add_branch(const BranchState& branch, const std::string& name, const Problem& problem,
                Text& text) {
  const Group pending = branch.axes_with(AxisRole::pending);
  const Group once = branch.axes_with(AxisRole::once);
  const std::string rows = rows_text(branch.rows, problem);
  const bool partial = !live_group(pending, problem).empty();
  std::string value = "in_" + name;
  if (partial) {
    text.inputs +=
        fmt::format("in_{} = \"{}, {}\"\n", name, rows, split_text("inter", pending, problem));
    text.weights +=
        fmt::format("w_{} = \"linear({}, {})\"\n", name, split_text("inter", pending, problem),
                    split_text("hidden", branch.features, problem));
    value = fmt::format("w_{}(in_{})", name, name);
  } else {
    text.inputs += fmt::format("in_{} = \"{}, {}\"\n", name, rows,
                               split_text("hidden", branch.features, problem));
  }
  text.reference += (text.reference.empty() ? "" : " + ") + value;
  text.arrivals += fmt::format("{} = {}\n", name, value);
  const std::string first = live_group(once, problem);
  if (!first.empty()) {
    text.arrivals += fmt::format("{} = {} if rank({}) == 0 else 0 * {}\n", name, name, first, name);
  }
}

}  // namespace

std::string abstract_scenario(const Problem& problem, const std::string& program) {
  Text text;
  for (const BranchState& branch : problem.branches) {
    for (const std::string& name : addends_of(branch.name)) add_branch(branch, name, problem, text);
  }
  std::vector<std::string> axes;
  for (const PlanAxis& axis : problem.axes) {
    if (axis.size > 1) axes.push_back(fmt::format("\"{}\"", axis.name));
  }
  if (axes.empty()) axes.emplace_back("\"one\"");
  return fmt::format(
      "title = \"a plan put behind branches that arrive in given states\"\n"
      "source = \"none\"\n"
      "mesh = {{ axes = [{}] }}\n\n"
      "[input]\n{}\n[output]\ny = \"{}, {}\"\n\n{}{}"
      "[program]\nreference = '''\ny = {}\n'''\ndistributed = '''\n{}{}'''\n",
      fmt::join(axes, ", "), text.inputs, rows_text(problem.goal.rows, problem),
      split_text("hidden", problem.goal.features, problem),
      text.weights.empty() ? "" : "[weights]\n" + text.weights, text.weights.empty() ? "" : "\n",
      text.reference, text.arrivals, program);
}

PlanProof prove_plan(const Problem& problem, const std::string& program, std::uint64_t seed) {
  Diagnostics diagnostics;
  const std::string text = abstract_scenario(problem, program);
  const std::optional<Scenario> scenario = load_scenario(text, "plan", diagnostics);
  if (!scenario) {
    const std::string first = diagnostics.empty() ? "" : diagnostics.sorted().front().message;
    return {false, "could not be put behind such branches: " + first};
  }
  ProveOptions options;
  options.seed = seed;
  const Proof proof = prove_variant(*scenario, 0, options);
  switch (proof.verdict) {
    case Verdict::holds:
      return {true, "proved for all sizes, behind branches that arrive in these states"};
    case Verdict::defect: return {false, "REFUTED: the plan is wrong when " + proof.condition};
    default: return {false, "undecided: " + proof.reason};
  }
}

}  // namespace reducecheck::planning
