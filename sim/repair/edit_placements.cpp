// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/program/printer.hpp"
#include "sim/repair/edits.hpp"

namespace reducecheck::repair {
namespace {

class Placements {
 public:
  Placements(Draft& draft, const Facts& facts) : draft_(draft), facts_(facts) {}

  void run() {
    for (const WeightDecl& weight : placed_weights(draft_.scenario(), draft_.variant())) {
      if (!facts_.is_branch(weight.name)) continue;
      for (std::size_t i = 0; i < weight.dimensions.size(); ++i) dimension(weight, i);
    }
  }

 private:
  void dimension(const WeightDecl& weight, std::size_t index) {
    const Expr& now = weight.dimensions[index];
    if (is(now, BinaryOp::divide)) {
      const std::string group = print(now.children[1]);
      propose(weight, index, fmt::format("{} not split over {}", weight.name, group),
              now.children[0]);
      if (facts_.condition.kind == ExprKind::absent) return;
      Expr where = now;
      where.children[1] = chosen(number(1), facts_.condition, now.children[1]);
      propose(
          weight, index,
          fmt::format("{} not split over {} where {}", weight.name, group, print(facts_.condition)),
          std::move(where));
      return;
    }
    if (now.kind != ExprKind::name) return;
    for (const Expr& group : facts_.groups) {
      propose(weight, index, fmt::format("{} split over {}", weight.name, print(group)),
              binary(BinaryOp::divide, now, group));
    }
  }

  void propose(const WeightDecl& weight, std::size_t index, std::string words, Expr dimension) {
    WeightDecl placed = weight;
    placed.dimensions[index] = std::move(dimension);
    const std::vector<WeightDecl> saved = draft_.variant().weights;
    std::vector<WeightDecl>& own = draft_.variant().weights;
    std::erase_if(own, [&](const WeightDecl& one) { return one.name == weight.name; });
    own.push_back(placed);
    const std::string before = weight.name + " = " + placement_text(weight);
    const std::string after = weight.name + " = " + placement_text(placed);
    draft_.propose_changed(EditKind::placement, words, weight.at, before, after);
    for (const Place& place : draft_.places()) {
      Expr& e = *place.expression;
      if (!calls(e, "all_reduce") || callee_of(e.children[1]) != weight.name) continue;
      // A whole weight owes no sum.
      const std::string sum = head_line(*place.statement);
      Expr old = std::exchange(e, Expr(e.children[1]));
      draft_.propose_changed(EditKind::placement, words + ", not summed", place.statement->at,
                             before + '\n' + sum, after + '\n' + head_line(*place.statement));
      e = std::move(old);
    }
    own = saved;
  }

  Draft& draft_;
  const Facts& facts_;
};

}  // namespace

void edit_placements(Draft& draft, const Facts& facts) {
  Placements(draft, facts).run();
}

}  // namespace reducecheck::repair
