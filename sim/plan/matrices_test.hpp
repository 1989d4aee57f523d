// SPDX-License-Identifier: Apache-2.0
// Plans by brute force, without the search's code: what a rank holds of a branch is a row of a
// matrix over the branch's parts, a collective multiplies by a matrix from the left, and nothing is
// known of roles. A replicated branch is 1 1^T, a pending one I, one that is held once e0 1^T; the
// required sum is 1 1^T.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "sim/plan/plan.hpp"

namespace reducecheck::planning::matrices {

/// Integers modulo a prime: 1/N exists, and other coefficients than 1 do not look like 1.
constexpr std::int64_t prime = 65521;

/// What one rank holds of a value.
struct Held {
  std::vector<int> rows;            // numbers of the whole tensor's rows, in their local order
  std::vector<int> features;        // likewise
  std::vector<std::int64_t> parts;  // coefficient of each part of each branch

  friend bool operator==(const Held&, const Held&) = default;
  friend bool operator<(const Held& a, const Held& b) {
    return std::tie(a.rows, a.features, a.parts) < std::tie(b.rows, b.features, b.parts);
  }
};

/// One entry a rank.
using Value = std::vector<Held>;

/// Calls of one operation; group order matters where rows or features move.
struct Call {
  std::string operation;  // as spelling() of Operation, and `scale` by 1 / size of the group
  Group group;
  Dimension dimension = Dimension::rows;
  Dimension gathered = Dimension::rows;
};

/// A problem whose rows and features are given.
class World {
 public:
  explicit World(const Problem& problem);

  [[nodiscard]] const Mesh& mesh() const { return mesh_; }
  [[nodiscard]] Value branch(std::size_t number) const;
  [[nodiscard]] Value goal() const;

  /// What the call makes of the value, whether that is sensible or not; nothing where it would mix
  /// rows or features, hold more than all of them, or cut what does not divide: of the first two no
  /// call can make something right again, the last is an error.
  [[nodiscard]] std::optional<Value> apply(const Call& call, const Value& value) const;

  /// The sum of two values, or nothing where their rows or features differ.
  [[nodiscard]] static std::optional<Value> add(const Value& a, const Value& b);

  /// Seconds of the call on the value, by the table that plan.hpp and cost.hpp state.
  [[nodiscard]] double seconds(const Call& call, const Value& value, const CostModel& model) const;

  /// All calls: every operation, ordered list of axes and dimension.
  [[nodiscard]] std::vector<Call> calls() const;

 private:
  [[nodiscard]] Value whole() const;
  [[nodiscard]] Value summed(const Group& group, const Value& value) const;
  [[nodiscard]] Value from_first(const Group& group, const Value& value) const;
  /// Whether the ranks of the group hold the same, and no part more than once: a scale is then what
  /// `once` is, before a sum. One that mends two sums of equal size at once is no move of a plan.
  [[nodiscard]] bool counted_once(const Group& group, const Value& value) const;
  [[nodiscard]] Value scaled(const Group& group, Value value, bool guard) const;
  [[nodiscard]] std::optional<Value> gathered(const Group& group, Dimension dimension,
                                              const Value& value) const;
  [[nodiscard]] std::optional<Value> cut(const Group& group, Dimension dimension,
                                         Value value) const;
  [[nodiscard]] bool same_place(const Group& group, const Value& value) const;

  Problem problem_;
  Mesh mesh_;
};

/// The least seconds of all sequences of at most `moves` calls and additions that end in the goal
/// and take less than `below`; nothing if there is none.
std::optional<double> cheapest_below(const Problem& problem, const CostModel& model, int moves,
                                     double below);

/// The plan's moves on the matrices: its seconds, or nothing if a move is not possible or the end
/// is not the goal.
std::optional<double> seconds_of(const Problem& problem, const CostModel& model,
                                 const CollectivePlan& plan);

}  // namespace reducecheck::planning::matrices
