// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/condition_atoms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace reducecheck {
namespace {

/// Keeps the cheapest formula of each truth table.
class Atoms {
 public:
  explicit Atoms(std::size_t points) : points_(points) {}

  template <class Predicate>
  void add(std::string text, double cost, Predicate predicate) {
    Formula atom{std::move(text), cost, Truth(points_)};
    std::size_t count = 0;
    for (std::size_t i = 0; i < points_; ++i) count += (atom.truth[i] = predicate(i)) ? 1U : 0U;
    if (count == 0 || count == points_) return;
    const auto [found, is_new] = by_truth_.try_emplace(atom.truth, atom);
    if (!is_new && atom.cost < found->second.cost) found->second = std::move(atom);
  }

  [[nodiscard]] std::vector<Formula> sorted() const {
    std::vector<Formula> atoms;
    for (const auto& [truth, atom] : by_truth_) atoms.push_back(atom);
    std::ranges::sort(atoms, {}, [](const Formula& f) { return std::pair{f.cost, f.text}; });
    return atoms;
  }

 private:
  std::size_t points_;
  std::map<Truth, Formula> by_truth_;
};

void add_sizes(Atoms& atoms, const std::vector<Name>& names,
               const std::vector<ConditionPoint>& points) {
  for (const Name& g : names) {
    const auto size = [&](std::size_t i) { return g.sizes[i]; };
    atoms.add(g.text + " > 1", 1 + g.extra, [&](std::size_t i) { return size(i) > 1; });
    atoms.add(g.text + " == 1", 1 + g.extra, [&](std::size_t i) { return size(i) == 1; });
    atoms.add(fmt::format("tokens % {} != 0", g.text), 1.6 + g.extra,
              [&](std::size_t i) { return points[i].tokens % size(i) != 0; });
    for (const std::int64_t v : std::set<std::int64_t>(g.sizes.begin(), g.sizes.end())) {
      if (v == 1) continue;
      atoms.add(fmt::format("{} > {}", g.text, v), 2.1 + g.extra,
                [&](std::size_t i) { return size(i) > v; });
      atoms.add(fmt::format("{} == {}", g.text, v), 2.1 + g.extra,
                [&](std::size_t i) { return size(i) == v; });
    }
    for (const Name& h : names) {
      const double cost = 2.3 + g.extra + h.extra;
      atoms.add(fmt::format("{} == {}", g.text, h.text), cost,
                [&](std::size_t i) { return size(i) == h.sizes[i]; });
      atoms.add(fmt::format("{} < {}", g.text, h.text), cost,
                [&](std::size_t i) { return size(i) < h.sizes[i]; });
    }
  }
}

void add_switches(Atoms& atoms, const std::vector<ConditionPoint>& points) {
  for (std::size_t s = 0; s < points[0].configuration.switches.size(); ++s) {
    const std::string& name = points[0].configuration.switches[s].first;
    const auto at = [&](std::size_t i) -> const SwitchValue& {
      return points[i].configuration.switches[s].second;
    };
    std::set<SwitchValue> values;
    for (std::size_t i = 0; i < points.size(); ++i) values.insert(at(i));
    for (const SwitchValue& value : values) {
      const auto is = [&](std::size_t i) { return at(i) == value; };
      if (const bool* truth = std::get_if<bool>(&value)) {
        atoms.add(*truth ? name : "not " + name, 1, is);
      } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        atoms.add(fmt::format("{} == {}", name, *number), 1, is);
        atoms.add(fmt::format("{} > {}", name, *number), 1.2,
                  [&](std::size_t i) { return std::get<std::int64_t>(at(i)) > *number; });
      } else {
        atoms.add(fmt::format("{} == \"{}\"", name, std::get<std::string>(value)), 1, is);
        atoms.add(fmt::format("{} != \"{}\"", name, std::get<std::string>(value)), 1.1,
                  [&](std::size_t i) { return at(i) != value; });
      }
    }
  }
}

}  // namespace

std::vector<Name> names_of(const std::vector<ConditionPoint>& points) {
  std::vector<Name> names;
  const auto collect = [&](auto list, double extra) {
    for (std::size_t n = 0; n < list(points[0]).size(); ++n) {
      Name name{list(points[0])[n].first, extra, {}};
      for (const ConditionPoint& point : points) name.sizes.push_back(list(point)[n].second);
      names.push_back(std::move(name));
    }
  };
  collect(
      [](const ConditionPoint& p) -> const auto& { return p.configuration.mesh; }, 0);
  collect(
      [](const ConditionPoint& p) -> const auto& { return p.configuration.groups; }, 0.05);
  return names;
}

std::vector<Formula> atoms_of(const std::vector<ConditionPoint>& points,
                              const std::vector<Name>& names) {
  Atoms atoms(points.size());
  add_sizes(atoms, names, points);
  add_switches(atoms, points);
  return atoms.sorted();
}

}  // namespace reducecheck
