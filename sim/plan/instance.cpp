// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace reducecheck::planning {
namespace {

// The search counts bytes in shares of one rank; up to here its products are exact in a double.
constexpr std::int64_t most_ranks = std::int64_t{1} << 20;

template <class... Arguments>
void require(bool truth, fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
  if (!truth) {
    throw std::invalid_argument(fmt::format(sentence, std::forward<Arguments>(arguments)...));
  }
}

/// The live axes of `group` as a list; `seen` collects all its axes.
AxisList live_list(const Problem& problem, const Instance& instance, const Group& group,
                   std::vector<bool>& seen) {
  AxisList list;
  for (const int axis : group.axes) {
    require(axis >= 0 && axis < static_cast<int>(problem.axes.size()), "no axis has the index {}",
            axis);
    const auto place = static_cast<std::size_t>(axis);
    require(!seen[place], "axis `{}` shards a value twice", problem.axes[place].name);
    seen[place] = true;
    const auto live = std::ranges::find(instance.axes, axis);
    if (live != instance.axes.end()) {
      list = list.then(static_cast<int>(live - instance.axes.begin()));
    }
  }
  return list;
}

Value sharded(const Problem& problem, const Instance& instance, const Group& rows,
              const Group& features, std::vector<bool>& seen) {
  Value value;
  seen.assign(problem.axes.size(), false);
  value.set_shards(Dimension::rows, live_list(problem, instance, rows, seen));
  value.set_shards(Dimension::features, live_list(problem, instance, features, seen));
  return value;
}

Value branch_value(const Problem& problem, const Instance& instance, std::size_t number) {
  const BranchState& branch = problem.branches[number];
  require(branch.roles.size() == problem.axes.size(), "branch `{}` has {} roles for {} axes",
          branch.name, branch.roles.size(), problem.axes.size());
  std::vector<bool> seen;
  Value value = sharded(problem, instance, branch.rows, branch.features, seen);
  for (std::size_t a = 0; a < seen.size(); ++a) {
    // A slice of a part can be completed by nothing that a plan may do.
    require(!seen[a] || branch.roles[a] == AxisRole::replicated || problem.axes[a].size == 1,
            "branch `{}` is sharded over `{}` and also pending or once there", branch.name,
            problem.axes[a].name);
  }
  for (int live = 0; live < instance.live(); ++live) {
    const auto axis = static_cast<std::size_t>(instance.axes[static_cast<std::size_t>(live)]);
    value.set_role(live, branch.roles[axis]);
  }
  value.set_branches(Mask{1} << number);
  require(instance.divides(value), "the shards of branch `{}` do not divide its dimensions",
          branch.name);
  return value;
}

}  // namespace

std::int64_t Instance::size(Mask group) const {
  std::int64_t product = 1;
  for (std::size_t a = 0; a < sizes.size(); ++a) {
    if ((group >> a & 1U) != 0) product *= sizes[a];
  }
  return product;
}

std::int64_t Instance::local_units(Value value) const {
  return ranks() / (size(value.shards(Dimension::rows).mask()) *
                    size(value.shards(Dimension::features).mask()));
}

bool Instance::divides(Value value) const {
  return rows % size(value.shards(Dimension::rows).mask()) == 0 &&
         features % size(value.shards(Dimension::features).mask()) == 0;
}

Instance instance_of(const Problem& problem) {
  require(!problem.branches.empty() && problem.branches.size() <= most_branches,
          "{} branches; possible: 1 to {}", problem.branches.size(), most_branches);
  require(problem.bytes >= 0 && std::isfinite(problem.bytes), "a tensor of {} bytes",
          problem.bytes);
  require(problem.rows >= 0 && problem.features >= 0, "a dimension has no negative extent");
  Instance instance;
  instance.rows = problem.rows;
  instance.features = problem.features;
  std::int64_t ranks = 1;
  for (std::size_t a = 0; a < problem.axes.size(); ++a) {
    const std::int64_t size = problem.axes[a].size;
    require(size >= 1, "axis `{}` has size {}", problem.axes[a].name, size);
    if (size == 1) continue;
    require(size <= most_ranks / ranks, "more than {} ranks", most_ranks);
    ranks *= size;
    instance.axes.push_back(static_cast<int>(a));
    instance.sizes.push_back(size);
  }
  require(instance.live() <= most_axes, "{} axes of size > 1; possible: {}", instance.live(),
          most_axes);
  for (std::size_t b = 0; b < problem.branches.size(); ++b) {
    instance.branches.push_back(branch_value(problem, instance, b));
  }
  std::vector<bool> seen;
  instance.goal = sharded(problem, instance, problem.goal.rows, problem.goal.features, seen);
  instance.goal.set_branches((Mask{1} << problem.branches.size()) - 1U);
  return instance;
}

void check(const CostModel& model) {
  for (const double cost : {model.alpha, model.hop, model.beta, model.epsilon}) {
    require(cost >= 0 && std::isfinite(cost), "a cost of {}", cost);
  }
}

}  // namespace reducecheck::planning
