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
  require(known < 0, "outside the checker's rules: two roles of one axis");
  addend.roles.push_back(std::move(role));
  std::sort(addend.roles.begin(), addend.roles.end());
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
      require(!rows && !cols, "outside the checker's rules: factors that lie differently");
      Addend both{joined({x.atom, y.atom}), x.roles, has(x.atom, 'r') ? x.rows : y.rows,
                  has(x.atom, 'f') ? x.cols : y.cols};
      for (const Json& role : y.roles) add_role(both, role);
      result.add(both, c * d);
    }
  }
  return result;
}

Clean Rules::clean(const std::vector<Tensor>& arguments) const {
  Clean where;
  for (const Tensor& x : arguments) {
    Json form = Json::object();
    for (const auto& [addend, by] : x.terms) {
      require(addend.roles.empty(), "outside the checker's rules: a function of a part");
      const auto lies = [&](Json& known, const Json& layout) {
        require(known.is_null() || known == layout,
                "outside the checker's rules: a function of "
                "addends that lie differently");
        known = layout;
      };
      if (has(addend.atom, 'r')) lies(where.rows, addend.rows);
      if (has(addend.atom, 'f')) lies(where.cols, addend.cols);
      form[std::to_string(addend.atom)] = to_json(by);
    }
    where.forms.push_back(form);
  }
  return where;
}

Tensor Rules::function(const std::string& name, const std::vector<Tensor>& arguments) {
  Tensor shape = arguments.front();
  for (const Tensor& x : arguments) shape = {common(shape, x, true), common(shape, x, false), {}};
  const Clean where = clean(arguments);
  require(!arguments.front().terms.empty(), "outside the checker's rules: a function of zero");
  const Json what = {{"kind", "function"}, {"name", name}, {"forms", where.forms}};
  const int atom = node(what, !where.rows.is_null(), !where.cols.is_null());
  return single(atom, shape.rows, shape.cols, where, *this);
}

Tensor Rules::reciprocal(const Tensor& x) {
  if (x.terms.empty() || x.terms.begin()->second.size() != 1) return function("1 / ", {x});
  const Polynomial content = inverse(x.terms.begin()->second);
  if (x.terms.size() == 1 && x.terms.begin()->first == Addend{joined({})}) return constant(content);
  return scaled(function("1 / ", {scaled(x, content)}), content);
}

Tensor Rules::square(const Tensor& x) {
  if (x.terms.empty() || x.terms.begin()->second.size() != 1) return product(x, x);
  for (const auto& [addend, by] : x.terms) {
    if (!addend.roles.empty()) return product(x, x);
  }
  const Polynomial content = x.terms.begin()->second;
  return scaled(function("square", {scaled(x, inverse(content))}), content * content);
}

Tensor Rules::norm(const Tensor& x) {
  const Tensor mean = scaled(sum_cols(square(x)), inverse(facts_.reduced(x.cols)));
  return product(x, function("rsqrt", {mean}));
}

Tensor Rules::sum_cols(const Tensor& x) {
  Tensor result{x.rows, number(1), {}};
  for (const auto& [addend, by] : x.terms) {
    if (!has(addend.atom, 'f')) {
      result.add(addend, by * x.cols);
      continue;
    }
    Addend summed = addend;
    summed.cols = Json::array();
    summed.atom = outside(addend.atom, 'f', [&](int inside) {
      return node({{"kind", "sum_cols"}, {"children", {inside}}}, has(inside, 'r'), false);
    });
    for (const Json& axis : addend.cols) {
      add_role(summed, Json::array({axis, "part", summed.atom, "inner"}));
    }
    result.add(summed, by);
  }
  return result;
}

Tensor Rules::largest(const Tensor& x, bool of_all) {
  const Clean where = clean({x});
  const Json what = {{"kind", of_all ? "max_all" : "max_cols"}, {"forms", where.forms}};
  const bool rows = !of_all && !where.rows.is_null();
  Addend addend{node(what, rows, false)};
  for (const Json* cuts : {&where.cols, &where.rows}) {
    if (cuts->is_null() || (cuts == &where.rows && !of_all)) continue;
    for (const Json& axis : *cuts) {
      require(axis.is_string(), "outside the checker's rules: a maximum of dispatched rows");
      add_role(addend, Json::array({axis, "maximum", addend.atom}));
    }
  }
  if (rows) addend.rows = where.rows;
  return {of_all ? number(1) : x.rows, number(1), {{addend, number(1)}}};
}

Tensor Rules::column(const Tensor& x, const Polynomial& which) {
  Tensor result{x.rows, number(1), {}};
  for (const auto& [addend, by] : x.terms) {
    require(addend.cols.empty(), "outside the checker's rules: a column of cut features");
    Addend taken = addend;
    taken.atom = outside(addend.atom, 'f', [&](int inside) {
      if (at(inside).at("kind") == "one") return inside;
      Json what = {{"kind", "column"}, {"children", {inside}}};
      if (!which.empty()) what["number"] = to_json(facts_.reduced(which));
      return node(what, has(inside, 'r'), false);
    });
    result.add(taken, by);
  }
  return result;
}

Tensor Rules::matmul(const Tensor& x, const Tensor& matrix) {
  Tensor result{x.rows, matrix.cols, {}};
  const auto& [weight, d] = *matrix.terms.begin();
  require(matrix.terms.size() == 1 && weight.roles.empty() && d == number(1) &&
              at(weight.atom).at("kind") == "matrix",
          "outside the checker's rules: a product with what is no weight");
  for (const auto& [addend, by] : x.terms) {
    require(!has(addend.atom, 'f') || addend.cols == weight.rows,
            "outside the checker's rules: features cut otherwise than the weight");
    Addend out = addend;
    int product = 0;
    out.atom = outside(addend.atom, 'f', [&, &weight = weight](int inside) {
      const Json what = {{"kind", "matmul"}, {"children", {inside, weight.atom}}};
      return product = node(what, has(inside, 'r'), has(weight.atom, 'f'));
    });
    out.cols = weight.cols;
    for (const Json& axis : weight.rows) {
      add_role(out, Json::array({axis, "part", product, "inner"}));
    }
    result.add(out, by);
  }
  return result;
}

/// A weight that is called with a factor for each row (mlp: 1): the parts lie over the owners of
/// its numbers and over its inner features.
Tensor Rules::weighted(Json what, const Tensor& factor, const Clean& where, const Polynomial& cols,
                       const Json& layout, const Axes& owners, const Axes& inner) {
  require(where.cols.is_null() || where.cols.empty(),
          "outside the checker's rules: a weight called with cut features");
  Tensor result{factor.rows, cols, {}};
  for (const auto& [p, by] : factor.terms) {
    const bool rows = has(p.atom, 'r');
    require(p.cols.empty() && (!rows || where.rows.is_null() || p.rows == where.rows),
            "outside the checker's rules: factors that lie otherwise than the rows");
    Addend out{0, p.roles, rows || where.rows.is_null() ? p.rows : where.rows, layout};
    int whole = 0;
    out.atom = outside(p.atom, 'f', [&](int inside) {
      if (what.at("kind") != "mlp") what["children"] = {inside};
      return whole = node(what, what.at("kind") != "mlp" || !where.rows.is_null(), true);
    });
    for (const std::string& axis : owners)
      add_role(out, Json::array({axis, "part", whole, "owner"}));
    for (const std::string& axis : inner)
      add_role(out, Json::array({axis, "part", whole, "inner"}));
    result.add(out, by);
  }
  return result;
}

}  // namespace reducecheck::proof_check
