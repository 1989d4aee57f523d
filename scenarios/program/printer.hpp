// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scenarios/program/ast.hpp"

namespace reducecheck {

/// Text that parses back to an equal tree, with as few brackets as the grammar allows. Trees that
/// no text stands for are printed as what they mean: a negative number or 1/3 as `-2`, `1 / 3`.
std::string print(const Expr& expression);

/// One statement a line, four spaces a level; parses back to an equal program.
std::string print(const Program& program);

}  // namespace reducecheck
