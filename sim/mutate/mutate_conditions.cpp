// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "scenarios/program/printer.hpp"
#include "sim/mutate/mutant_draft.hpp"

namespace reducecheck::mutation {
namespace {

using repair::Place;

Expr truth(bool value) {
  Expr result{ExprKind::truth};
  result.number = value ? 1 : 0;
  return result;
}

class ConditionMutants {
 public:
  explicit ConditionMutants(MutantDraft& draft) : draft_(draft) {}

  void run() {
    for (const Place& place : draft_.places()) {
      const Expr& e = *place.expression;
      if (place.role == repair::Role::condition) constant(place);
      if (e.kind == ExprKind::conditional) one_side(place);
      if (e.kind == ExprKind::truth) {
        draft_.propose(MutantKind::flag, place, truth(e.number == 0));
      } else if (place.role == repair::Role::condition || repair::is_boolean(e)) {
        weaker(place);
      }
    }
    for (Program* text : {&draft_.variant().program, &draft_.shared()}) {
      for (Stmt& s : *text) fallbacks(s);
    }
  }

 private:
  void propose(const Place& place, Expr replacement) {
    draft_.propose(MutantKind::condition, place, std::move(replacement));
  }

  /// `if` always and never; a guard that is always true is none.
  void constant(const Place& place) {
    const Expr& e = *place.expression;
    if (e.kind == ExprKind::truth || place.statement->kind != StmtKind::branch) return;
    if (place.statement->value != e) return;
    draft_.propose(asks_rank(e) ? MutantKind::drop_guard : MutantKind::condition, place,
                   truth(true));
    propose(place, truth(false));
  }

  void one_side(const Place& place) {
    propose(place, place.expression->children[0]);
    propose(place, place.expression->children[2]);
  }

  void weaker(const Place& place) {
    const Expr& e = *place.expression;
    propose(place, repair::negated(e));
    for (const BinaryOp op : {BinaryOp::logical_and, BinaryOp::logical_or}) {
      const std::vector<Expr> parts = repair::operands(e, op);
      for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
        std::vector<Expr> rest = parts;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        propose(place, repair::joined(rest, op));
      }
    }
    bounds(place);
  }

  /// `tp > 1` to `tp >= 1` and `tp > 2`.
  void bounds(const Place& place) {
    const Expr& e = *place.expression;
    static const std::map<BinaryOp, BinaryOp> beside = {
        {BinaryOp::greater, BinaryOp::greater_equal},
        {BinaryOp::greater_equal, BinaryOp::greater},
        {BinaryOp::less, BinaryOp::less_equal},
        {BinaryOp::less_equal, BinaryOp::less}};
    const auto other = beside.find(e.op);
    if (e.kind != ExprKind::binary || other == beside.end()) return;
    Expr changed = e;
    changed.op = other->second;
    propose(place, std::move(changed));
    if (e.children[1].kind != ExprKind::number) return;
    changed = e;
    changed.children[1].number = e.children[1].number + Fraction(1);
    propose(place, std::move(changed));
  }

  void fallbacks(Stmt& s) {
    if (s.kind != StmtKind::function) return;
    for (Parameter& parameter : s.parameters) {
      Expr& e = parameter.fallback;
      if (e.kind != ExprKind::truth) continue;
      const Expr saved = e;
      e.number = e.number == 0 ? 1 : 0;
      draft_.propose_changed(MutantKind::flag, s.at, parameter.name + "=" + print(saved),
                             parameter.name + "=" + print(e));
      e = saved;
    }
  }

  MutantDraft& draft_;
};

}  // namespace

void mutate_conditions(MutantDraft& draft) {
  ConditionMutants(draft).run();
}

}  // namespace reducecheck::mutation
