// SPDX-License-Identifier: Apache-2.0
// Expressions put together, and what a call is: for whoever edits program trees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/program/ast.hpp"

namespace reducecheck {

Expr named(const std::string& name);
Expr number(std::int64_t value);
/// A node that stands where its first child does.
Expr node(ExprKind kind, std::vector<Expr> children);
Expr binary(BinaryOp op, Expr left, Expr right);
/// A call with positional arguments, at least one.
Expr call(const std::string& function, std::vector<Expr> arguments);

bool is(const Expr& e, BinaryOp op);
bool calls(const Expr& e, const std::string& name);

/// Which child of the call is the group; nothing if it is no collective.
std::optional<std::size_t> group_argument(const Expr& e);

}  // namespace reducecheck
