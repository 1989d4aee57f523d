// SPDX-License-Identifier: Apache-2.0
// A layer at the real dimensions of a model as a person would first write it: weights drawn by
// Eigen and stored, one matrix a rank and shard, products by Eigen, in binary32.
#pragma once

#include <memory>

#include "sim/bench/layer_scenario.hpp"

namespace reducecheck::bench {

/// The work on one expert: its weights drawn, its rows through the whole expert for the reference
/// and through the shard of each of `tp` ranks, added to the partial sums. A layer is that for
/// every expert that a token chose, and for the shared one with all rows.
class NaiveLayer {
 public:
  NaiveLayer(const LayerSizes& sizes, int tp);
  ~NaiveLayer();

  /// With `rows` rows; the draws are part of it.
  void expert(int rows);

  /// The sums over ranks, per branch and merged, and their comparison with the reference; gives
  /// the largest difference, so that nothing is left out.
  float reduce();

 private:
  class Matrices;
  LayerSizes sizes_;
  std::unique_ptr<Matrices> matrices_;
};

}  // namespace reducecheck::bench
