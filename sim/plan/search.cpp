// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/search.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

#include "sim/plan/moves.hpp"

namespace reducecheck::planning {
namespace {

/// A collective without order and dimension: the same launch to whoever pays for it.
using Launch = std::tuple<Operation, Mask, std::int64_t>;  // group, local units
using Launches = std::vector<Launch>;                      // sorted: a multiset

struct Candidate {
  Derivation derivation;
  std::size_t number = 0;

  /// Of equal seconds the one with fewer launches, then with fewer local steps, then the one that
  /// leaves a replicated branch out of the sum, then the one that the fixed order of moves gave
  /// first. All of them grow along a plan, as they must.
  [[nodiscard]] auto key() const {
    return std::tuple(derivation.seconds, derivation.cost.launches, derivation.cost.local_steps,
                      derivation.guards, number);
  }
  friend bool operator>(const Candidate& a, const Candidate& b) { return a.key() > b.key(); }
};

class Search {
 public:
  Search(const Instance& instance, const CostModel& model, int plans, int kept, std::size_t limit)
      : instance_(instance),
        moves_(instance),
        model_(model),
        plans_(plans),
        kept_(kept),
        limit_(limit) {}

  Found run() {
    for (const Value branch : instance_.branches) offer({.value = branch});
    while (!queue_.empty() && found_.goals.size() < static_cast<std::size_t>(plans_)) {
      if (found_.candidates > limit_) {
        found_.limit_reached = true;
        break;
      }
      const Derivation next = queue_.top().derivation;
      queue_.pop();
      settle(next);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] const Derivation& at(int index) const {
    return found_.derivations[static_cast<std::size_t>(index)];
  }

  [[nodiscard]] bool is_full(Value value) const {
    const auto ways = ways_.find(value.word());
    return ways != ways_.end() && ways->second.size() >= static_cast<std::size_t>(kept_);
  }

  void offer(Derivation derivation) {
    if (is_full(derivation.value)) return;
    derivation.seconds = seconds(derivation.cost, model_);
    queue_.push({derivation, found_.candidates++});
  }

  void settle(const Derivation& next) {
    if (is_full(next.value) || returns(next)) return;
    Launches launches = launches_of(next);
    std::vector<int>& ways = ways_[next.value.word()];
    const bool is_known = std::ranges::any_of(
        ways, [&](int way) { return launches_[static_cast<std::size_t>(way)] == launches; });
    if (is_known) return;
    const int index = static_cast<int>(found_.derivations.size());
    ways.push_back(index);
    found_.derivations.push_back(next);
    launches_.push_back(std::move(launches));
    if (next.value == instance_.goal) {
      found_.goals.push_back(index);
      return;
    }
    add_to_others(index);
    move_on(index);
  }

  /// Whether it only comes back to a value that it had before.
  [[nodiscard]] bool returns(const Derivation& next) const {
    if (next.second >= 0) return false;
    for (int from = next.first; from >= 0; from = at(from).first) {
      if (at(from).value == next.value) return true;
      if (at(from).second >= 0) return false;
    }
    return false;
  }

  [[nodiscard]] Launches launches_of(const Derivation& next) const {
    if (next.first < 0) return {};
    Launches launches = launches_[static_cast<std::size_t>(next.first)];
    if (next.second >= 0) {
      const Launches& more = launches_[static_cast<std::size_t>(next.second)];
      launches.insert(launches.end(), more.begin(), more.end());
    } else if (!is_local(next.step.operation)) {
      launches.emplace_back(next.step.operation, next.step.group.mask(),
                            instance_.local_units(at(next.first).value));
    }
    std::ranges::sort(launches);
    return launches;
  }

  void add_to_others(int index) {
    std::vector<int>& beside = by_layout_[at(index).value.layout()];
    for (const int other : beside) {
      if (!Moves::can_add(instance_, at(other).value, at(index).value)) continue;
      // The text names branches in their order.
      const auto [first, second] = std::countr_zero(at(other).value.branches()) <
                                           std::countr_zero(at(index).value.branches())
                                       ? std::pair(other, index)
                                       : std::pair(index, other);
      offer({.value = Moves::sum(instance_, at(first).value, at(second).value),
             .cost = at(first).cost + at(second).cost + Cost{.local_steps = 1},
             .guards = at(first).guards + at(second).guards,
             .first = first,
             .second = second});
    }
    beside.push_back(index);
  }

  /// The axes along which the value became `once` since its last addition.
  [[nodiscard]] Mask kept_once_since_addition(int index) const {
    Mask axes = 0;
    for (int from = index; at(from).first >= 0 && at(from).second < 0; from = at(from).first) {
      if (at(from).step.operation == Operation::once) axes |= at(from).step.group.mask();
    }
    return axes;
  }

  void move_on(int index) {
    const Value value = at(index).value;
    const Mask fresh = kept_once_since_addition(index);
    for (const Successor& successor : moves_.from(value)) {
      const Operation operation = successor.step.operation;
      const bool undoes = operation == Operation::all_reduce || operation == Operation::broadcast;
      // Without `once` on those axes the same launch, over fewer ranks, makes the same value.
      if (undoes && (successor.step.group.mask() & fresh) != 0) continue;
      offer({.value = successor.value,
             .cost = at(index).cost + moves_.cost(successor.step, value),
             .guards = at(index).guards + (operation == Operation::once ? 1 : 0),
             .step = successor.step,
             .first = index});
    }
  }

  const Instance& instance_;
  Moves moves_;
  CostModel model_;
  int plans_;
  int kept_;
  std::size_t limit_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
  std::map<std::uint64_t, std::vector<int>> ways_;       // of a value, by its word
  std::map<std::uint64_t, std::vector<int>> by_layout_;  // settled values with those shards
  std::vector<Launches> launches_;                       // of each derivation
  Found found_;
};

}  // namespace

Found search(const Instance& instance, const CostModel& model, int plans, int kept,
             std::size_t limit) {
  return Search(instance, model, plans, kept, limit).run();
}

}  // namespace reducecheck::planning
