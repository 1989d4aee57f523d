// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "sim/mutate/mutant_draft.hpp"

namespace reducecheck::mutation {
namespace {

using repair::operands;
using repair::Place;

Expr without(const std::vector<Expr>& parts, std::size_t which) {
  std::vector<Expr> rest = parts;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(which));
  return repair::joined(rest, BinaryOp::add);
}

class SumMutants {
 public:
  explicit SumMutants(MutantDraft& draft) : draft_(draft) {}

  void run() {
    std::set<const Expr*> inner;  // parts of a longer sum
    for (const Place& place : draft_.places()) {
      const Expr& e = *place.expression;
      if (is(e, BinaryOp::add)) {
        inner.insert({&e.children[0], &e.children[1]});
        if (!inner.contains(&e)) whole_sum(place);
        into_sum(place);
      }
      if (is(e, BinaryOp::subtract)) {
        draft_.propose(MutantKind::drop_addend, place, e.children[0]);
      }
      if (adds_ranks(e)) out_of_sum(place);
      if (place.role == repair::Role::addend && !is(e, BinaryOp::add)) guarded(place);
      if (e.kind == ExprKind::conditional && asks_rank(e.children[1])) {
        draft_.propose(MutantKind::drop_guard, place, e.children[0]);
      }
    }
  }

 private:
  void whole_sum(const Place& place) {
    const std::vector<Expr> parts = operands(*place.expression, BinaryOp::add);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      draft_.propose(MutantKind::drop_addend, place, without(parts, i));
    }
  }

  /// all_reduce(a, g) + b to all_reduce(a + b, g): the bias or the residual on every rank.
  void into_sum(const Place& place) {
    const Expr& e = *place.expression;
    for (std::size_t i = 0; i < 2; ++i) {
      if (!adds_ranks(e.children[i])) continue;
      Expr sum = e.children[i];
      sum.children[1] = binary(BinaryOp::add, sum.children[1], e.children[1 - i]);
      draft_.propose(MutantKind::addend_in_sum, place, std::move(sum));
    }
  }

  /// all_reduce(a + b, g) to all_reduce(a, g) + b: a branch that is never reduced.
  void out_of_sum(const Place& place) {
    const Expr& e = *place.expression;
    const std::vector<Expr> parts = operands(e.children[1], BinaryOp::add);
    for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
      Expr sum = e;
      sum.children[1] = without(parts, i);
      draft_.propose(MutantKind::addend_outside, place,
                     binary(BinaryOp::add, std::move(sum), parts[i]));
    }
  }

  void guarded(const Place& place) {
    const Expr& e = *place.expression;
    if (e.kind == ExprKind::number || e.kind == ExprKind::list || asks_rank(e)) return;
    for (const Expr& group : draft_.used_groups()) {
      Expr first = binary(BinaryOp::equal, call("rank", {group}), number(0));
      draft_.propose(MutantKind::add_guard, place, repair::chosen(e, std::move(first), number(0)));
    }
  }

  MutantDraft& draft_;
};

class ScaleMutants {
 public:
  explicit ScaleMutants(MutantDraft& draft) : draft_(draft) {}

  void run() {
    for (const Place& place : draft_.places()) {
      const Expr& e = *place.expression;
      const bool scales = is(e, BinaryOp::multiply) || is(e, BinaryOp::divide);
      if (scales && place.role != repair::Role::other) scale(place);
      if (adds_ranks(e)) into_scale(place);
      if (is(e, BinaryOp::add)) over_sum(place);
    }
  }

 private:
  void propose(const Place& place, Expr replacement) {
    draft_.propose(MutantKind::scale, place, std::move(replacement));
  }

  /// a * s to a, to a * s * s; sums and collectives from under it.
  void scale(const Place& place) {
    const Expr& e = *place.expression;
    const Expr& left = e.children[0];
    const Expr& right = e.children[1];
    propose(place, left);
    if (is(e, BinaryOp::multiply)) propose(place, right);
    propose(place, binary(e.op, e, right));
    if (adds_ranks(left)) {
      Expr sum = left;
      sum.children[1] = binary(e.op, left.children[1], right);
      draft_.propose(MutantKind::move_collective, place, std::move(sum));
    }
    const std::vector<Expr> parts = operands(left, BinaryOp::add);
    for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
      std::vector<Expr> scaled = parts;
      scaled[i] = binary(e.op, parts[i], right);
      propose(place, repair::joined(scaled, BinaryOp::add));
    }
  }

  /// all_reduce(a * s, g) to all_reduce(a, g) * s.
  void into_scale(const Place& place) {
    const Expr& e = *place.expression;
    const Expr& x = e.children[1];
    if (!is(x, BinaryOp::multiply) && !is(x, BinaryOp::divide)) return;
    Expr sum = e;
    sum.children[1] = x.children[0];
    draft_.propose(MutantKind::move_collective, place, binary(x.op, std::move(sum), x.children[1]));
  }

  /// a * s + b to (a + b) * s.
  void over_sum(const Place& place) {
    const Expr& e = *place.expression;
    for (std::size_t i = 0; i < 2; ++i) {
      const Expr& scaled = e.children[i];
      if (!is(scaled, BinaryOp::multiply) && !is(scaled, BinaryOp::divide)) continue;
      Expr sum = e;
      sum.children[i] = scaled.children[0];
      propose(place, binary(scaled.op, std::move(sum), scaled.children[1]));
    }
  }

  MutantDraft& draft_;
};

}  // namespace

void mutate_sums(MutantDraft& draft) {
  SumMutants(draft).run();
}

void mutate_scales(MutantDraft& draft) {
  ScaleMutants(draft).run();
}

}  // namespace reducecheck::mutation
