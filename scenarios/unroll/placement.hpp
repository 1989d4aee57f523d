// SPDX-License-Identifier: Apache-2.0
// What each rank holds of inputs, outputs and weights in one configuration.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// A dimension as one rank holds it: [begin, begin + width) of `total`, share `chunk` of `chunks`
/// over the axes of `split`.
struct HeldDimension {
  std::int64_t begin = 0;
  std::int64_t width = 0;
  std::int64_t total = 0;
  int chunk = 0;
  int chunks = 1;
  Group split;
};

/// A weight as one rank holds it. For experts and tables the first dimension is `numbers`, the
/// logical numbers in slot order; `number_split` are the axes along which they differ.
struct HeldWeight {
  WeightKind kind = WeightKind::linear;
  std::string name;
  Position at;
  std::vector<HeldDimension> dimensions;  // without the first one of experts and tables
  std::vector<std::int64_t> numbers;
  Group number_split;
};

/// The names of all weights of the scenario, those that only variants add last.
std::vector<std::string> weight_names(const Scenario& scenario);

/// [weight][rank], in the order of `weight_names`; of another variant's weight there are no ranks.
using HeldWeights = std::vector<std::span<const HeldWeight>>;

/// What ranks hold of weights. A weight that several variants place alike is worked out once.
class Holdings {
 public:
  explicit Holdings(const Scope& scope);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// The weights of `variant`, or of the scenario where there is none; valid as long as this.
  /// Throws: TextError where a size does not divide, or a dimension is no size, split or list.
  HeldWeights of(const Variant* variant);

 private:
  const Scope& scope_;
  std::vector<std::string> names_;
  std::map<const WeightDecl*, std::vector<HeldWeight>> held_;
};

/// Rows and features that a layout gives to `rank`. Throws: TextError as above.
struct HeldLayout {
  std::vector<RowTag> rows;
  Features features;
  std::int64_t width = 0;
  bool uneven = false;    // ranks hold different numbers of rows
  bool integers = false;  // `index(vocab)`
};
HeldLayout held_layout(const Scope& scope, const Layout& layout, int rank);

/// The rows of all owners, as the reference holds them.
HeldLayout whole_layout(const Scope& scope, const Layout& layout);

}  // namespace reducecheck
