// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/matrices_test.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace reducecheck::planning::matrices {
namespace {

Mesh mesh_of(const Problem& problem) {
  std::vector<std::string> names;
  std::vector<std::int64_t> sizes;
  for (const PlanAxis& axis : problem.axes) {
    names.push_back(axis.name);
    sizes.push_back(axis.size);
  }
  return {std::move(names), std::move(sizes)};
}

std::vector<int>& along(Held& held, Dimension dimension) {
  return dimension == Dimension::rows ? held.rows : held.features;
}

std::int64_t inverse(std::int64_t number) {
  std::int64_t power = 1;
  for (std::int64_t exponent = prime - 2; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) power = power * number % prime;
    number = number * number % prime;
  }
  return power;
}

std::size_t place(int number) {
  return static_cast<std::size_t>(number);
}

/// The entry of the role's matrix.
bool holds(AxisRole role, int coordinate, int part) {
  switch (role) {
    case AxisRole::replicated: return true;
    case AxisRole::pending: return coordinate == part;
    case AxisRole::once: return coordinate == 0;
  }
  return false;
}

}  // namespace

World::World(const Problem& problem) : problem_(problem), mesh_(mesh_of(problem)) {}

Value World::whole() const {
  Held all;
  all.rows.resize(static_cast<std::size_t>(problem_.rows));
  std::iota(all.rows.begin(), all.rows.end(), 0);
  all.features.resize(static_cast<std::size_t>(problem_.features));
  std::iota(all.features.begin(), all.features.end(), 0);
  all.parts.resize(problem_.branches.size() * place(mesh_.ranks()));
  return Value(place(mesh_.ranks()), all);
}

Value World::branch(std::size_t number) const {
  const BranchState& branch = problem_.branches[number];
  Value value = whole();
  // A part is numbered as the rank that holds it where every axis is pending.
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    for (int part = 0; part < mesh_.ranks(); ++part) {
      bool held = true;
      for (int axis = 0; axis < mesh_.axes(); ++axis) {
        held = held && holds(branch.roles[place(axis)], mesh_.coordinate(rank, axis),
                             mesh_.coordinate(part, axis));
      }
      const std::size_t column = number * place(mesh_.ranks()) + place(part);
      value[place(rank)].parts[column] = held ? 1 : 0;
    }
  }
  return *cut(branch.features, Dimension::features, *cut(branch.rows, Dimension::rows, value));
}

Value World::goal() const {
  Value value = whole();
  for (Held& held : value) std::ranges::fill(held.parts, 1);
  return *cut(problem_.goal.features, Dimension::features,
              *cut(problem_.goal.rows, Dimension::rows, value));
}

bool World::same_place(const Group& group, const Value& value) const {
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    const Held& first = value[place(group_members(mesh_, group, rank)[0])];
    const Held& own = value[place(rank)];
    if (own.rows != first.rows || own.features != first.features) return false;
  }
  return true;
}

Value World::summed(const Group& group, const Value& value) const {
  Value result = value;
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    std::vector<std::int64_t>& parts = result[place(rank)].parts;
    std::ranges::fill(parts, 0);
    for (const int member : group_members(mesh_, group, rank)) {
      for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i] = (parts[i] + value[place(member)].parts[i]) % prime;
      }
    }
  }
  return result;
}

Value World::from_first(const Group& group, const Value& value) const {
  Value result = value;
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    result[place(rank)] = value[place(group_members(mesh_, group, rank)[0])];
  }
  return result;
}

bool World::counted_once(const Group& group, const Value& value) const {
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    const std::vector<std::int64_t>& own = value[place(rank)].parts;
    if (own != value[place(group_members(mesh_, group, rank)[0])].parts) return false;
    if (std::ranges::any_of(own, [](std::int64_t times) { return times > 1; })) return false;
  }
  return true;
}

Value World::scaled(const Group& group, Value value, bool guard) const {
  const std::int64_t part = inverse(group_size(mesh_, group));
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    const std::int64_t kept = group_index(mesh_, group, rank) == 0 ? 1 : 0;
    for (std::int64_t& number : value[place(rank)].parts) {
      number = number * (guard ? kept : part) % prime;
    }
  }
  return value;
}

std::optional<Value> World::gathered(const Group& group, Dimension dimension,
                                     const Value& value) const {
  const auto extent =
      static_cast<std::size_t>(dimension == Dimension::rows ? problem_.rows : problem_.features);
  Value result = value;
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    Held& to = result[place(rank)];
    along(to, dimension).clear();
    for (const int member : group_members(mesh_, group, rank)) {
      Held from = value[place(member)];
      const std::vector<int> pieces = std::exchange(along(from, dimension), along(to, dimension));
      // Rows with other coefficients, or other features, are no matrix any more.
      if (from != to) return std::nullopt;
      along(to, dimension).insert(along(to, dimension).end(), pieces.begin(), pieces.end());
    }
    if (along(to, dimension).size() > extent) return std::nullopt;
  }
  return result;
}

std::optional<Value> World::cut(const Group& group, Dimension dimension, Value value) const {
  const auto size = static_cast<std::size_t>(group_size(mesh_, group));
  for (int rank = 0; rank < mesh_.ranks(); ++rank) {
    std::vector<int>& held = along(value[place(rank)], dimension);
    if (held.size() % size != 0) return std::nullopt;
    const auto each = static_cast<std::ptrdiff_t>(held.size() / size);
    const auto first = held.begin() + each * group_index(mesh_, group, rank);
    held = std::vector<int>(first, first + each);
  }
  return value;
}

std::optional<Value> World::apply(const Call& call, const Value& value) const {
  const std::string& name = call.operation;
  if (name == "chunk") return cut(call.group, call.dimension, value);
  if (name == "scale" && !counted_once(call.group, value)) return std::nullopt;
  if (name == "once" || name == "scale") return scaled(call.group, value, name == "once");
  if (name == "broadcast") return from_first(call.group, value);
  if (name == "all_gather") return gathered(call.group, call.dimension, value);
  if (name == "all_to_all") {
    const auto whole = gathered(call.group, call.gathered, value);
    return whole ? cut(call.group, call.dimension, *whole) : whole;
  }
  if (!same_place(call.group, value)) return std::nullopt;
  const Value sum = summed(call.group, value);
  return name == "all_reduce" ? sum : cut(call.group, call.dimension, sum);
}

std::optional<Value> World::add(const Value& a, const Value& b) {
  Value sum = a;
  for (std::size_t rank = 0; rank < a.size(); ++rank) {
    if (a[rank].rows != b[rank].rows || a[rank].features != b[rank].features) return std::nullopt;
    for (std::size_t i = 0; i < a[rank].parts.size(); ++i) {
      sum[rank].parts[i] = (a[rank].parts[i] + b[rank].parts[i]) % prime;
    }
  }
  return sum;
}

double World::seconds(const Call& call, const Value& value, const CostModel& model) const {
  const std::string& name = call.operation;
  if (name == "chunk" || name == "once" || name == "scale") return model.epsilon;
  const auto m = static_cast<double>(group_size(mesh_, call.group));
  const auto elements = static_cast<double>(value[0].rows.size() * value[0].features.size());
  const double bytes =
      elements * problem_.bytes / static_cast<double>(problem_.rows * problem_.features);
  if (name == "all_reduce") {
    return model.alpha + 2 * (m - 1) * model.hop + 2 * (m - 1) * bytes / m * model.beta;
  }
  double sent = (m - 1) * bytes / m;
  if (name == "all_gather") sent = (m - 1) * bytes;
  if (name == "broadcast") sent = bytes;
  return model.alpha + (m - 1) * model.hop + sent * model.beta;
}

std::vector<Call> World::calls() const {
  std::vector<Group> groups;  // every ordered list of axes larger than 1
  std::vector<Group> grown = {Group{}};
  while (!grown.empty()) {
    std::vector<Group> longer;
    for (const Group& group : grown) {
      for (int axis = 0; axis < mesh_.axes(); ++axis) {
        if (mesh_.size(axis) == 1 || std::ranges::count(group.axes, axis) != 0) continue;
        longer.push_back(group);
        longer.back().axes.push_back(axis);
      }
    }
    groups.insert(groups.end(), longer.begin(), longer.end());
    grown = std::move(longer);
  }
  std::vector<Call> calls;
  for (const Group& group : groups) {
    if (std::ranges::is_sorted(group.axes)) {
      for (const char* name : {"all_reduce", "broadcast", "once", "scale"}) {
        calls.push_back({name, group});
      }
    }
    for (const char* name : {"reduce_scatter", "all_gather", "chunk", "all_to_all"}) {
      calls.push_back({name, group, Dimension::rows, Dimension::features});
      calls.push_back({name, group, Dimension::features, Dimension::rows});
    }
  }
  return calls;
}

}  // namespace reducecheck::planning::matrices
