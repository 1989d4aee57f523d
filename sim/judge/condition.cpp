// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "sim/judge/condition_atoms.hpp"

namespace reducecheck {
namespace {

constexpr double or_cost = 0.5;
constexpr std::size_t largest_conjunction = 4;

bool implies(const Truth& a, const Truth& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] && !b[i]) return false;
  }
  return true;
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

std::optional<std::string> say(const std::vector<Formula>& atoms, const std::vector<Name>& names,
                               const Truth& failing) {
  if (auto found = Conjunction(atoms, failing).find(names)) return found->text;
  if (auto found = Disjunction(atoms, failing).find()) return found->text;
  return std::nullopt;
}

}  // namespace

std::string failing_condition(const std::vector<ConditionPoint>& points,
                              const std::vector<bool>& failing, const std::vector<int>& causes) {
  if (std::ranges::find(failing, false) == failing.end()) return "always";
  constexpr const char* none = "no short condition says where";
  const std::vector<Name> names = names_of(points);
  const std::vector<Formula> atoms = atoms_of(points, names);
  if (const auto text = say(atoms, names, failing)) return *text;
  std::map<int, Truth> parts;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (failing[i]) parts.try_emplace(causes[i], failing.size()).first->second[i] = true;
  }
  if (parts.size() < 2) return none;
  std::string all;
  for (const auto& [cause, part] : parts) {
    const auto text = say(atoms, names, part);
    if (!text) return none;
    all += (all.empty() ? "" : " or ") + *text;
  }
  return all;
}

}  // namespace reducecheck
