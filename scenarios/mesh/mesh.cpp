// SPDX-License-Identifier: Apache-2.0
#include "scenarios/mesh/mesh.hpp"

#include <utility>

namespace reducecheck {

Mesh::Mesh(std::vector<std::string> names, std::vector<std::int64_t> sizes)
    : names_(std::move(names)), sizes_(std::move(sizes)), strides_(sizes_.size()) {
  for (std::size_t i = sizes_.size(); i-- > 0;) {
    strides_[i] = ranks_;
    ranks_ *= static_cast<int>(sizes_[i]);
  }
}

int Mesh::coordinate(int rank, int axis) const {
  return rank / strides_[index(axis)] % static_cast<int>(size(axis));
}

std::int64_t group_size(const Mesh& mesh, const Group& group) {
  std::int64_t size = 1;
  for (const int axis : group.axes) size *= mesh.size(axis);
  return size;
}

int group_index(const Mesh& mesh, const Group& group, int rank) {
  int index = 0;
  for (const int axis : group.axes) {
    index = index * static_cast<int>(mesh.size(axis)) + mesh.coordinate(rank, axis);
  }
  return index;
}

std::vector<int> group_members(const Mesh& mesh, const Group& group, int rank) {
  std::vector<int> strides(static_cast<std::size_t>(mesh.axes()), 1);
  for (int axis = mesh.axes() - 2; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] =
        strides[static_cast<std::size_t>(axis) + 1] * static_cast<int>(mesh.size(axis + 1));
  }
  int first = rank;
  for (const int axis : group.axes) {
    first -= mesh.coordinate(rank, axis) * strides[static_cast<std::size_t>(axis)];
  }
  std::vector<int> members{first};
  for (const int axis : group.axes) {
    std::vector<int> next;
    next.reserve(members.size() * static_cast<std::size_t>(mesh.size(axis)));
    for (const int member : members) {
      for (int i = 0; i < static_cast<int>(mesh.size(axis)); ++i) {
        next.push_back(member + i * strides[static_cast<std::size_t>(axis)]);
      }
    }
    members = std::move(next);
  }
  return members;
}

Group effective(const Mesh& mesh, const Group& group) {
  Group result;
  for (const int axis : group.axes) {
    if (mesh.size(axis) > 1) result.axes.push_back(axis);
  }
  return result;
}

std::string to_string(const Mesh& mesh, const Group& group) {
  std::string text;
  for (const int axis : group.axes) text += (text.empty() ? "" : " * ") + mesh.name(axis);
  return text.empty() ? "1" : text;
}

}  // namespace reducecheck
