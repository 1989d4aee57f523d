// SPDX-License-Identifier: Apache-2.0
// Random programs as trees, for properties: every tree is one that some text stands for.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck {

inline void showValue(const Expr& expression, std::ostream& out) {
  out << print(expression);
}
inline void showValue(const Stmt& statement, std::ostream& out) {
  out << print(Program{statement});
}

namespace generator {

inline Expr make(ExprKind kind, std::vector<Expr> children) {
  Expr result{kind};
  result.children = std::move(children);
  return result;
}

template <class Value>
rc::Gen<std::vector<Value>> several(int least, int most, rc::Gen<Value> one) {
  return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [one](int count) {
    return rc::gen::container<std::vector<Value>>(static_cast<std::size_t>(count), one);
  });
}

inline rc::Gen<std::string> name() {
  return rc::gen::elementOf(std::vector<std::string>{"x", "tp", "experts.slots", "a.b.c", "_",
                                                     "self", "k2", "iff", "not_in", "e1", "True_"});
}

inline rc::Gen<std::string> text() {
  const std::string letters = "ab \\\"'\n#([:=";
  return rc::gen::resize(6, rc::gen::container<std::string>(rc::gen::elementOf(letters)));
}

inline rc::Gen<Expr> leaf() {
  const auto number = rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::int64_t>(0, 100'000),
                    rc::gen::elementOf(std::vector<std::int64_t>{1, 1, 10, 8, 125, 1'000'000})),
      [](const std::pair<std::int64_t, std::int64_t>& parts) {
        Expr result{ExprKind::number};
        result.number = Fraction(parts.first, parts.second);
        return result;
      });
  const auto named = [](ExprKind kind) {
    return [kind](std::string word) {
      Expr result{kind};
      result.name = std::move(word);
      return result;
    };
  };
  const auto truth = rc::gen::map(rc::gen::arbitrary<bool>(), [](bool value) {
    Expr result{ExprKind::truth};
    result.number = value ? 1 : 0;
    return result;
  });
  return rc::gen::oneOf(rc::gen::map(name(), named(ExprKind::name)), number, truth,
                        rc::gen::map(text(), named(ExprKind::text)),
                        rc::gen::just(Expr{ExprKind::none}));
}

inline rc::Gen<Expr> expression(int depth);

inline rc::Gen<Expr> binary(int depth) {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(0, static_cast<int>(BinaryOp::logical_or) + 1),
                                    several(2, 2, expression(depth))),
                      [](std::pair<int, std::vector<Expr>> parts) {
                        Expr result = make(ExprKind::binary, std::move(parts.second));
                        result.op = static_cast<BinaryOp>(parts.first);
                        return result;
                      });
}

inline rc::Gen<Expr> call(int depth) {
  static const std::array<std::string, 3> keywords = {"op", "dim", "k"};
  return rc::gen::map(
      rc::gen::pair(several(1, 4, expression(depth)), rc::gen::inRange<std::size_t>(0, 4)),
      [](std::pair<std::vector<Expr>, std::size_t> parts) {
        const std::size_t arguments = parts.first.size() - 1;
        const std::size_t named = std::min(parts.second, arguments);
        Expr result = make(ExprKind::call, std::move(parts.first));
        result.keywords.resize(arguments);
        for (std::size_t i = 0; i < std::min(named, keywords.size()); ++i) {
          result.keywords[arguments - 1 - i] = keywords[i];
        }
        return result;
      });
}

inline rc::Gen<Expr> slice(int depth) {
  const rc::Gen<Expr> bound =
      rc::gen::oneOf(rc::gen::just(Expr{ExprKind::absent}), expression(depth));
  return rc::gen::map(
      rc::gen::tuple(expression(depth), bound, bound), [](std::tuple<Expr, Expr, Expr> parts) {
        return make(ExprKind::slice, {std::get<0>(parts), std::get<1>(parts), std::get<2>(parts)});
      });
}

/// An expression with at most `depth` operators and brackets around its parts.
inline rc::Gen<Expr> expression(int depth) {
  if (depth == 0) return leaf();
  const auto of = [depth](ExprKind kind, int least, int most) {
    return rc::gen::map(several(least, most, expression(depth - 1)),
                        [kind](std::vector<Expr> parts) { return make(kind, std::move(parts)); });
  };
  return rc::gen::lazy([of, depth] {
    return rc::gen::oneOf(leaf(), binary(depth - 1), binary(depth - 1), call(depth - 1),
                          slice(depth - 1), of(ExprKind::negate, 1, 1),
                          of(ExprKind::logical_not, 1, 1), of(ExprKind::conditional, 3, 3),
                          of(ExprKind::index, 2, 2), of(ExprKind::list, 0, 3),
                          of(ExprKind::tuple, 2, 3));
  });
}

inline rc::Gen<Stmt> simple_statement(bool in_function) {
  const auto parts = rc::gen::tuple(rc::gen::inRange(0, in_function ? 6 : 5), several(1, 3, name()),
                                    expression(3), text(), rc::gen::inRange(0, 4));
  return rc::gen::map(
      parts, [](std::tuple<int, std::vector<std::string>, Expr, std::string, int> p) {
        Stmt result;
        const int which = std::get<0>(p);
        if (which == 3) return result;
        if (which == 4) {
          result.kind = StmtKind::section;
          result.name = std::get<3>(p);
          return result;
        }
        result.kind = which == 5   ? StmtKind::result
                      : which == 2 ? StmtKind::augment
                                   : StmtKind::assign;
        result.value = std::get<2>(p);
        if (which == 5) return result;
        result.targets = std::get<1>(p);
        if (which == 2) {
          result.targets.resize(1);
          result.op = static_cast<BinaryOp>(std::get<4>(p));  // the first four: + - * /
        }
        return result;
      });
}

inline rc::Gen<Stmt> statement(int depth, bool in_function);

inline rc::Gen<std::vector<Stmt>> block(int least, int depth, bool in_function) {
  return several(least, 3, statement(depth, in_function));
}

inline rc::Gen<Stmt> branch_or_loop(int depth, bool in_function) {
  return rc::gen::map(rc::gen::tuple(rc::gen::arbitrary<bool>(), expression(2),
                                     block(1, depth, in_function), block(0, depth, in_function)),
                      [](std::tuple<bool, Expr, std::vector<Stmt>, std::vector<Stmt>> parts) {
                        Stmt result;
                        result.kind = std::get<0>(parts) ? StmtKind::branch : StmtKind::loop;
                        result.value = std::get<1>(parts);
                        result.body = std::get<2>(parts);
                        if (result.kind == StmtKind::branch) {
                          result.otherwise = std::get<3>(parts);
                        } else {
                          result.targets = {"i"};
                        }
                        return result;
                      });
}

inline rc::Gen<Stmt> function(int depth) {
  return rc::gen::map(
      rc::gen::tuple(name(), several(0, 3, expression(1)), rc::gen::inRange<std::size_t>(0, 4),
                     block(1, depth, true)),
      [](std::tuple<std::string, std::vector<Expr>, std::size_t, std::vector<Stmt>> parts) {
        static const std::array<std::string, 3> names = {"x", "ids", "p_1"};
        Stmt result;
        result.kind = StmtKind::function;
        result.name = std::get<0>(parts);
        result.body = std::get<3>(parts);
        const std::vector<Expr>& defaults = std::get<1>(parts);
        for (std::size_t i = 0; i < defaults.size(); ++i) {
          Parameter parameter{names[i]};
          if (i >= std::get<2>(parts)) parameter.fallback = defaults[i];
          result.parameters.push_back(std::move(parameter));
        }
        return result;
      });
}

inline rc::Gen<Stmt> statement(int depth, bool in_function) {
  if (depth == 0) return simple_statement(in_function);
  return rc::gen::lazy([depth, in_function] {
    return rc::gen::oneOf(simple_statement(in_function), branch_or_loop(depth - 1, in_function),
                          function(depth - 1));
  });
}

/// A program whose blocks are nested at most three deep.
inline rc::Gen<Program> programs() {
  return several(0, 4, statement(3, false));
}

}  // namespace generator
}  // namespace reducecheck
