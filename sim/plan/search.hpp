// SPDX-License-Identifier: Apache-2.0
// The search for the cheapest ways to make one value of all branches.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/plan/instance.hpp"

namespace reducecheck::planning {

/// One way to make a value: a branch as it arrives (first < 0), a move on one value, or an
/// addition.
struct Derivation {
  Value value;
  Cost cost;           // of all of it; bytes in units of (bytes of the whole) / ranks
  double seconds = 0;  // of `cost`
  int guards = 0;      // `once` steps in it
  Step step;
  int first = -1;   // the operand, as an index into Found::derivations
  int second = -1;  // of an addition
};

struct Found {
  std::vector<Derivation> derivations;  // operands before what is made of them
  std::vector<int> goals;               // ways to the goal, cheapest first
  std::size_t candidates = 0;
  bool limit_reached = false;
};

/// Up to `plans` ways to the goal with different multisets of collectives, cheapest first.
///
/// Values do not meet but in additions, and each branch is in exactly one of them. So a plan is a
/// tree, its cost a sum over the tree, and the search need not look at sets of values, whose number
/// is a power of the number of values: it settles single values in the order of their cost, and a
/// value joins all settled ones that it can be added to. That is Dijkstra's algorithm for a graph
/// whose edges have up to two sources (Knuth, A generalization of Dijkstra's algorithm, Information
/// Processing Letters 6(1), 1977); it needs only that a result costs no less than each operand.
///
/// For more than one plan every value keeps its `kept` cheapest ways with different multisets.
Found search(const Instance& instance, const CostModel& model, int plans, int kept,
             std::size_t limit);

}  // namespace reducecheck::planning
