// SPDX-License-Identifier: Apache-2.0
// Random transformer layers that are right by construction, as scenarios. A drawn layer is a
// handful of independent fields; everything that must fit together (sizes, groups, the form of the
// sums) is derived from them, so that every value that shrinking reaches is a valid layer too.
#pragma once

#include <rapidcheck.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::props {

/// Which ranks share the experts and which the features.
enum class Family {
  orthogonal,   // axes dp, tp, ep: experts over ep, features over tp
  factored,     // axes dp, ep, moe_tp: tp = ep * moe_tp, as in SGLang
  fast_deploy,  // axes dp, tp: ep = dp * tp, with dispatch and combine, as in FastDeploy and vLLM
};
enum class Branches { routed, shared, both };
enum class Bias { none, after_the_sum, divided, guarded };
enum class Scale { none, output, weights };

/// A layer in a layout. The first value of each field is the one that shrinking aims at.
struct LayerSpec {
  Family family = Family::orthogonal;
  int dp = 1;
  int tp = 1;  // `moe_tp` of a factored layout
  int ep = 1;  // not of fast_deploy, where it is dp * tp
  Branches branches = Branches::routed;
  bool gated = false;  // the shared branch
  Bias bias = Bias::none;
  Scale scale = Scale::none;  // of the routed branch
  bool residual = false;
  bool normed = false;
  bool merged = false;  // branches are added before the sum, not after their own
  bool cut = false;     // rows are cut over tp between layers (sequence parallel)
  bool uneven = false;  // owners have different numbers of tokens
  int layers = 1;
  bool dense_first = false;    // the first of two layers has an mlp in place of experts
  bool axes_reversed = false;  // ranks are numbered the other way round
  int shuffle = 0;             // expert e is stored in slot e for 0, else in some other order

  friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

/// The spec without what has no meaning beside its other fields: a gate without a shared branch,
/// ...
LayerSpec effective(LayerSpec spec);

/// Sizes of the layer as the file states them.
struct LayerSizes {
  int hidden = 4;
  int inter = 2;
  int experts = 4;
  int tokens = 4;  // of an owner
  int extra = 1;   // that every other owner has more, where owners are uneven

  friend bool operator==(const LayerSizes&, const LayerSizes&) = default;
};

/// The smallest sizes that fit: two features a rank, so that a forgotten division shows, and enough
/// tokens that each expert is likely to be chosen.
LayerSizes smallest_sizes(const LayerSpec& spec);

/// Sizes that fit each of `specs`.
LayerSizes common_sizes(const std::vector<LayerSpec>& specs);

/// The file: one variant, `layer`.
std::string scenario_text(const LayerSpec& spec);
std::string scenario_text(const LayerSpec& spec, const LayerSizes& sizes);

/// The same, loaded.
Scenario scenario_of(const LayerSpec& spec);
Scenario scenario_of(const LayerSpec& spec, const LayerSizes& sizes);

/// `text` loaded. Throws: std::runtime_error with the diagnostics.
Scenario loaded(const std::string& text);

/// Names and values that a layer is described by: ("family", "factored"), ("tp", ">1"), ...
std::vector<std::pair<std::string, std::string>> features(const LayerSpec& spec);

/// Prints the file.
void showValue(const LayerSpec& spec, std::ostream& out);

/// Layers on at most `ranks` ranks.
rc::Gen<LayerSpec> layers(int ranks = 8);

}  // namespace reducecheck::props

template <>
struct rc::Arbitrary<reducecheck::props::LayerSpec> {
  static rc::Gen<reducecheck::props::LayerSpec> arbitrary() { return reducecheck::props::layers(); }
};
