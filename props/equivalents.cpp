// SPDX-License-Identifier: Apache-2.0
#include "props/equivalents.hpp"

#include <map>
#include <stdexcept>

#include "props/walk.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck::props {
namespace {

/// Functions of one parameter that are one `return`.
using Functions = std::map<std::string, const Stmt*>;

Functions one_liners(const Program& program) {
  Functions functions;
  for (const Stmt& s : program) {
    if (s.kind == StmtKind::function && s.parameters.size() == 1 && s.body.size() == 1 &&
        s.body[0].kind == StmtKind::result) {
      functions[s.name] = &s;
    }
  }
  return functions;
}

const Stmt* called(const Functions& functions, const Expr& e) {
  if (e.kind != ExprKind::call || e.children.size() != 2) return nullptr;
  const auto found = functions.find(e.children[0].name);
  return found == functions.end() ? nullptr : found->second;
}

Expr substituted(Expr e, const std::string& name, const Expr& value) {
  if (e.kind == ExprKind::name && e.name == name) return value;
  for (Expr& child : e.children) child = substituted(std::move(child), name, value);
  return e;
}

bool is_plain_sum(const Expr& e) {
  return calls(e, "all_reduce") && e.children.size() == 3;
}

Expr changed(const Expr& e, const Change& change, const Functions& functions) {
  Expr result = e;
  switch (change.kind) {
    case ChangeKind::swap_operands:
      std::swap(result.children[0], result.children[1]);
      break;
    case ChangeKind::idle_all_reduce:
      result = call("all_reduce", {e, named(idle_group)});
      break;
    case ChangeKind::inline_function: {
      const Stmt& function = *called(functions, e);
      result = substituted(function.body[0].value, function.parameters[0].name, e.children[1]);
      break;
    }
    case ChangeKind::negate_twice:
      result.children[1] = negated(negated(e.children[1]));
      break;
    case ChangeKind::maximum_again:
      result = keyword_call(call("all_reduce", {e, e.children[2]}), "op", "max");
      break;
    case ChangeKind::through_average:
      result.children[1] = binary(BinaryOp::multiply, e.children[1], call("size", {e.children[2]}));
      result = keyword_call(std::move(result), "op", "avg");
      break;
    case ChangeKind::scatter_gather:
      result = call("all_gatherv", {call("chunk", {e, e.children[2]}), e.children[2]});
      break;
  }
  return result;
}

}  // namespace

const char* spelling(ChangeKind kind) {
  static constexpr const char* names[] = {"swap_operands", "idle_all_reduce", "inline_function",
                                          "negate_twice",  "maximum_again",   "through_average",
                                          "scatter_gather"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<Change> changes(const Program& program) {
  std::vector<Change> result;
  const Functions functions = one_liners(program);
  const auto expression = [&](std::size_t at, const Expr& e) {
    const auto add = [&](ChangeKind kind) {
      result.push_back({kind, at, std::string(spelling(kind)) + ": " + print(e)});
    };
    if (is(e, BinaryOp::add) || is(e, BinaryOp::multiply)) add(ChangeKind::swap_operands);
    if (group_argument(e) && !calls(e, "dispatch")) add(ChangeKind::idle_all_reduce);
    if (called(functions, e) != nullptr) add(ChangeKind::inline_function);
    if (e.kind == ExprKind::conditional) add(ChangeKind::negate_twice);
    if (!is_plain_sum(e)) return;
    add(ChangeKind::maximum_again);
    add(ChangeKind::through_average);
    add(ChangeKind::scatter_gather);
  };
  Program copy = program;
  Walk([&](std::size_t at, Expr& e) { expression(at, e); }, [](std::size_t, Stmt&) {})
      .program(copy);
  return result;
}

Program apply_change(const Program& program, const Change& change) {
  const Functions functions = one_liners(program);
  Program copy = program;
  bool done = false;
  Walk(
      [&](std::size_t at, Expr& e) {
        if (done || at != change.node) return;
        e = changed(e, change, functions);
        done = true;
      },
      [](std::size_t, Stmt&) {})
      .program(copy);
  if (!done) throw std::logic_error("the program has no such place: " + change.name);
  return copy;
}

Scenario with_idle_group(Scenario scenario) {
  scenario.groups.push_back({idle_group, {}, number(1)});
  return scenario;
}

}  // namespace reducecheck::props
