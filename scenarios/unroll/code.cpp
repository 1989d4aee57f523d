// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

class Compiler {
 public:
  Code run(const std::vector<const Program*>& text) {
    // Of a layer; more is found as it comes.
    code_.instructions.reserve(128);
    code_.constants.reserve(16);
    code_.names.reserve(32);
    code_.sites.reserve(32);
    for (const Program* program : text) declare(*program);
    for (const Program* program : text) block(*program, true);
    emit(Opcode::end, {});
    for (const Program* program : text) {
      for (const Stmt& s : *program) {
        if (s.kind == StmtKind::function) function(s);
      }
    }
    return std::move(code_);
  }

 private:
  int emit(Opcode op, Position at, int a = 0, int b = 0) {
    code_.instructions.push_back({op, a, b, at});
    return static_cast<int>(code_.instructions.size()) - 1;
  }

  [[nodiscard]] int here() const { return static_cast<int>(code_.instructions.size()); }
  void land(int jump) { code_.instructions[static_cast<std::size_t>(jump)].a = here(); }

  int name(const std::string& text) {
    const auto found = std::ranges::find(code_.names, text);
    if (found != code_.names.end()) return static_cast<int>(found - code_.names.begin());
    code_.names.push_back(text);
    return static_cast<int>(code_.names.size()) - 1;
  }

  void constant(Value value, Position at) {
    code_.constants.push_back(std::move(value));
    emit(Opcode::constant, at, static_cast<int>(code_.constants.size()) - 1);
  }

  void declare(const Program& program) {
    for (const Stmt& s : program) {
      if (s.kind != StmtKind::function) continue;
      if (!code_.functions.try_emplace(s.name).second) {
        throw TextError(s.at, fmt::format("the function `{}` is defined twice", s.name));
      }
    }
  }

  void function(const Stmt& s) {
    FunctionCode& f = code_.functions.at(s.name);
    f.entry = here();
    for (const Parameter& p : s.parameters) {
      f.parameters.push_back(name(p.name));
      if (p.fallback.kind == ExprKind::absent) {
        ++f.required;
        continue;
      }
      const int skip = emit(Opcode::default_begin, s.at, f.parameters.back());
      expression(p.fallback);
      emit(Opcode::store, s.at, f.parameters.back());
      code_.instructions[static_cast<std::size_t>(skip)].b = here();
    }
    block(s.body, false);
    constant({None{}}, s.at);
    emit(Opcode::result, s.at);
  }

  void block(const Program& program, bool top) {
    for (const Stmt& s : program) statement(s, top);
  }

  void statement(const Stmt& s, bool top) {
    if (s.kind == StmtKind::function) {
      if (!top) throw TextError(s.at, "a function must be defined at the top level");
      return;
    }
    emit(Opcode::statement, s.at);
    switch (s.kind) {
      case StmtKind::assign:
        expression(s.value);
        if (s.targets.size() > 1) {
          emit(Opcode::unpack, s.value.at, static_cast<int>(s.targets.size()));
        }
        for (const std::string& target : s.targets) emit(Opcode::store, s.at, name(target));
        break;
      case StmtKind::augment:
        emit(Opcode::load, s.at, name(s.targets[0]));
        expression(s.value);
        emit(Opcode::binary, s.at, static_cast<int>(s.op));
        emit(Opcode::store, s.at, name(s.targets[0]));
        break;
      case StmtKind::result:
        expression(s.value);
        emit(Opcode::result, s.at);
        break;
      case StmtKind::section: emit(Opcode::section, s.at); break;
      case StmtKind::branch: branch(s); break;
      case StmtKind::loop: loop(s); break;
      case StmtKind::pass:
      case StmtKind::function: break;
    }
  }

  void branch(const Stmt& s) {
    expression(s.value);
    emit(Opcode::guard_begin, s.value.at);
    const int skip = emit(Opcode::jump_if_false, s.value.at);
    block(s.body, false);
    const int over = emit(Opcode::jump, s.at);
    land(skip);
    block(s.otherwise, false);
    land(over);
    emit(Opcode::guard_end, s.at);
  }

  void loop(const Stmt& s) {
    expression(s.value);
    emit(Opcode::loop_begin, s.value.at);
    const int next = emit(Opcode::loop_next, s.at, name(s.targets[0]));
    block(s.body, false);
    emit(Opcode::jump, s.at, next);
    code_.instructions[static_cast<std::size_t>(next)].b = here();
  }

  void expression(const Expr& e) {
    switch (e.kind) {
      case ExprKind::number: return constant({e.number}, e.at);
      case ExprKind::text: return constant({e.name}, e.at);
      case ExprKind::truth: return constant({!(e.number == Fraction(0))}, e.at);
      case ExprKind::none:
      case ExprKind::absent: return constant({None{}}, e.at);
      case ExprKind::name: emit(Opcode::load, e.at, name(e.name)); return;
      case ExprKind::negate:
      case ExprKind::logical_not:
        expression(e.children[0]);
        emit(e.kind == ExprKind::negate ? Opcode::negate : Opcode::logical_not, e.at);
        return;
      case ExprKind::binary: return binary(e);
      case ExprKind::conditional: return conditional(e);
      case ExprKind::list:
      case ExprKind::tuple:
        for (const Expr& item : e.children) expression(item);
        emit(Opcode::list, e.at, static_cast<int>(e.children.size()));
        return;
      case ExprKind::index:
      case ExprKind::slice:
        for (const Expr& part : e.children) expression(part);
        emit(e.kind == ExprKind::index ? Opcode::index : Opcode::slice, e.at);
        return;
      case ExprKind::call: return call(e);
    }
  }

  void binary(const Expr& e) {
    expression(e.children[0]);
    if (e.op == BinaryOp::logical_and || e.op == BinaryOp::logical_or) {
      const int skip =
          emit(e.op == BinaryOp::logical_and ? Opcode::keep_if_false : Opcode::keep_if_true, e.at);
      expression(e.children[1]);
      emit(Opcode::logical_end, e.at);
      land(skip);
      return;
    }
    expression(e.children[1]);
    emit(Opcode::binary, e.at, static_cast<int>(e.op));
  }

  /// The condition stays on the stack below the value: what a rank-local condition chose is marked.
  void conditional(const Expr& e) {
    expression(e.children[1]);
    emit(Opcode::guard_begin, e.children[1].at, 1);
    const int skip = emit(Opcode::jump_if_false, e.children[1].at);
    expression(e.children[0]);
    const int over = emit(Opcode::jump, e.at);
    land(skip);
    expression(e.children[2]);
    land(over);
    emit(Opcode::choose_end, e.at);
  }

  void call(const Expr& e) {
    const Expr& callee = e.children[0];
    if (callee.kind != ExprKind::name) expression(callee);
    for (std::size_t i = 1; i < e.children.size(); ++i) expression(e.children[i]);
    CallSite site{e.keywords, print(e)};
    site.keywords.resize(e.children.size() - 1);
    code_.sites.push_back(std::move(site));
    const int index = static_cast<int>(code_.sites.size()) - 1;
    if (callee.kind == ExprKind::name) {
      emit(Opcode::call, e.at, name(callee.name), index);
    } else {
      emit(Opcode::call_value, e.at, 0, index);
    }
  }

  Code code_;
};

}  // namespace

Code compile(const std::vector<const Program*>& text) {
  return Compiler().run(text);
}

}  // namespace reducecheck
