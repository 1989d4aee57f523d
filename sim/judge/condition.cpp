// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace reducecheck {
namespace {

using Truth = std::vector<bool>;  // of each point

struct Formula {
  std::string text;
  double cost = 0;
  Truth truth;
};

constexpr double or_cost = 0.5;
constexpr std::size_t largest_conjunction = 4;

bool implies(const Truth& a, const Truth& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] && !b[i]) return false;
  }
  return true;
}

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

/// A name with its size in every point; derived groups cost a little more than axes.
struct Name {
  std::string text;
  double extra = 0;
  std::vector<std::int64_t> sizes;
};

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

/// `g > 1 and h > 1` in the words of the product t = g * h that engines configure: `1 < g < t`.
/// Only where t is that product in every point.
void name_products(std::vector<std::string>& conditions, const std::vector<Name>& names) {
  const auto place = [&](const Name& name) {
    return std::ranges::find(conditions, name.text + " > 1");
  };
  const auto is_product = [](const Name& t, const Name& g, const Name& h) {
    for (std::size_t i = 0; i < t.sizes.size(); ++i) {
      if (t.sizes[i] != g.sizes[i] * h.sizes[i]) return false;
    }
    return true;
  };
  for (std::size_t g = 0; g < names.size(); ++g) {
    for (std::size_t h = g + 1; h < names.size(); ++h) {
      if (place(names[g]) == conditions.end() || place(names[h]) == conditions.end()) continue;
      const auto t = std::ranges::find_if(
          names, [&](const Name& name) { return is_product(name, names[g], names[h]); });
      if (t == names.end()) continue;
      conditions.erase(place(names[h]));
      *place(names[g]) = fmt::format("1 < {} < {}", names[g].text, t->text);
    }
  }
}

/// The cheapest conjunction of at most four atoms that is true exactly where `failing` is. Each
/// atom must be true in all failing points; together they must rule out every other point.
class Conjunction {
 public:
  Conjunction(const std::vector<Formula>& atoms, const Truth& failing) : failing_(failing) {
    for (const Formula& atom : atoms) {
      if (implies(failing, atom.truth)) atoms_.push_back(&atom);
    }
  }

  std::optional<Formula> find(const std::vector<Name>& names) {
    Truth left(failing_.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = !failing_[i];
    extend(left, 0);
    if (best_.empty()) return std::nullopt;
    Formula result{"", cost_, failing_};
    std::vector<std::string> conditions;
    for (const Formula* atom : best_) conditions.push_back(atom->text);
    std::ranges::sort(conditions);
    name_products(conditions, names);
    for (const std::string& text : conditions) {
      result.text += (result.text.empty() ? "" : " and ") + text;
    }
    return result;
  }

 private:
  void extend(const Truth& left, double cost) {
    const auto first = std::ranges::find(left, true);
    if (first == left.end()) {
      if (cost < cost_) cost_ = cost, best_ = chosen_;
      return;
    }
    if (chosen_.size() == largest_conjunction) return;
    const auto point = static_cast<std::size_t>(first - left.begin());
    for (const Formula* atom : atoms_) {
      if (cost + atom->cost >= cost_) break;  // sorted by cost
      if (atom->truth[point]) continue;       // does not rule the point out
      Truth rest = left;
      for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = rest[i] && atom->truth[i];
      chosen_.push_back(atom);
      extend(rest, cost + atom->cost);
      chosen_.pop_back();
    }
  }

  const Truth& failing_;
  std::vector<const Formula*> atoms_;
  std::vector<const Formula*> chosen_;
  std::vector<const Formula*> best_;
  double cost_ = std::numeric_limits<double>::infinity();
};

/// The cheapest disjunction of two or three conjunctions of at most two atoms.
class Disjunction {
 public:
  Disjunction(const std::vector<Formula>& atoms, const Truth& failing) : failing_(failing) {
    std::map<Truth, Formula> terms;
    const auto add = [&](Formula term) {
      if (!implies(term.truth, failing) ||
          std::ranges::find(term.truth, true) == term.truth.end()) {
        return;
      }
      const auto [found, is_new] = terms.try_emplace(term.truth, term);
      if (!is_new && term.cost < found->second.cost) found->second = std::move(term);
    };
    for (std::size_t a = 0; a < atoms.size(); ++a) {
      add(atoms[a]);
      for (std::size_t b = a + 1; b < atoms.size(); ++b) {
        Formula both{atoms[a].text + " and " + atoms[b].text, atoms[a].cost + atoms[b].cost,
                     atoms[a].truth};
        for (std::size_t i = 0; i < both.truth.size(); ++i) {
          both.truth[i] = both.truth[i] && atoms[b].truth[i];
        }
        add(std::move(both));
      }
    }
    for (auto& [truth, term] : terms) terms_.push_back(std::move(term));
    std::ranges::sort(terms_, {}, [](const Formula& f) { return std::pair{f.cost, f.text}; });
  }

  std::optional<Formula> find() {
    extend(failing_, 0);
    if (best_.empty()) return std::nullopt;
    Formula result{"", cost_, failing_};
    for (const Formula* term : best_)
      result.text += (result.text.empty() ? "" : " or ") + term->text;
    return result;
  }

 private:
  void extend(const Truth& left, double cost) {
    const auto first = std::ranges::find(left, true);
    if (first == left.end()) {
      if (cost < cost_) cost_ = cost, best_ = chosen_;
      return;
    }
    if (chosen_.size() == 3) return;
    const auto point = static_cast<std::size_t>(first - left.begin());
    for (const Formula& term : terms_) {
      const double next = cost + term.cost + (chosen_.empty() ? 0 : or_cost);
      if (next >= cost_) break;
      if (!term.truth[point]) continue;
      Truth rest = left;
      for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = rest[i] && !term.truth[i];
      chosen_.push_back(&term);
      extend(rest, next);
      chosen_.pop_back();
    }
  }

  const Truth& failing_;
  std::vector<Formula> terms_;
  std::vector<const Formula*> chosen_;
  std::vector<const Formula*> best_;
  double cost_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::string failing_condition(const std::vector<ConditionPoint>& points,
                              const std::vector<bool>& failing) {
  if (std::ranges::find(failing, false) == failing.end()) return "always";
  Atoms atoms(points.size());
  const std::vector<Name> names = names_of(points);
  add_sizes(atoms, names, points);
  add_switches(atoms, points);
  const std::vector<Formula> sorted = atoms.sorted();
  if (auto found = Conjunction(sorted, failing).find(names)) return found->text;
  if (auto found = Disjunction(sorted, failing).find()) return found->text;
  return "no short condition says where";
}

}  // namespace reducecheck
