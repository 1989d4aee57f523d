// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/program/printer.hpp"
#include "sim/repair/edits.hpp"

namespace reducecheck::repair {
namespace {

bool sums(const Expr& e) {
  return calls(e, "all_reduce") || calls(e, "reduce_scatter");
}

Expr added(Expr left, Expr right) {
  return binary(BinaryOp::add, std::move(left), std::move(right));
}

class Addends {
 public:
  Addends(Draft& draft, const Facts& facts) : draft_(draft), facts_(facts) {}

  void run() {
    for (const Place& place : draft_.places()) {
      out_of_sum(place);
      into_sum(place);
    }
    block(draft_.variant().program);
    block(draft_.scenario().distributed);
    for (const Place& place : draft_.places()) {
      unscaled(place);
      if (place.role == Role::addend && facts_.carries(*place.expression)) scaled(place);
    }
  }

 private:
  /// all_reduce(a + b, g) to all_reduce(a, g) + b.
  void out_of_sum(const Place& place) {
    const Expr& e = *place.expression;
    if (!sums(e)) return;
    const std::vector<Expr> parts = operands(e.children[1], BinaryOp::add);
    if (parts.size() < 2) return;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::vector<Expr> rest = parts;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      Expr sum = e;
      sum.children[1] = joined(rest, BinaryOp::add);
      const std::string words =
          fmt::format("{} after the sum over {}", print(parts[i]), print(e.children[2]));
      if (calls(e, "reduce_scatter")) {
        propose(place, words, added(sum, call("chunk", {parts[i], e.children[2]})));
      }
      propose(place, words, added(std::move(sum), parts[i]));
    }
  }

  /// all_reduce(a, g) + b to all_reduce(a + b, g).
  void into_sum(const Place& place) {
    const Expr& e = *place.expression;
    if (!is(e, BinaryOp::add)) return;
    for (std::size_t i = 0; i < 2; ++i) {
      if (!sums(e.children[i])) continue;
      Expr sum = e.children[i];
      const Expr& other = e.children[1 - i];
      sum.children[1] = added(sum.children[1], other);
      const std::string words =
          fmt::format("{} inside the sum over {}", print(other), print(sum.children[2]));
      propose(place, words, std::move(sum));
    }
  }

  void propose(const Place& place, const std::string& words, Expr expression) {
    draft_.propose(EditKind::move_addend, words, place, std::move(expression));
  }

  /// y = a + b ... y = all_reduce(y, g) to y = a ... y = all_reduce(y, g) ... y += b.
  void block(Program& statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      block(statements[i].body);
      block(statements[i].otherwise);
      const Stmt first = statements[i];
      if (first.kind != StmtKind::assign || first.targets.size() != 1) continue;
      const std::vector<Expr> parts = operands(first.value, BinaryOp::add);
      for (std::size_t j = i + 1; parts.size() > 1 && j < statements.size(); ++j) {
        if (!sums_again(statements[j], first.targets[0])) continue;
        for (std::size_t k = 0; k < parts.size(); ++k) put_off(statements, i, j, parts, k);
      }
    }
  }

  void put_off(Program& statements, std::size_t from, std::size_t to,
               const std::vector<Expr>& parts, std::size_t which) {
    const Program saved = statements;
    const std::string before = head_line(statements[from]);
    std::vector<Expr> rest = parts;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(which));
    statements[from].value = joined(rest, BinaryOp::add);
    Stmt later;
    later.kind = StmtKind::augment;
    later.at = saved[to].at;
    later.targets = saved[from].targets;
    later.value = parts[which];
    const std::string after = head_line(statements[from]) + " ... " + head_line(later);
    statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(to) + 1, later);
    draft_.propose_changed(EditKind::move_addend,
                           fmt::format("{} after the sum", print(parts[which])), saved[from].at,
                           before, after);
    statements = saved;
  }

  static bool sums_again(const Stmt& s, const std::string& target) {
    if (s.kind == StmtKind::branch) {
      return std::ranges::any_of(s.body, [&](const Stmt& one) { return sums_again(one, target); });
    }
    return s.kind == StmtKind::assign && s.targets.size() == 1 && s.targets[0] == target &&
           sums(s.value) && s.value.children[1].kind == ExprKind::name &&
           s.value.children[1].name == target;
  }

  void scaled(const Place& place) {
    const Expr& e = *place.expression;
    const std::string text = print(e);
    for (const Expr& group : facts_.groups) {
      if (group.kind != ExprKind::name) continue;
      draft_.propose(EditKind::scale, fmt::format("{} / {}", text, group.name), place,
                     binary(BinaryOp::divide, e, group));
      Expr first = binary(BinaryOp::equal, call("rank", {group}), number(0));
      draft_.propose(EditKind::guard, fmt::format("{} on rank 0 of {} only", text, group.name),
                     place, chosen(e, std::move(first), number(0)));
    }
    for (const std::string& scalar : facts_.scalars) {
      draft_.propose(EditKind::scale, fmt::format("{} * {}", text, scalar), place,
                     binary(BinaryOp::multiply, e, named(scalar)));
    }
  }

  /// b / tp to b, and p * s to p.
  void unscaled(const Place& place) {
    const Expr& e = *place.expression;
    if (is(e, BinaryOp::divide) || is(e, BinaryOp::multiply)) {
      draft_.propose(EditKind::scale,
                     fmt::format("without the {} {}", spelling(e.op), print(e.children[1])), place,
                     e.children[0]);
    }
  }

  Draft& draft_;
  const Facts& facts_;
};

}  // namespace

void edit_addends(Draft& draft, const Facts& facts) {
  Addends(draft, facts).run();
}

}  // namespace reducecheck::repair
