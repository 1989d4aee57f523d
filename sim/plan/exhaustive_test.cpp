// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "sim/plan/matrices_test.hpp"

namespace reducecheck::planning::matrices {
namespace {

/// A set of pending values: their numbers, ascending.
using Pending = std::vector<int>;

class Exhaustive {
 public:
  Exhaustive(const Problem& problem, const CostModel& model)
      : world_(problem), calls_(world_.calls()), model_(model) {
    for (std::size_t b = 0; b < problem.branches.size(); ++b) {
      start_.push_back(number(world_.branch(b)));
    }
    std::ranges::sort(start_);
    goal_ = {number(world_.goal())};
  }

  std::optional<double> cheapest_below(int moves, double below) {
    below_ = below;
    least_[start_] = 0;
    std::vector<Pending> latest = {start_};
    // A set of values that was as cheap after fewer moves has nothing new after more.
    for (left_ = moves - 1; left_ >= 0; --left_) {
      next_.clear();
      for (const Pending& pending : latest) step(pending, least_.at(pending));
      for (const auto& [pending, seconds] : next_) least_[pending] = seconds;
      latest.clear();
      for (const auto& [pending, seconds] : next_) latest.push_back(pending);
    }
    const auto found = least_.find(goal_);
    if (found == least_.end() || found->second >= below) return std::nullopt;
    return found->second;
  }

 private:
  struct Result {
    double seconds = 0;
    int value = 0;
  };

  int number(const Value& value) {
    const auto [found, is_new] = numbers_.try_emplace(value, static_cast<int>(values_.size()));
    if (is_new) {
      values_.push_back(value);
      results_.emplace_back();
    }
    return found->second;
  }

  const std::vector<Result>& results(int value) {
    const auto index = static_cast<std::size_t>(value);
    if (!results_[index]) {
      std::vector<Result> found;
      const Value operand = values_[index];
      for (const Call& call : calls_) {
        const double seconds = world_.seconds(call, operand, model_);
        if (seconds >= below_) continue;
        if (const auto made = world_.apply(call, operand)) {
          found.push_back({seconds, number(*made)});
        }
      }
      results_[index] = std::move(found);
    }
    return *results_[index];
  }

  void offer(Pending pending, double seconds) {
    // Every addition that is missing is a move.
    if (seconds >= below_ || pending.size() > static_cast<std::size_t>(left_) + 1) return;
    if (left_ == 0 && pending != goal_) return;
    std::ranges::sort(pending);
    const auto known = least_.find(pending);
    if (known != least_.end() && known->second <= seconds) return;
    const auto [found, is_new] = next_.try_emplace(std::move(pending), seconds);
    if (!is_new) found->second = std::min(found->second, seconds);
  }

  void step(const Pending& pending, double seconds) {
    for (std::size_t i = 0; i < pending.size(); ++i) {
      for (const Result& result : results(pending[i])) {
        Pending after = pending;
        after[i] = result.value;
        offer(std::move(after), seconds + result.seconds);
      }
      for (std::size_t j = 0; j < i; ++j) {
        const auto sum = World::add(values_[static_cast<std::size_t>(pending[j])],
                                    values_[static_cast<std::size_t>(pending[i])]);
        if (!sum) continue;
        Pending after = pending;
        after.erase(after.begin() + static_cast<std::ptrdiff_t>(i));
        after[j] = number(*sum);
        offer(std::move(after), seconds + model_.epsilon);
      }
    }
  }

  World world_;
  std::vector<Call> calls_;
  CostModel model_;
  double below_ = 0;
  int left_ = 0;  // moves behind the one that is tried
  std::map<Value, int> numbers_;
  std::vector<Value> values_;
  std::vector<std::optional<std::vector<Result>>> results_;  // of each value, when first asked for
  std::map<Pending, double> least_;
  std::map<Pending, double> next_;
  Pending start_;
  Pending goal_;
};

}  // namespace

std::optional<double> cheapest_below(const Problem& problem, const CostModel& model, int moves,
                                     double below) {
  return Exhaustive(problem, model).cheapest_below(moves, below);
}

std::optional<double> seconds_of(const Problem& problem, const CostModel& model,
                                 const CollectivePlan& plan) {
  const World world(problem);
  std::map<std::vector<std::string>, Value> values;
  for (std::size_t b = 0; b < problem.branches.size(); ++b) {
    values[{problem.branches[b].name}] = world.branch(b);
  }
  double seconds = 0;
  for (const Move& move : plan.moves) {
    const auto operand = values.find(move.operands[0]);
    if (operand == values.end()) return std::nullopt;
    if (move.operation == Operation::add) {
      const auto second = values.find(move.operands[1]);
      if (second == values.end()) return std::nullopt;
      const auto sum = World::add(operand->second, second->second);
      if (!sum) return std::nullopt;
      std::vector<std::string> branches;
      for (const BranchState& branch : problem.branches) {
        for (const std::vector<std::string>& names : move.operands) {
          if (std::ranges::count(names, branch.name) != 0) branches.push_back(branch.name);
        }
      }
      values.erase(second);
      values.erase(operand);
      values[branches] = *sum;
      seconds += model.epsilon;
      continue;
    }
    const Call call{spelling(move.operation), move.group, move.dimension, move.gathered};
    seconds += world.seconds(call, operand->second, model);
    const auto made = world.apply(call, operand->second);
    if (!made) return std::nullopt;
    operand->second = *made;
  }
  if (values.size() != 1 || values.begin()->second != world.goal()) return std::nullopt;
  return seconds;
}

}  // namespace reducecheck::planning::matrices
