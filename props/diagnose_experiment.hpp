// SPDX-License-Identifier: Apache-2.0
// Layers with a planted reduction fault, computed in lock-step as an engine would, and dumped.
// Shares nothing with the diagnosis but the formats and the trees of the orders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck::experiment {

/// A stream of SplitMix64.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 to `sides` - 1.
  int roll(int sides);
  /// In (-1, 1), more often near 0.
  float number();

 private:
  std::uint64_t state_;
};

/// What an engine's layer does. Branches are `experts`, `shared`, `dense`, of which each rank holds
/// a share; addends are `bias` and `residual`.
struct Layer {
  std::vector<std::pair<std::string, int>> mesh = {{"tp", 4}};
  std::vector<std::string> group = {"tp"};
  Format format = Format::bf16;
  std::vector<int> shape = {64, 64};
  int branches = 2;
  int addends = 1;
  bool merged = true;                // one sum over all branches, else one a branch
  int replicated = -1;               // this branch is whole on every rank and added after the sums
  std::string order = "rank_order";  // or `random`: a tree of its own, which nobody knows
  std::uint64_t seed = 1;
};

enum class Planted : std::uint8_t {
  nothing,
  double_reduce,   // of the branch
  missing_reduce,  // each rank keeps its share of the branch
  wrong_group,     // the branch is summed over `axis` only
  addend_in_sum,   // the addend is added on every rank before the sum
  scale_twice,     // the branch is scaled by `factor` after its sum, though its shares are scaled
  average,         // the branch is averaged instead of summed
  missing_branch,
  missing_addend,
  dropped_share,  // of `rank`
  share_twice,    // of `rank`
  only_first,     // the first rank's share of the branch counts only
  whole_in_sum,   // the replicated branch joins the sum
  noise,          // the output has something of its own in it
};

struct Defect {
  Planted planted = Planted::nothing;
  int branch = 0;  // or addend
  int rank = 0;
  std::string axis;
  float factor = 1;
};

/// A layer of up to `most` ranks with random sizes, formats and order, and a random defect of it.
/// With `foreign` the order is one that nobody knows.
struct Planting {
  Layer layer;
  Defect defect;
};
Planting random_planting(std::uint64_t seed, int least, int most, bool foreign);

/// What is wrong there in the words of the diagnosis.
struct Truth {
  std::string defect_class;
  std::string branch;
  std::string coefficient;
};
Truth truth_of(const Planting& planting);

/// The dump of that layer with that defect. With `tell_order` its metadata name the order.
Dump dump_of(const Layer& layer, const Defect& defect, bool tell_order);

}  // namespace reducecheck::experiment
