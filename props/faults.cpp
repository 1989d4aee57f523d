// SPDX-License-Identifier: Apache-2.0
#include "props/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "props/walk.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck::props {
namespace {

bool mentions_rank(const Expr& e) {
  return calls(e, "rank") || std::ranges::any_of(e.children, mentions_rank);
}
/// The faults of one place.
class Listing {
 public:
  Listing(const std::vector<std::string>& groups, std::vector<Fault>& out)
      : groups_(groups), out_(out) {}

  void expression(std::size_t at, const Expr& e) {
    at_ = at;
    text_ = print(e);
    if (const auto group = group_argument(e)) collective(e, *group);
    if (is(e, BinaryOp::add) || is(e, BinaryOp::subtract)) sum(e);
    if (is(e, BinaryOp::multiply)) add(FaultKind::drop_factor, "left operand dropped");
    if (is(e, BinaryOp::divide)) add(FaultKind::drop_divisor, "divisor dropped");
    if (e.kind == ExprKind::conditional) {
      add(FaultKind::negate_condition, "condition negated");
      if (mentions_rank(e.children[1])) add(FaultKind::drop_guard, "on every rank");
    }
  }

  void statement(std::size_t at, const Stmt& s) {
    at_ = at;
    if (s.kind == StmtKind::branch) {
      text_ = "if " + print(s.value);
      add(FaultKind::negate_condition, "condition negated");
      if (mentions_rank(s.value)) add(FaultKind::drop_guard, "on every rank");
    }
    if (s.kind == StmtKind::augment && s.op == BinaryOp::add) {
      text_ = s.targets[0] + " += " + print(s.value);
      add(FaultKind::drop_left, "old value dropped");
      add(FaultKind::drop_right, "dropped");
    }
  }

 private:
  void add(FaultKind kind, const std::string& what, const std::string& group = "") {
    out_.push_back({kind, at_, group, text_ + ": " + what});
  }

  void collective(const Expr& e, std::size_t group) {
    const std::string& name = e.children[0].name;
    add(FaultKind::drop_collective, "dropped");
    if (name != "dispatch") add(FaultKind::double_collective, "doubled");
    for (const std::string& other : groups_) {
      if (print(e.children[group]) == other) continue;
      add(FaultKind::move_collective, "moved to " + other, other);
    }
    if (name != "all_reduce" && name != "reduce_scatter") return;
    if (name == "all_reduce" && e.children.size() == 3) {
      add(FaultKind::average, "averaged");
      add(FaultKind::short_count, "of the first row only");
    }
    add(FaultKind::multiply, "times the group");
    add(FaultKind::divide, "divided by the group");
  }

  void sum(const Expr& e) {
    add(FaultKind::drop_left, "left operand dropped");
    add(FaultKind::drop_right, "right operand dropped");
    if (e.op != BinaryOp::add) return;
    for (const std::string& group : groups_) {
      add(FaultKind::add_guard, "right operand on rank 0 of " + group, group);
    }
    if (calls(e.children[0], "all_reduce")) add(FaultKind::move_into_sum, "moved into the sum");
  }

  const std::vector<std::string>& groups_;
  std::vector<Fault>& out_;
  std::size_t at_ = 0;
  std::string text_;
};

Expr with_collective_fault(const Expr& e, const Fault& fault) {
  const std::size_t group = group_argument(e).value();
  Expr result = e;
  switch (fault.kind) {
    case FaultKind::drop_collective:
      if (!calls(e, "dispatch")) return e.children[1];
      return node(ExprKind::tuple, {e.children[1], e.children[2], e.children[3]});
    case FaultKind::double_collective:
      result.children[1] = e;
      return result;
    case FaultKind::move_collective:
      result.children[group] = named(fault.group);
      return result;
    case FaultKind::average:
      return keyword_call(e, "op", "avg");
    case FaultKind::short_count: {
      const Expr& x = e.children[1];
      const Expr open{ExprKind::absent};
      result.children[1] = node(ExprKind::slice, {x, open, number(1)});
      return call("cat", {std::move(result), node(ExprKind::slice, {x, number(1), open})});
    }
    case FaultKind::multiply:
      return binary(BinaryOp::multiply, e, call("size", {e.children[group]}));
    default:
      return binary(BinaryOp::divide, e, call("size", {e.children[group]}));
  }
}

Expr with_fault(const Expr& e, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::drop_left:
      return e.op == BinaryOp::subtract ? node(ExprKind::negate, {e.children[1]}) : e.children[1];
    case FaultKind::drop_right:
    case FaultKind::drop_divisor:
    case FaultKind::drop_guard:
      return e.children[0];
    case FaultKind::drop_factor:
      return e.children[1];
    case FaultKind::negate_condition: {
      Expr result = e;
      result.children[1] = negated(e.children[1]);
      return result;
    }
    case FaultKind::add_guard: {
      Expr guard = binary(BinaryOp::equal, call("rank", {named(fault.group)}), number(0));
      return binary(e.op, e.children[0],
                    node(ExprKind::conditional, {e.children[1], std::move(guard), number(0)}));
    }
    case FaultKind::move_into_sum: {
      Expr result = e.children[0];
      result.children[1] = binary(e.op, result.children[1], e.children[1]);
      return result;
    }
    default:
      return with_collective_fault(e, fault);
  }
}

Stmt with_fault(const Stmt& s, const Fault& fault) {
  Stmt result = s;
  if (fault.kind == FaultKind::negate_condition) result.value = negated(s.value);
  if (fault.kind == FaultKind::drop_left) result.kind = StmtKind::assign;
  if (fault.kind == FaultKind::drop_right) result = Stmt{};  // pass
  if (fault.kind == FaultKind::drop_guard) {
    result.value = Expr{ExprKind::truth};
    result.value.number = 1;
  }
  return result;
}

}  // namespace

const char* spelling(FaultKind kind) {
  static constexpr const char* names[] = {
      "drop_collective", "double_collective", "move_collective", "drop_left",    "drop_right",
      "drop_factor",     "negate_condition",  "average",         "drop_divisor", "drop_guard",
      "add_guard",       "move_into_sum",     "multiply",        "divide",       "short_count"};
  return names[static_cast<std::size_t>(kind)];
}

bool in_manual(FaultKind kind) {
  return kind <= FaultKind::negate_condition;
}

std::vector<Fault> faults(const Program& program, const std::vector<std::string>& groups) {
  std::vector<Fault> result;
  Listing listing(groups, result);
  Program copy = program;
  Walk([&](std::size_t at, Expr& e) { listing.expression(at, e); },
       [&](std::size_t at, Stmt& s) { listing.statement(at, s); })
      .program(copy);
  return result;
}

Program plant(const Program& program, const Fault& fault) {
  Program copy = program;
  bool planted = false;
  const auto at = [&](std::size_t index, auto& place) {
    if (planted || index != fault.node) return;
    place = with_fault(place, fault);
    planted = true;
  };
  Walk(at, at).program(copy);
  if (!planted) throw std::logic_error("the program has no such place: " + fault.name);
  return copy;
}

std::vector<std::string> group_names(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Axis& axis : scenario.axes) names.push_back(axis.name);
  for (const NamedExpr& group : scenario.groups) names.push_back(group.name);
  return names;
}

Program whole_program(const Scenario& scenario, const Variant& variant) {
  Program program = variant.program;
  program.insert(program.end(), scenario.distributed.begin(), scenario.distributed.end());
  return program;
}

Scenario with_program(const Scenario& scenario, const Variant& variant, Program program) {
  Scenario result = scenario;
  result.distributed.clear();
  result.variants = {variant};
  result.variants[0].program = std::move(program);
  result.expectations.clear();
  return result;
}

}  // namespace reducecheck::props
