// SPDX-License-Identifier: Apache-2.0
// The rules of collectives and of rows that move.
#include "sim/proof_check/rules.hpp"

namespace reducecheck::proof_check {

/// A sum counts N times what each of N ranks has, and once what is in parts or on one rank only.
Tensor Rules::all_reduce(const Tensor& x, const Axes& group, bool maximum) {
  Tensor result = x;
  for (const std::string& axis : group) {
    const auto terms = std::exchange(result.terms, {});
    for (const auto& [from, by] : terms) {
      Addend addend = from;
      within_rules(!held(addend.rows, axis) && !held(addend.cols, axis),
                   "a sum over what " + axis + " cuts");
      const int role = role_on(addend, axis);
      const std::string kind = role < 0 ? "" : addend.roles[static_cast<std::size_t>(role)][1];
      const bool slices = kind == "maximum" && terms.size() == 1 && by == number(1);
      within_rules(maximum ? role < 0 || slices : kind != "maximum",
                   "a maximum of sums or a sum of maxima");
      if (role >= 0) addend.roles.erase(static_cast<std::size_t>(role));
      result.add(addend, role < 0 && !maximum ? by * size({axis}) : by);
    }
  }
  return result;
}

Tensor Rules::cut(Tensor x, const Axes& group, bool rows) const {
  Polynomial& extent = rows ? x.rows : x.cols;
  within_rules(facts_.divides(size(group), extent), "a cut by ceil");
  extent = extent * inverse(size(group));
  const auto terms = std::exchange(x.terms, {});
  for (const auto& [from, by] : terms) {
    Addend addend = from;
    Json& layout = rows ? addend.rows : addend.cols;
    for (const std::string& axis : group) {
      if (!has(addend.atom, rows ? 'r' : 'f')) break;
      within_rules(
          role_on(addend, axis) < 0 && !held(addend.rows, axis) && !held(addend.cols, axis),
          "two roles of one axis");
      within_rules(layout.empty() || layout.back().is_string(), "a cut view");
      layout.push_back(axis);
    }
    x.add(addend, by);
  }
  return x;
}

/// The last cut goes first, so that what is left is in order.
Tensor Rules::gathered(Tensor x, const Axes& group, bool rows) const {
  Polynomial& extent = rows ? x.rows : x.cols;
  extent = extent * size(group);
  const auto terms = std::exchange(x.terms, {});
  for (const auto& [from, by] : terms) {
    Addend addend = from;
    Json& layout = rows ? addend.rows : addend.cols;
    for (auto axis = group.rbegin(); axis != group.rend(); ++axis) {
      within_rules(role_on(addend, *axis) < 0 && !held(rows ? addend.cols : addend.rows, *axis),
                   "a gather of parts");
      if (!has(addend.atom, rows ? 'r' : 'f')) continue;
      within_rules(!layout.empty() && layout.back() == *axis,
                   "a gather that is not the last cut undone");
      layout.erase(layout.size() - 1);
    }
    x.add(addend, by);
  }
  return x;
}

Tensor Rules::guarded(const Tensor& x, const Axes& group) const {
  Tensor result{x.rows, x.cols, {}};
  for (const auto& [from, by] : x.terms) {
    Addend addend = from;
    for (const std::string& axis : group) add_role(addend, Json::array({axis, "once"}));
    result.add(addend, by);
  }
  return result;
}

int Rules::dispatch(const Tensor& ids, const std::string& weight, int layer, const Axes& group) {
  const Addend& asked = ids.terms.begin()->first;
  within_rules(asked.roles.empty() && (asked.rows.empty() || asked.rows.back().is_string()),
               "a dispatch by parts or by delivered ids");
  const Json made = {{"weight", weight},
                     {"layer", layer},
                     {"group", group},
                     {"ids", at(asked.atom).at("tables")},
                     {"rows", asked.rows}};
  const auto known = std::find(dispatches_.begin(), dispatches_.end(), made);
  const auto place = known - dispatches_.begin();
  if (known == dispatches_.end()) dispatches_.push_back(made);
  return static_cast<int>(place);
}

Tensor Rules::dispatched(const Tensor& x, const Tensor& ids, const std::string& weight, int layer,
                         const Axes& group) {
  const int made = dispatch(ids, weight, layer, group);
  Json digit = Json::array({"dispatch"});
  if (made != 0) digit.push_back(to_json(number(made)));
  Tensor result{x.rows * size(group), x.cols, {}};
  for (const auto& [from, by] : x.terms) {
    Addend addend = from;
    const bool rows = has(addend.atom, 'r');
    require(common(x, ids, true) == ids.rows, "rows of another number than the ids");
    within_rules(addend.roles.empty() && (!rows || addend.rows == ids.terms.begin()->first.rows),
                 "dispatched rows that lie otherwise than the ids");
    if (rows) addend.rows = Json::array({digit});
    result.add(addend, by);
  }
  return result;
}

/// Of copies of an expert only the first in the group answers.
Tensor Rules::answered(const Tensor& out, const std::string& weight, int layer,
                       const Axes& owners) {
  Tensor result{out.rows, out.cols, {}};
  for (const auto& [from, by] : out.terms) {
    Addend addend = from;
    if (!addend.rows.empty() && addend.rows[0].is_array()) {
      const Json& digit = addend.rows[0];
      const Json& made = dispatches_[digit.size() == 1 ? 0 : digit[1][0][0].get<std::size_t>()];
      within_rules(made.at("weight") == weight && made.at("layer") == layer,
                   "rows of another dispatch");
      for (const Json& axis : made.at("group")) {
        if (std::ranges::count(owners, axis.get<std::string>()) != 0) continue;
        add_role(addend, Json::array({axis, "once"}));
      }
    }
    result.add(addend, by);
  }
  return result;
}

/// Only of experts that were asked by the same ids: their owners are those whose answers are read.
Tensor Rules::combined(const Tensor& out, const Tensor& ids, const std::string& weight, int layer,
                       const Axes& group) {
  const int made = dispatch(ids, weight, layer, group);
  Json digit = Json::array({"dispatch"});
  if (made != 0) digit.push_back(to_json(number(made)));
  const Json& asked = at(ids.terms.begin()->first.atom).at("tables");
  Tensor result{ids.rows, out.cols, {}};
  for (const auto& [from, by] : out.terms) {
    Addend addend = from;
    const std::vector<int> parts = factors(addend.atom);
    const auto own = std::find_if(parts.begin(), parts.end(), [&](int atom) {
      return at(atom).at("kind") == "experts" && at(atom).at("name") == weight &&
             at(atom).value("layer", 0) == layer && at(atom).at("tables") == asked;
    });
    within_rules(own != parts.end() && addend.rows == Json::array({digit}),
                 "a combine of what its dispatch did not ask");
    for (const std::string& axis : group) {
      const int role = role_on(addend, axis);
      within_rules(role >= 0, "a combine of what every rank has");
      const Json& one = addend.roles[static_cast<std::size_t>(role)];
      within_rules(one[1] == "once" || (one.size() == 4 && one[2] == *own && one[3] == "owner"),
                   "a combine of other parts");
      addend.roles.erase(static_cast<std::size_t>(role));
    }
    addend.rows = ids.terms.begin()->first.rows;
    result.add(addend, by);
  }
  return result;
}

}  // namespace reducecheck::proof_check
