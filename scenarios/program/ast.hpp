// SPDX-License-Identifier: Apache-2.0
// The text of a program as a value: what the parser makes, the printer prints, and everything else
// reads. Equality ignores positions, so that parse(print(p)) == p can be stated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/program/fraction.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

enum class ExprKind {
  number,       // `number`
  text,         // `name` holds the unquoted string
  truth,        // `number` is 0 or 1
  none,         // None
  name,         // `name`, dots kept, a leading `self.` dropped
  call,         // `name`-less: children[0] is the callee, the rest are arguments
  index,        // children: value, index
  slice,        // children: value, begin, end; a missing bound is `absent`
  negate,       // -x
  logical_not,  // not x
  binary,       // `op`, children: left, right
  conditional,  // children: value if true, condition, value if false
  list,         // [a, b]
  tuple,        // a, b without brackets of their own
  absent,       // a slice bound that was not written
};

enum class BinaryOp {
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  matmul,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  logical_and,
  logical_or,
};

/// `+`, `//`, `not in`, ...
const char* spelling(BinaryOp op);

/// An expression tree. Which members count depends on `kind`, as listed at ExprKind.
struct Expr {
  ExprKind kind = ExprKind::none;
  Position at{};  // of an operator for unary, binary and conditional, else where it begins
  BinaryOp op = BinaryOp::add;
  Fraction number{};
  std::string name{};
  std::vector<Expr> children{};
  /// call only: for each argument (children[1..]) its keyword, empty for a positional one.
  std::vector<std::string> keywords{};
};

bool operator==(const Expr& a, const Expr& b);

enum class StmtKind {
  assign,   // targets = value
  augment,  // targets[0] op= value
  result,   // return value
  pass,
  section,   // section "name"
  branch,    // if value: body else: otherwise (an elif is a branch alone in `otherwise`)
  loop,      // for targets[0] in value: body
  function,  // def name(parameters): body
};

struct Stmt;

/// A parameter of a function; `fallback.kind == absent` when it has no default.
struct Parameter {
  std::string name{};
  Expr fallback{ExprKind::absent};
};

bool operator==(const Parameter& a, const Parameter& b);

/// A statement. Which members count depends on `kind`, as listed at StmtKind.
struct Stmt {
  StmtKind kind = StmtKind::pass;
  Position at{};
  BinaryOp op = BinaryOp::add;
  std::string name{};
  std::vector<std::string> targets{};
  Expr value{ExprKind::absent};
  std::vector<Parameter> parameters{};
  std::vector<Stmt> body{};
  std::vector<Stmt> otherwise{};
};

bool operator==(const Stmt& a, const Stmt& b);

using Program = std::vector<Stmt>;

}  // namespace reducecheck
