// SPDX-License-Identifier: Apache-2.0
// Ranks as coordinates on named axes, and the groups that collectives run over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reducecheck {

/// Named axes with sizes; a rank is a coordinate, row-major: the last axis is the fastest.
class Mesh {
 public:
  /// Both lists have one entry an axis, slowest first; every size is at least 1.
  Mesh(std::vector<std::string> names, std::vector<std::int64_t> sizes);

  [[nodiscard]] int axes() const { return static_cast<int>(sizes_.size()); }
  [[nodiscard]] int ranks() const { return ranks_; }
  [[nodiscard]] const std::string& name(int axis) const { return names_[index(axis)]; }
  [[nodiscard]] std::int64_t size(int axis) const { return sizes_[index(axis)]; }
  [[nodiscard]] int coordinate(int rank, int axis) const;

 private:
  static std::size_t index(int axis) { return static_cast<std::size_t>(axis); }

  std::vector<std::string> names_;
  std::vector<std::int64_t> sizes_;
  std::vector<int> strides_;
  int ranks_ = 1;
};

/// An ordered list of axes, each at most once. The ranks that differ only along these axes form one
/// process group; the first axis is the slowest in its order, which is the order of gathered rows.
struct Group {
  std::vector<int> axes;

  friend bool operator==(const Group&, const Group&) = default;
};

/// The number of ranks of one process group.
std::int64_t group_size(const Mesh& mesh, const Group& group);

/// The place of `rank` in its process group, from 0.
int group_index(const Mesh& mesh, const Group& group, int rank);

/// The ranks of the process group of `rank`, in group order.
std::vector<int> group_members(const Mesh& mesh, const Group& group, int rank);

/// The axes of size > 1 in their order: two groups are the same set of ranks in the same order
/// exactly when these are equal.
Group effective(const Mesh& mesh, const Group& group);

/// `tp`, `dp * tp`; `1` for the empty group.
std::string to_string(const Mesh& mesh, const Group& group);

}  // namespace reducecheck
