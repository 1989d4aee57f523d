// SPDX-License-Identifier: Apache-2.0
// What a name can hold while a program is unrolled: configuration values, groups, and references to
// tensors and weights. The first two may steer control flow; a tensor may not.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "scenarios/program/ast.hpp"

namespace reducecheck {

/// An error of the text that shows only in some configuration; becomes a Diagnostic.
struct TextError : std::runtime_error {
  TextError(Position where, const std::string& message, std::string advice = "")
      : std::runtime_error(message), at(where), hint(std::move(advice)) {}

  Position at;
  std::string hint;
};

struct None {
  friend bool operator==(None, None) = default;
};

/// A group as an argument, its size in arithmetic and comparisons.
struct GroupValue {
  Group group;
  std::vector<std::int64_t> sizes;  // of each axis of `group`

  [[nodiscard]] std::int64_t size() const;
};

/// A tensor of the plan that is being built.
struct TensorRef {
  int id = -1;
};

/// A weight, with the layer index that `w[i]` gave it, or its local slots (`w.slots`).
struct WeightRef {
  int weight = -1;
  std::int64_t layer = 0;
  bool slots = false;
};

struct Value;
using List = std::shared_ptr<const std::vector<Value>>;

/// A value with the mark `rank_local`: it was computed from `rank(g)`, so that a condition on it is
/// a rank guard. The mark follows the value through functions and variables.
struct Value {
  std::variant<None, bool, Fraction, std::string, GroupValue, List, TensorRef, WeightRef> data;
  bool rank_local = false;
};

Value make_integer(std::int64_t integer, bool rank_local = false);
Value make_list(std::vector<Value> items, bool rank_local = false);
/// Throws: TextError if `value` is a list with more items than the limit, those of inner lists
/// included: what reads a list then ends soon.
void check_length(const Value& value, Position at);
Value make_integers(const std::vector<std::int64_t>& integers, bool rank_local = false);

/// `an integer`, `a tensor`, ...: for messages.
std::string kind_of(const Value& value);

/// The value as the text would write it: `3`, `"deepep"`, `[1, 2]`.
std::string show(const Value& value);

[[nodiscard]] inline bool is_tensor(const Value& value) {
  return std::holds_alternative<TensorRef>(value.data);
}

/// A tensor, or a weight that can be used as one.
[[nodiscard]] inline bool is_tensor_like(const Value& value) {
  return is_tensor(value) || std::holds_alternative<WeightRef>(value.data);
}

/// How a message calls a value: `what`, or what `of`. It is put together only for a message, and
/// holds no text of its own.
struct Wording {
  // NOLINTNEXTLINE(google-explicit-constructor): a text is a wording.
  Wording(const char* text) : what(text) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Wording(const std::string& text) : what(text) {}
  Wording(std::string_view text, std::string_view name) : what(text), of(name) {}

  [[nodiscard]] std::string text() const;

  std::string_view what;
  std::string_view of;
};

/// The number of a number or a group (its size) or a boolean (0 or 1).
/// Throws: TextError that says `what` for anything else.
Fraction as_number(const Value& value, Position at, const Wording& what);
std::int64_t as_integer(const Value& value, Position at, const Wording& what);
bool as_condition(const Value& value, Position at);
GroupValue as_group(const Value& value, Position at, const Wording& what);
std::vector<std::int64_t> as_integers(const Value& value, Position at, const Wording& what);

/// Python's operators on configuration values and groups. Throws: TextError for operands that they
/// are not defined for, FractionError never.
Value apply(BinaryOp op, const Value& left, const Value& right, Position at);
Value negate(const Value& value, Position at);

}  // namespace reducecheck
