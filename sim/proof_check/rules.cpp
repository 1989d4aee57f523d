// SPDX-License-Identifier: Apache-2.0
#include "sim/proof_check/rules.hpp"

namespace reducecheck::proof_check {

Json to_json(const Tensor& x) {
  Json terms = Json::array();
  for (const auto& [addend, by] : x.terms) {
    terms.push_back({{"atom", addend.atom},
                     {"roles", addend.roles},
                     {"rows", addend.rows},
                     {"cols", addend.cols},
                     {"coefficient", to_json(by)}});
  }
  return {{"rows", to_json(x.rows)}, {"cols", to_json(x.cols)}, {"terms", terms}};
}

/// The certificate's nodes are only names: what a name means is what the rules put under it.
Rules::Rules(const Facts& facts, const Json& atoms) : facts_(facts) {
  for (const Json& atom : atoms) {
    require(atom.is_object(), "an atom that is none");
    require(places_.emplace(atom.dump(), nodes_.size()).second, "an atom that stands there twice");
    nodes_.push_back(atom);
  }
}

int Rules::node(Json what, bool rows, bool cols) {
  what["has"] = std::string(rows ? "r" : "") + (cols ? "f" : "");
  if (what.value("layer", 1) == 0) what.erase("layer");
  const auto [place, added] = places_.try_emplace(what.dump(), static_cast<int>(nodes_.size()));
  if (added) nodes_.push_back(what);
  return place->second;
}

bool Rules::has(int atom, char dimension) const {
  return at(atom).at("has").get<std::string>().find(dimension) != std::string::npos;
}

bool Rules::is_ids(const Tensor& x) const {
  return x.terms.size() == 1 && at(x.terms.begin()->first.atom).at("kind") == "ids";
}

Polynomial Rules::size(const Axes& axes) const {
  Polynomial result = number(1);
  for (const std::string& axis : axes) result = result * facts_.reduced(symbol(axis));
  return result;
}

bool Rules::held(const Json& layout, const std::string& axis) const {
  return std::any_of(layout.begin(), layout.end(), [&](const Json& digit) {
    if (!digit.is_array()) return digit == axis;
    const Json& made = dispatches_[digit.size() == 1 ? 0 : digit[1][0][0].get<std::size_t>()];
    const Json& group = made.at("group");
    const bool member = std::find(group.begin(), group.end(), Json(axis)) != group.end();
    return !member && held(made.at("rows"), axis);
  });
}

int Rules::role_on(const Addend& addend, const std::string& axis) {
  for (std::size_t i = 0; i < addend.roles.size(); ++i) {
    if (addend.roles[i][0] == axis) return static_cast<int>(i);
  }
  return -1;
}

void Rules::add_role(Addend& addend, Json role) {
  const int known = role_on(addend, role[0].get<std::string>());
  within_rules(known < 0, "two roles of one axis");
  addend.roles.push_back(std::move(role));
  std::sort(addend.roles.begin(), addend.roles.end());
}

/// A role for each axis that cuts. What its parts are depends on the cuts before, so they belong to
/// the name: the halves of quarters are not the halves.
void Rules::add_cuts(Addend& addend, const Json& role, const Json& cuts, const std::string& of) {
  Json before = Json::array();
  for (const Json& axis : cuts) {
    within_rules(axis.is_string(), "parts of delivered rows");
    Json one = Json::array({axis});
    one.insert(one.end(), role.begin(), role.end());
    if (!before.empty() || !of.empty()) {
      one.push_back(before);
      one.push_back(of);
    }
    add_role(addend, one);
    before.push_back(axis);
  }
}

std::vector<int> Rules::factors(int atom) const {
  if (at(atom).at("kind") == "one") return {};
  if (at(atom).at("kind") != "product") return {atom};
  return at(atom).at("children").get<std::vector<int>>();
}

int Rules::joined(std::vector<int> atoms) {
  std::vector<int> flat;
  for (const int atom : atoms) {
    for (const int factor : factors(atom)) flat.push_back(factor);
  }
  std::sort(flat.begin(), flat.end());
  if (flat.empty()) return node({{"kind", "one"}}, false, false);
  if (flat.size() == 1) return flat.front();
  const auto any = [&](char d) {
    return std::any_of(flat.begin(), flat.end(), [&](int atom) { return has(atom, d); });
  };
  return node({{"kind", "product"}, {"children", flat}}, any('r'), any('f'));
}

/// `make` of the factors that have the dimension; the others stand outside.
int Rules::outside(int atom, char dimension, const std::function<int(int)>& make) {
  std::vector<int> inside;
  std::vector<int> others;
  for (const int factor : factors(atom)) {
    (has(factor, dimension) ? inside : others).push_back(factor);
  }
  others.push_back(make(joined(inside)));
  return joined(others);
}

Tensor Rules::constant(const Polynomial& value) {
  Tensor result;
  result.add({joined({})}, facts_.reduced(value));
  return result;
}

Tensor Rules::single(int atom, const Polynomial& rows, const Polynomial& cols, const Clean& where,
                     const Rules& rules) {
  Addend addend{atom};
  if (rules.has(atom, 'r') && !where.rows.is_null()) addend.rows = where.rows;
  if (rules.has(atom, 'f') && !where.cols.is_null()) addend.cols = where.cols;
  return {rows, cols, {{addend, number(1)}}};
}

Tensor Rules::scaled(Tensor x, const Polynomial& by) const {
  const auto terms = std::exchange(x.terms, {});
  for (const auto& [addend, value] : terms) x.add(addend, value * facts_.reduced(by));
  return x;
}

Polynomial Rules::common(const Tensor& a, const Tensor& b, bool rows) const {
  const auto extent = [&](const Tensor& x) { return rows ? x.rows : x.cols; };
  const auto spreads = [&](const Tensor& x) {
    return extent(x) == number(1) && std::none_of(x.terms.begin(), x.terms.end(), [&](auto& term) {
             return has(term.first.atom, rows ? 'r' : 'f');
           });
  };
  if (spreads(a)) return extent(b);
  require(spreads(b) || facts_.equal(extent(a), extent(b)), "operands of other extents");
  return extent(a);
}

Tensor Rules::sum(const Tensor& a, const Tensor& b, const Fraction& times) {
  Tensor result{common(a, b, true), common(a, b, false), a.terms};
  for (const auto& [addend, by] : b.terms) result.add(addend, plus({}, by, times));
  return result;
}

Tensor Rules::product(const Tensor& a, const Tensor& b) {
  Tensor result{common(a, b, true), common(a, b, false), {}};
  for (const auto& [x, c] : a.terms) {
    for (const auto& [y, d] : b.terms) {
      const bool rows = has(x.atom, 'r') && has(y.atom, 'r') && x.rows != y.rows;
      const bool cols = has(x.atom, 'f') && has(y.atom, 'f') && x.cols != y.cols;
      within_rules(!rows && !cols, "factors that lie differently");
      Addend both{joined({x.atom, y.atom}), x.roles, has(x.atom, 'r') ? x.rows : y.rows,
                  has(x.atom, 'f') ? x.cols : y.cols};
      for (const Json& role : y.roles) add_role(both, role);
      result.add(both, c * d);
    }
  }
  return result;
}

}  // namespace reducecheck::proof_check
