// SPDX-License-Identifier: Apache-2.0
// The ranks of a dump and every regular set of them that a sum may have run over.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reducecheck::diagnosing {

/// A set of axes of Ranks, one bit each; ranks that differ along these only make one sum.
using AxisSet = std::uint32_t;

/// The axes of a dump, each split into its prime factors, slowest first: halves of a group, every
/// second rank of it and unions of groups are all sets of axes then.
class Ranks {
 public:
  /// At most most_order_ranks ranks.
  explicit Ranks(const std::vector<std::pair<std::string, int>>& mesh);

  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(count_); }
  [[nodiscard]] AxisSet all() const { return (AxisSet{1} << axes_.size()) - 1; }
  [[nodiscard]] AxisSet axis(const std::string& name) const;
  [[nodiscard]] std::int64_t size_of(AxisSet set) const;

  /// The ranks of the sum over `set` that `rank` takes part in, ascending.
  [[nodiscard]] const std::vector<int>& members(AxisSet set, int rank) const;

  /// `tp`, `dp * tp`; `2 of tp` for a part of an axis; `1` for none.
  [[nodiscard]] std::string name(AxisSet set) const;

  /// Whether the set is a product of whole axes of the dump.
  [[nodiscard]] bool whole_axes(AxisSet set) const;

  struct Axis {
    std::string of;  // name in the dump
    int size = 1;
    int stride = 1;
  };
  /// Bit i of a set is axis i.
  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }

  /// The names of the dump, those of one rank too, in its order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  struct Partition {
    std::vector<int> group;  // of each rank
    std::vector<std::vector<int>> members;
  };

  [[nodiscard]] Partition partition(AxisSet set) const;

  int count_ = 1;
  std::vector<std::string> names_;  // of the dump, in its order
  std::vector<Axis> axes_;
  std::vector<Partition> partitions_;  // by set
};

}  // namespace reducecheck::diagnosing
