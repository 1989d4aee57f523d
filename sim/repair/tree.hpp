// SPDX-License-Identifier: Apache-2.0
// Internal to sim/repair: the text of one variant as places that an edit can stand in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/program/build.hpp"

namespace reducecheck::repair {

Expr negated(Expr condition);
Expr chosen(Expr if_true, Expr condition, Expr if_false);

/// The name of the function or weight that `e` calls: `shared` of `shared[i](x)`; or empty.
std::string callee_of(const Expr& e);

/// The operands of a chain of `op`, in order; `e` alone if it is none.
std::vector<Expr> operands(const Expr& e, BinaryOp op);
/// The chain again; absent for none.
Expr joined(const std::vector<Expr>& parts, BinaryOp op);

/// Whether the expression is a condition by its form.
bool is_boolean(const Expr& e);

enum class Role {
  value,      // the whole right side of an assignment or `return`
  addend,     // an operand of a sum, or what `+=` adds
  argument,   // of a call, other than its group
  condition,  // of an `if` or of a conditional expression
  other,
};

struct Place {
  Expr* expression = nullptr;
  Stmt* statement = nullptr;
  Role role = Role::other;
  bool of_variant = false;  // in the text of the variant, not in the shared one
  std::size_t index = 0;    // among all places
};

/// Every expression of the variant's text, parents first. A place stays good while the expression
/// at it is exchanged and put back; not after statements were added.
std::vector<Place> places(Variant& variant, Program& shared);

/// One line for the statement without its block: `if tp > 1:`, `y = shared(x)`.
std::string head_line(const Stmt& statement);

/// How many words the text has, brackets and signs included.
std::size_t count_words(const std::string& text);

/// The words that must be taken away from `before` and added to make `after`.
std::size_t words_changed(const std::string& before, const std::string& after);

}  // namespace reducecheck::repair
