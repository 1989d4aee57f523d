// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: what a name holds while a program is interpreted for all sizes at once.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/program/ast.hpp"
#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {

struct Nothing {
  friend bool operator==(Nothing, Nothing) = default;
};

/// A group, all of its axes in order; its size in arithmetic.
struct GroupOf {
  std::vector<int> axes;
  friend bool operator==(const GroupOf&, const GroupOf&) = default;
};

/// `rank(g) == 0` (or, negated, `!= 0`): a rank guard.
struct RankTest {
  Axes axes;
  bool first = true;
  friend bool operator==(const RankTest&, const RankTest&) = default;
};

struct WeightOf {
  const WeightDecl* decl = nullptr;
  std::int64_t layer = 0;
  bool slots = false;
  friend bool operator==(const WeightOf&, const WeightOf&) = default;
};

struct Symbolic;

/// A part of a list whose length may depend on sizes.
struct Segment {
  enum class Kind {
    item,    // `value`
    range,   // 0 .. count - 1
    block,   // this rank's share of 0 .. count - 1 over `group`
    chunk,   // this rank's share of the numbers `items` over `group`
    repeat,  // `value`, once for each member of `group`
  };
  Kind kind = Kind::item;
  std::shared_ptr<const Symbolic> value{};
  Polynomial count{};
  std::vector<int> group{};
  std::vector<std::int64_t> items{};

  friend bool operator==(const Segment& a, const Segment& b);
};

using Segments = std::shared_ptr<const std::vector<Segment>>;

/// A tensor, in blocks of features where `cat` joined them; nearly always one.
using Blocks = std::shared_ptr<const std::vector<Tensor>>;

struct Symbolic {
  std::variant<Nothing, bool, Polynomial, std::string, GroupOf, RankTest, Segments, Blocks,
               WeightOf>
      data;
};

bool operator==(const Symbolic& a, const Symbolic& b);

Symbolic make_list(std::vector<Symbolic> items);
Symbolic make_tensor(Tensor tensor);

[[nodiscard]] bool is_tensor(const Symbolic& value);

/// The items of a list of known length. Throws: Undecided.
std::vector<Symbolic> items_of(const Symbolic& list, Position at);

/// Arithmetic and comparisons of what is no tensor, for all sizes.
class Arithmetic {
 public:
  Arithmetic(Facts& facts, SymbolTable& symbols) : facts_(facts), symbols_(symbols) {}

  /// Throws: Split, Undecided.
  Symbolic apply(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at);
  Symbolic negated(const Symbolic& value, Position at);
  Symbolic logical_not(const Symbolic& value, Position at) const;

  [[nodiscard]] Polynomial number(const Symbolic& value, Position at) const;
  [[nodiscard]] bool truth(const Symbolic& value, Position at) const;
  [[nodiscard]] GroupOf group(const Symbolic& value, Position at) const;
  /// The axes of size above 1.
  [[nodiscard]] Axes live(const GroupOf& group) const;

  Polynomial ceil_div(const Polynomial& a, const Polynomial& b);
  /// The place of a rank in the group.
  Polynomial rank(const GroupOf& group);
  /// The group whose rank the symbol is.
  [[nodiscard]] const Axes* ranked(Symbol symbol) const;

 private:
  Polynomial floor_div(const Polynomial& a, const Polynomial& b);
  Polynomial modulo(const Polynomial& a, const Polynomial& b);
  Symbolic compared(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at);
  [[nodiscard]] std::optional<RankTest> rank_test(BinaryOp op, const Polynomial& difference) const;
  [[nodiscard]] bool same(const Symbolic& left, const Symbolic& right, Position at) const;
  [[nodiscard]] bool contains(const Symbolic& list, const Symbolic& item, Position at) const;
  [[nodiscard]] bool is_number(const Symbolic& value) const;

  Facts& facts_;
  SymbolTable& symbols_;
  std::vector<std::pair<Symbol, Axes>> ranks_;
};

}  // namespace reducecheck::prove
