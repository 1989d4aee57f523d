// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/ranks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace reducecheck::diagnosing {
namespace {

std::vector<int> prime_factors(int number) {
  std::vector<int> factors;
  for (int prime = 2; number > 1; ++prime) {
    for (; number % prime == 0; number /= prime) factors.push_back(prime);
  }
  return factors;
}

bool has(AxisSet set, std::size_t axis) {
  return ((set >> axis) & 1U) != 0;
}

}  // namespace

Ranks::Ranks(const std::vector<std::pair<std::string, int>>& mesh) {
  for (const auto& [name, size] : mesh) {
    names_.push_back(name);
    for (const int factor : prime_factors(size)) axes_.push_back({name, factor, 1});
    count_ *= size;
  }
  int stride = 1;
  for (std::size_t i = axes_.size(); i-- > 0;) {
    axes_[i].stride = stride;
    stride *= axes_[i].size;
  }
  for (AxisSet set = 0; set <= all(); ++set) partitions_.push_back(partition(set));
}

Ranks::Partition Ranks::partition(AxisSet set) const {
  Partition result;
  std::map<int, int> groups;  // by the coordinates that the members share
  for (int rank = 0; rank < count_; ++rank) {
    int shared = rank;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const Axis& axis = axes_[a];
      if (has(set, a)) shared -= rank / axis.stride % axis.size * axis.stride;
    }
    const auto found = groups.emplace(shared, static_cast<int>(groups.size())).first;
    if (found->second == static_cast<int>(result.members.size())) result.members.emplace_back();
    result.members[static_cast<std::size_t>(found->second)].push_back(rank);
    result.group.push_back(found->second);
  }
  return result;
}

AxisSet Ranks::axis(const std::string& name) const {
  AxisSet set = 0;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (axes_[a].of == name) set |= AxisSet{1} << a;
  }
  return set;
}

std::int64_t Ranks::size_of(AxisSet set) const {
  return static_cast<std::int64_t>(members(set, 0).size());
}

const std::vector<int>& Ranks::members(AxisSet set, int rank) const {
  const Partition& partition = partitions_[set];
  const int group = partition.group[static_cast<std::size_t>(rank)];
  return partition.members[static_cast<std::size_t>(group)];
}

bool Ranks::whole_axes(AxisSet set) const {
  return std::ranges::all_of(names_, [&](const std::string& name) {
    const AxisSet whole = axis(name);
    return (set & whole) == 0 || (set & whole) == whole;
  });
}

std::string Ranks::name(AxisSet set) const {
  std::vector<std::string> parts;
  for (const std::string& name : names_) {
    const AxisSet whole = axis(name);
    const AxisSet part = set & whole;
    if (part == 0) continue;
    parts.push_back(part == whole ? name : fmt::format("{} of {}", size_of(part), name));
  }
  return parts.empty() ? "1" : fmt::format("{}", fmt::join(parts, " * "));
}

}  // namespace reducecheck::diagnosing
