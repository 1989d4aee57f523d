// SPDX-License-Identifier: Apache-2.0
// From program text to a tree. The grammar is scenarios/README.md, "Program text".
#pragma once

#include <string_view>

#include "scenarios/program/ast.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// Bounds on untrusted text; beyond one there is an error that names limit and value.
struct ParseLimits {
  static constexpr int nesting = 64;               // blocks plus brackets plus operators
  static constexpr int statements = 2'000;         // as written
  static constexpr int expression_nodes = 20'000;  // of a whole text
};

/// The statements of `text`, whose first character stands at `start` in its file; later lines start
/// in column 1. Every error goes to `diagnostics` with its place: after one, parsing resumes at the
/// next line, the block under a wrong head included, so that all are found in one go. The result
/// then lacks parts and is of no use.
Program parse_program(std::string_view text, Position start, Diagnostics& diagnostics);

/// One expression that takes up all of `text`; `ExprKind::absent` after an error.
Expr parse_expression(std::string_view text, Position start, Diagnostics& diagnostics);

/// Expressions separated by commas, as in a layout or the operands of a weight.
std::vector<Expr> parse_expression_list(std::string_view text, Position start,
                                        Diagnostics& diagnostics);

}  // namespace reducecheck
