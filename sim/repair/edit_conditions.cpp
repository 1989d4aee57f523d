// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "scenarios/program/printer.hpp"
#include "sim/repair/edits.hpp"

namespace reducecheck::repair {
namespace {

/// In words: what it is worth not to touch layouts that were right.
constexpr std::size_t change_of_right_layouts = 8;

class Conditions {
 public:
  Conditions(Draft& draft, const Facts& facts) : draft_(draft), facts_(facts) {
    for (const Expr& group : facts.groups) {
      if (group.kind != ExprKind::name) continue;
      general_.push_back(binary(BinaryOp::greater, group, number(1)));
      general_.push_back(binary(BinaryOp::equal, group, number(1)));
    }
    for (const Switch& one : draft.scenario().switches) {
      if (!std::holds_alternative<bool>(one.values[0])) continue;
      general_.push_back(named(one.name));
      general_.push_back(negated(named(one.name)));
    }
  }

  void run() {
    std::vector<Place> all;
    for (const Place& place : draft_.places()) {
      if (is_condition(place)) all.push_back(place);
    }
    for (const Place& place : all) except(place);
    for (const Place& place : all) without_part(place);
    for (const Place& place : all) with_part(place);
  }

 private:
  static bool is_condition(const Place& place) {
    const Expr& e = *place.expression;
    if (place.role == Role::condition) return true;
    return (place.role == Role::value || place.role == Role::argument) && is_boolean(e);
  }

  void propose(const Place& place, const std::string& words, Expr condition, std::size_t more = 0) {
    const std::vector<bool> before = facts_.values(*place.expression);
    const std::vector<bool> after = facts_.values(condition);
    if (!after.empty() && before.size() == after.size()) {
      // One that is never true, or always, takes the whole feature away.
      const bool varied = std::ranges::adjacent_find(before, std::not_equal_to{}) != before.end();
      const bool varies = std::ranges::adjacent_find(after, std::not_equal_to{}) != after.end();
      if (varied && !varies) return;
      for (std::size_t i = 0; i < after.size(); ++i) {
        if (facts_.right[i] && before[i] != after[i]) {
          more += change_of_right_layouts;
          break;
        }
      }
    }
    draft_.propose(EditKind::condition, words, place, std::move(condition), more);
  }

  [[nodiscard]] static Expr both(const Expr& a, BinaryOp op, const Expr& b) {
    if (a.kind != ExprKind::truth) return binary(op, a, b);
    const bool decides = (a.number != 0) == (op == BinaryOp::logical_or);
    return decides ? a : b;
  }

  /// Not, or also, where the variant fails: wholly, or by a part of what is true there.
  void except(const Place& place) {
    const Expr& e = *place.expression;
    std::vector<Expr> where = facts_.atoms;
    for (std::size_t i = 0; i < facts_.atoms.size(); ++i) {
      for (std::size_t j = i + 1; j < facts_.atoms.size(); ++j) {
        where.push_back(binary(BinaryOp::logical_and, facts_.atoms[i], facts_.atoms[j]));
      }
    }
    if (facts_.atoms.size() > 2) where.push_back(facts_.condition);
    for (const Expr& one : where) {
      propose(place, "not where " + print(one), both(e, BinaryOp::logical_and, negated(one)));
      propose(place, "also where " + print(one), both(e, BinaryOp::logical_or, one));
    }
  }

  void without_part(const Place& place) {
    const Expr& e = *place.expression;
    if (e.kind == ExprKind::truth) return;
    propose(place, "the opposite condition", negated(e), 2 * count_words(print(e)));
    for (const BinaryOp op : {BinaryOp::logical_and, BinaryOp::logical_or}) {
      const std::vector<Expr> parts = operands(e, op);
      if (parts.size() < 2) continue;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        std::vector<Expr> rest = parts;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        propose(place, fmt::format("whether or not {}", print(parts[i])), joined(rest, op));
        std::vector<Expr> turned = parts;
        turned[i] = negated(parts[i]);
        propose(place, fmt::format("{} instead of {}", print(turned[i]), print(parts[i])),
                joined(turned, op), 2 * count_words(print(parts[i])));
      }
    }
  }

  void with_part(const Place& place) {
    const Expr& e = *place.expression;
    for (const Expr& one : general_) {
      propose(place, "only where " + print(one), both(e, BinaryOp::logical_and, one));
    }
  }

  Draft& draft_;
  const Facts& facts_;
  std::vector<Expr> general_;
};

}  // namespace

void edit_conditions(Draft& draft, const Facts& facts) {
  Conditions(draft, facts).run();
}

}  // namespace reducecheck::repair
