// SPDX-License-Identifier: Apache-2.0
// The rules of functions, statistics and weights.
#include "sim/proof_check/rules.hpp"

namespace reducecheck::proof_check {

Clean Rules::clean(const std::vector<Tensor>& arguments) const {
  Clean where;
  for (const Tensor& x : arguments) {
    Json form = Json::object();
    for (const auto& [addend, by] : x.terms) {
      within_rules(addend.roles.empty(), "a function of a part");
      const auto lies = [&](Json& known, const Json& layout) {
        within_rules(known.is_null() || known == layout,
                     "a function of addends that lie differently");
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
  within_rules(!arguments.front().terms.empty(), "a function of zero");
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
  if (x.terms.size() == 1 && factors(x.terms.begin()->first.atom).empty()) return product(x, x);
  const auto is_part = [](const auto& term) { return !term.first.roles.empty(); };
  if (std::ranges::any_of(x.terms, is_part)) return product(x, x);
  const Polynomial content = x.terms.begin()->second;
  return scaled(function("square", {scaled(x, inverse(content))}), content * content);
}

/// Where norms are free of scale x is taken over what is positive of its first coefficient of one
/// term. Their root is no rsqrt of the text: of which multiple of x it is the root is not known.
Tensor Rules::norm(const Tensor& of) {
  const bool free = facts_.norms_are_free_of_scale();
  Polynomial content = number(1);
  const auto one =
      std::ranges::find_if(of.terms, [](auto& term) { return term.second.size() == 1; });
  if (free && one != of.terms.end()) {
    const auto& [powers, by] = *one->second.begin();
    content = number(by < Fraction(0) ? Fraction(0) - by : by);
    for (const auto& [name, power] : powers) {
      if (facts_.positive(name)) content = content * symbol(name, power);
    }
  }
  const Tensor x = scaled(of, inverse(content));
  const Tensor mean = scaled(sum_cols(square(x)), inverse(facts_.reduced(x.cols)));
  return product(x, function(free ? "rsqrt of norm" : "rsqrt", {mean}));
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
    int cut = 0;
    summed.atom = outside(addend.atom, 'f', [&](int inside) {
      cut = inside;
      return node({{"kind", "sum_cols"}, {"children", {inside}}}, has(inside, 'r'), false);
    });
    add_cuts(summed, Json::array({"part", cut, "inner"}), addend.cols, "");
    result.add(summed, by);
  }
  return result;
}

Tensor Rules::largest(const Tensor& x, bool of_all) {
  const Clean where = clean({x});
  const Json what = {{"kind", of_all ? "max_all" : "max_cols"}, {"forms", where.forms}};
  const bool rows = !of_all && !where.rows.is_null();
  Addend addend{node(what, rows, false)};
  const Json role = Json::array({"maximum", addend.atom});
  if (!where.cols.is_null()) add_cuts(addend, role, where.cols, "");
  if (of_all && !where.rows.is_null()) add_cuts(addend, role, where.rows, " by rows");
  if (rows) addend.rows = where.rows;
  return {of_all ? number(1) : x.rows, number(1), {{addend, number(1)}}};
}

Tensor Rules::column(const Tensor& x, const Polynomial& which) {
  Tensor result{x.rows, number(1), {}};
  for (const auto& [addend, by] : x.terms) {
    within_rules(addend.cols.empty(), "a column of cut features");
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
  within_rules(matrix.terms.size() == 1 && weight.roles.empty() && d == number(1) &&
                   at(weight.atom).at("kind") == "matrix",
               "a product with what is no weight");
  const Tensor turned{number(1), matrix.rows, {{Addend{weight.atom}, number(1)}}};
  static_cast<void>(common(x, turned, false));
  for (const auto& [addend, by] : x.terms) {
    within_rules(!has(addend.atom, 'f') || addend.cols == weight.rows,
                 "features cut otherwise than the weight");
    Addend out = addend;
    int product = 0;
    out.atom = outside(addend.atom, 'f', [&, &weight = weight](int inside) {
      const Json what = {{"kind", "matmul"}, {"children", {inside, weight.atom}}};
      return product = node(what, has(inside, 'r'), has(weight.atom, 'f'));
    });
    out.cols = weight.cols;
    add_cuts(out, Json::array({"part", product, "inner"}), weight.rows, "");
    result.add(out, by);
  }
  return result;
}

/// A weight that is called with a factor for each row (mlp: 1): the parts lie over the owners of
/// its numbers and over its inner features.
Tensor Rules::weighted(Json what, const Tensor& factor, const Clean& where, const Polynomial& cols,
                       const Json& layout, const Axes& owners, const Axes& inner) {
  within_rules(where.cols.is_null() || where.cols.empty(), "a weight called with cut features");
  Tensor result{factor.rows, cols, {}};
  for (const auto& [p, by] : factor.terms) {
    const bool rows = has(p.atom, 'r');
    within_rules(p.cols.empty() && (!rows || where.rows.is_null() || p.rows == where.rows),
                 "factors that lie otherwise than the rows");
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
