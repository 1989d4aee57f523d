// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenarios/program/printer.hpp"
#include "sim/repair/edits.hpp"

namespace reducecheck::repair {
namespace {

/// A longer expression is not worth repeating in a heading; its line is shown anyway.
constexpr std::size_t longest_text = 40;
constexpr std::size_t longest_group = 12;

std::string short_text(const Expr& e) {
  std::string text = print(e);
  return text.size() <= longest_text ? text : "this value";
}

Expr reduced(const Expr& e, const Expr& group) {
  return call("all_reduce", {e, group});
}

Expr with_callee(const Expr& e, const std::string& name) {
  Expr result = e;
  result.children[0].name = name;
  return result;
}

class Collectives {
 public:
  Collectives(Draft& draft, const Facts& facts) : draft_(draft), facts_(facts) {}

  void run() {
    for (const Place& place : draft_.places()) {
      const std::optional<std::size_t> group = group_argument(*place.expression);
      if (group) other_group(place, *group);
    }
    for (const Place& place : draft_.places()) existing(place);
    for (const Place& place : draft_.places()) weight_call(place);
    for (const Place& place : draft_.places()) added(place);
    for (const Place& place : draft_.places()) statistic(place);
  }

 private:
  void other_group(const Place& place, std::size_t argument) {
    const Expr& e = *place.expression;
    const std::string now = print(e.children[argument]);
    for (const Expr& group : facts_.groups) {
      const std::string name = print(group);
      if (name == now) continue;
      Expr changed = e;
      changed.children[argument] = group;
      std::string words = fmt::format("{} over {}", e.children[0].name, name);
      if (now.size() <= longest_group) words += fmt::format(" instead of {}", now);
      draft_.propose(EditKind::change_group, std::move(words), place, std::move(changed));
    }
  }

  /// A collective that is there, taken away or turned into one that fits scattered rows.
  void existing(const Place& place) {
    const Expr& e = *place.expression;
    if (calls(e, "all_reduce")) {
      draft_.propose(EditKind::drop_collective,
                     fmt::format("no all_reduce over {} here", print(e.children[2])), place,
                     e.children[1]);
      convert(place, "reduce_scatter");
    } else if (calls(e, "reduce_scatter")) {
      convert(place, "all_reduce");
      convert(place, "chunk");
    } else if (calls(e, "chunk") && facts_.carries(e)) {
      convert(place, "reduce_scatter");
    } else if (calls(e, "all_gather") && facts_.carries(e)) {
      convert(place, "all_reduce");
    }
  }

  void convert(const Place& place, const std::string& name) {
    const Expr& e = *place.expression;
    draft_.propose(EditKind::convert, fmt::format("{} instead of {}", name, e.children[0].name),
                   place, with_callee(e, name));
  }

  void weight_call(const Place& place) {
    const Expr& whole = *place.expression;
    // A sum of other ranks' rows becomes this just as well.
    const bool summed = calls(whole, "all_reduce");
    const Expr& e = summed ? whole.children[1] : whole;
    const std::string weight = callee_of(e);
    if (!facts_.is_branch(weight)) return;
    for (const Expr& group : facts_.groups) {
      if (!summed) add_sum(place, weight, group);
    }
    const auto split = facts_.split.find(weight);
    if (split == facts_.split.end()) return;
    for (const Expr& group : split->second) {
      if (!summed) {
        draft_.propose(EditKind::convert,
                       fmt::format("a reduce_scatter of {} over {}", weight, print(group)), place,
                       call("reduce_scatter", {e, group}));
      }
      Expr inner = e;
      for (std::size_t i = 1; i < inner.children.size(); ++i) {
        if (inner.children[i].kind == ExprKind::number) continue;
        inner.children[i] = call("all_gather", {inner.children[i], group});
      }
      draft_.propose(EditKind::gathered,
                     fmt::format("gather the rows over {0}, compute {1}, reduce_scatter",
                                 print(group), weight),
                     place, call("reduce_scatter", {std::move(inner), group}));
    }
  }

  void added(const Place& place) {
    if (place.role == Role::condition || place.role == Role::other) return;
    const Expr& e = *place.expression;
    const bool several = place.statement->targets.size() > 1;
    const bool known = group_argument(e) || facts_.is_branch(callee_of(e));
    if (several || known || !facts_.carries(e)) return;
    for (const Expr& group : facts_.groups) add_sum(place, short_text(e), group);
  }

  void add_sum(const Place& place, const std::string& what, const Expr& group) {
    draft_.propose(EditKind::add_collective,
                   fmt::format("an all_reduce of {} over {}", what, print(group)), place,
                   reduced(*place.expression, group));
  }

  /// A sum, maximum or amax of what a rank holds.
  void statistic(const Place& place) {
    const Expr& e = *place.expression;
    const bool largest = calls(e, "max") || calls(e, "amax");
    if (!largest && !calls(e, "sum")) return;
    for (const Expr& group : facts_.groups) {
      Expr changed = reduced(e, group);
      if (largest) {
        Expr word{ExprKind::text};
        word.name = "max";
        changed.children.push_back(std::move(word));
        changed.keywords.emplace_back("op");
      }
      draft_.propose(EditKind::add_collective,
                     fmt::format("an all_reduce of {} over {}", short_text(e), print(group)), place,
                     std::move(changed));
    }
  }

  Draft& draft_;
  const Facts& facts_;
};

}  // namespace

void edit_collectives(Draft& draft, const Facts& facts) {
  Collectives(draft, facts).run();
}

}  // namespace reducecheck::repair
