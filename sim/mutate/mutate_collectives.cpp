// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <vector>

#include "scenarios/program/printer.hpp"
#include "sim/mutate/mutant_draft.hpp"

namespace reducecheck::mutation {
namespace {

using repair::Place;

/// One that is a function of one tensor.
bool is_plain_collective(const Expr& e) {
  return adds_ranks(e) || calls(e, "all_gather") || calls(e, "all_gatherv") ||
         calls(e, "broadcast");
}

Expr with_argument(const Expr& outer, Expr argument) {
  Expr result = outer;
  result.children[1] = std::move(argument);
  return result;
}

/// `tp`, or `size(dp * tp)`.
Expr size_of(const Expr& group) {
  return group.kind == ExprKind::name ? group : call("size", {group});
}

class CollectiveMutants {
 public:
  explicit CollectiveMutants(MutantDraft& draft) : draft_(draft) {}

  void run() {
    for (const Place& place : draft_.places()) {
      const Expr& e = *place.expression;
      if (const auto group = group_argument(e)) collective(place, *group);
      if (calls(e, "chunk") && e.children.size() > 2) swapped(place, {"reduce_scatter"});
      if (draft_.is_weight(repair::callee_of(e))) summed_early(place);
      if (maps_rows(draft_, e) && is_plain_collective(e.children[1])) exchanged(place);
    }
  }

 private:
  void propose(MutantKind kind, const Place& place, Expr replacement) {
    draft_.propose(kind, place, std::move(replacement));
  }

  void collective(const Place& place, std::size_t group) {
    const Expr& e = *place.expression;
    const std::string& name = e.children[0].name;
    if (name == "dispatch") {
      propose(MutantKind::drop_collective, place,
              node(ExprKind::tuple, {e.children[1], e.children[2], e.children[3]}));
    } else {
      propose(MutantKind::drop_collective, place, e.children[1]);
    }
    if (is_plain_collective(e)) propose(MutantKind::double_collective, place, with_argument(e, e));
    other_groups(place, group);
    static const std::map<std::string, std::vector<std::string>> others = {
        {"all_reduce", {"reduce_scatter", "all_gather", "broadcast"}},
        {"reduce_scatter", {"all_reduce", "chunk"}},
        {"reduce_scatterv", {"all_reduce"}},
        {"all_gather", {"all_reduce", "broadcast"}},
        {"all_gatherv", {"all_reduce"}},
        {"broadcast", {"all_reduce"}}};
    const auto found = others.find(name);
    if (found != others.end()) swapped(place, found->second);
    if (calls(e, "all_reduce")) operators(place);
    if (adds_ranks(e)) {
      const Expr size = size_of(e.children[group]);
      propose(MutantKind::factor, place, binary(BinaryOp::multiply, e, size));
      propose(MutantKind::factor, place, binary(BinaryOp::divide, e, size));
    }
    if (!is_plain_collective(e)) return;
    if (is_plain_collective(e.children[1])) nested(place);
    if (maps_rows(draft_, e.children[1])) exchanged(place);
  }

  void other_groups(const Place& place, std::size_t argument) {
    const Expr& e = *place.expression;
    for (const Expr& group : draft_.groups()) {
      Expr changed = e;
      changed.children[argument] = group;
      propose(MutantKind::wrong_group, place, std::move(changed));
    }
    if (!is(e.children[argument], BinaryOp::multiply)) return;
    Expr changed = e;
    std::swap(changed.children[argument].children[0], changed.children[argument].children[1]);
    propose(MutantKind::group_order, place, std::move(changed));
  }

  void swapped(const Place& place, const std::vector<std::string>& names) {
    const Expr& e = *place.expression;
    for (const std::string& name : names) {
      Expr changed = call(name, {e.children[1], e.children[2]});
      const bool cuts = name == "reduce_scatter" || name == "all_gather" || name == "chunk";
      for (std::size_t i = 3; cuts && i < e.children.size(); ++i) {
        if (e.keywords[i - 1] != "dim") continue;
        changed.children.push_back(e.children[i]);
        changed.keywords.emplace_back("dim");
      }
      propose(MutantKind::swap_collective, place, std::move(changed));
    }
  }

  void operators(const Place& place) {
    const Expr& e = *place.expression;
    for (const char* name : {"sum", "avg", "max"}) {
      Expr changed = call("all_reduce", {e.children[1], e.children[2]});
      if (std::string(name) != "sum") {
        Expr word{ExprKind::text};
        word.name = name;
        changed.children.push_back(std::move(word));
        changed.keywords.emplace_back("op");
      }
      propose(MutantKind::wrong_operator, place, std::move(changed));
    }
  }

  /// all_gather(all_gather(x, a), b) to all_gather(all_gather(x, b), a).
  void nested(const Place& place) {
    const Expr& e = *place.expression;
    const Expr& inner = e.children[1];
    propose(MutantKind::gather_order, place,
            with_argument(inner, with_argument(e, inner.children[1])));
  }

  /// f(g(x)) to g(f(x)), where one of the two is a collective.
  void exchanged(const Place& place) {
    const Expr& e = *place.expression;
    const Expr& inner = e.children[1];
    propose(MutantKind::move_collective, place,
            with_argument(inner, with_argument(e, inner.children[1])));
  }

  /// A sum of a branch alone, which the text may sum later.
  void summed_early(const Place& place) {
    for (const Expr& group : draft_.used_groups()) {
      propose(MutantKind::double_collective, place, call("all_reduce", {*place.expression, group}));
    }
  }

  MutantDraft& draft_;
};

}  // namespace

void mutate_collectives(MutantDraft& draft) {
  CollectiveMutants(draft).run();
}

}  // namespace reducecheck::mutation
