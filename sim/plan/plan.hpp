// SPDX-License-Identifier: Apache-2.0
// The cheapest sequence of collectives that brings the branches of a layer to one required value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "sim/plan/cost.hpp"

namespace reducecheck::planning {

struct PlanAxis {
  std::string name;
  std::int64_t size = 1;
};

/// How a branch lies along an axis that shards none of its dimensions.
enum class AxisRole {
  replicated,  // every rank holds the whole
  pending,     // every rank holds a part; the sum is still to come
  once,        // coordinate 0 holds the whole, the others zeros
};

/// A branch as it arrives. `rows` and `features` list the axes (as indices) that shard the
/// dimension in equal contiguous shares, major first; along them the role is `replicated`.
struct BranchState {
  std::string name;             // a variable or a call, put into the text as it is
  std::vector<AxisRole> roles;  // one an axis
  Group rows;
  Group features;

  [[nodiscard]] Group axes_with(AxisRole role) const;
};

/// What is required: the sum of all branches, sharded by these axes and replicated along the
/// others.
struct Goal {
  Group rows;
  Group features;
};

/// A segment between two non-linear functions, at concrete sizes. At most 7 axes of size > 1, 8
/// branches, and 2^20 ranks.
struct Problem {
  std::vector<PlanAxis> axes;
  std::vector<BranchState> branches;
  Goal goal;
  double bytes = 0;           // of the whole tensor, unsharded
  std::int64_t rows = 0;      // of the whole tensor; 0: every group divides them
  std::int64_t features = 0;  // likewise
};

enum class Dimension { rows, features };

/// One step of a plan. Axes of size 1 are in no group.
struct Move {
  Operation operation = Operation::add;
  std::vector<std::vector<std::string>> operands;  // for each operand the branches that are in it
  Group group;                                     // indices into Problem::axes; empty for `add`
  Dimension dimension = Dimension::rows;  // that is scattered, gathered or cut; unless it has none
  Dimension gathered = Dimension::rows;   // the one that all_to_all gathers
  double local_bytes = 0;                 // of an operand on one rank, before the move
  Cost cost;
};

/// A sequence of moves in an order in which they can be called.
struct CollectivePlan {
  std::vector<Move> moves;
  Cost cost;
  double seconds = 0;
  std::string program;  // in the language of scenarios, ends in a line break
};

/// No plan costs less, and why.
struct LowerBound {
  Cost cost;           // each count is a bound of its own
  double seconds = 0;  // of these counts
  std::string reason;  // one sentence
};

struct SearchOptions {
  int plans = 3;                  // that differ in their multiset of collectives, at least 1
  std::size_t limit = 2'000'000;  // candidates looked at
  std::string output = "y";       // the name that the program assigns; also output_1, output_2, ...
};

struct PlanResult {
  std::vector<CollectivePlan> plans;  // cheapest first; empty: none found
  LowerBound bound;
  std::size_t candidates = 0;  // looked at
  bool limit_reached = false;  // then a missing plan says nothing
};

/// The cheapest plan, and after it cheaper before dearer plans with other collectives (operation,
/// ranks, bytes). Moves are
///   all_reduce, reduce_scatter  over axes along which every addend is pending or once
///   all_gather                  of the last axes of a dimension's list
///   all_to_all                  the same, and the other dimension is cut over them
///   broadcast                   over axes along which every addend is once, or some and the others
///                               replicated
///   chunk, once                 over axes along which the value is replicated
///   add                         of two values with equal shards
/// The first plan costs least among all sequences of these moves; costs that round to the same
/// double are equal. (A division of a sum that was counted too often is none of them: where two
/// axes have one size it could save a local step.) A later one is the cheapest of its multiset
/// among those whose every intermediate value is reached in one of its 2 * `plans` cheapest ways.
/// all_to_all is no operation of scenarios: the program says chunk(all_gather(...)) there. Throws:
/// std::invalid_argument for a problem, a model or options that make no sense.
PlanResult find_plans(const Problem& problem, const CostModel& model = {},
                      const SearchOptions& options = {});

/// A lower bound of all plans. Its bytes bound every algorithm that sends elements and partial sums
/// of them, a partial sum counted as one element; its hops are those of rings, which trees
/// undercut. Throws: as find_plans.
LowerBound lower_bound(const Problem& problem, const CostModel& model = {});

/// Neighbouring sizes with one cheapest program.
struct SizeRange {
  double first_bytes = 0;
  double last_bytes = 0;  // the switch lies between this and the next range's first
  CollectivePlan plan;    // at the first of them
};

/// The cheapest plan at each of these sizes of the whole tensor (ascending, in bytes), equal
/// programs next to each other together; empty if a search found none. A statement about these
/// sizes and no others. Throws: as find_plans; also when the sizes do not ascend.
std::vector<SizeRange> plans_by_size(const Problem& problem, const std::vector<double>& sizes,
                                     const CostModel& model = {},
                                     const SearchOptions& options = {});

}  // namespace reducecheck::planning
