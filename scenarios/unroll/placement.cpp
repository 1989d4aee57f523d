// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/program/printer.hpp"
#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

std::string divisors(std::int64_t n) {
  std::string text;
  for (std::int64_t d = 1; d <= std::min<std::int64_t>(n, 64); ++d) {
    if (n % d == 0) text += fmt::format(" {}", d);
  }
  return text;
}

bool is_split(const Expr& e) {
  return e.kind == ExprKind::binary && e.op == BinaryOp::divide;
}

HeldDimension held_dimension(const Scope& scope, const Expr& e, int rank) {
  HeldDimension held;
  if (!is_split(e)) {
    held.total = as_integer(scope.evaluate(e, rank), e.at, "a dimension");
    held.width = held.total;
    return held;
  }
  held.total = as_integer(scope.evaluate(e.children[0], rank), e.at, "a dimension");
  const GroupValue group = as_group(scope.evaluate(e.children[1], rank), e.children[1].at,
                                    "what a dimension is split over");
  const std::int64_t size = group.size();
  if (held.total % size != 0) {
    throw TextError(e.at,
                    fmt::format("`{}`: {} does not divide by {} = {}", print(e), held.total,
                                to_string(scope.mesh(), group.group), size),
                    "possible:" + divisors(held.total));
  }
  held.split = effective(scope.mesh(), group.group);
  held.chunks = static_cast<int>(size);
  held.chunk = group_index(scope.mesh(), group.group, rank);
  held.width = held.total / size;
  held.begin = held.width * held.chunk;
  return held;
}

void check_numbers(const std::vector<std::int64_t>& numbers, Position at) {
  if (static_cast<std::int64_t>(numbers.size()) > Limits::experts) {
    throw TextError(at, fmt::format("{} experts on one rank; the limit is {}", numbers.size(),
                                    Limits::experts));
  }
  for (const std::int64_t number : numbers) {
    if (number < -1 || number >= Limits::experts) {
      throw TextError(at, fmt::format("expert {}; they are numbered from 0 to {}, or -1 for a slot "
                                      "that was never loaded",
                                      number, Limits::experts - 1));
    }
  }
}

/// `E / ep` is a block of logical numbers; anything else is an expression giving the list.
void hold_numbers(const Scope& scope, const Expr& e, int rank, HeldWeight& weight) {
  if (is_split(e)) {
    const HeldDimension block = held_dimension(scope, e, rank);
    if (block.total > Limits::experts) {
      throw TextError(e.at,
                      fmt::format("{} experts; the limit is {}", block.total, Limits::experts));
    }
    for (std::int64_t i = 0; i < block.width; ++i) weight.numbers.push_back(block.begin + i);
    return;
  }
  const Value value = scope.evaluate(e, rank);
  if (std::holds_alternative<List>(value.data)) {
    weight.numbers = as_integers(value, e.at, "the experts of a rank");
  } else {
    const std::int64_t count = as_integer(value, e.at, "the number of experts");
    if (count > Limits::experts) {
      throw TextError(e.at, fmt::format("{} experts; the limit is {}", count, Limits::experts));
    }
    for (std::int64_t i = 0; i < count; ++i) weight.numbers.push_back(i);
  }
  check_numbers(weight.numbers, e.at);
}

HeldWeight held_weight(const Scope& scope, const WeightDecl& decl, int rank) {
  HeldWeight held{decl.kind, decl.name, decl.at, {}, {}, {}};
  const bool numbered = decl.kind == WeightKind::experts || decl.kind == WeightKind::table;
  if (numbered) hold_numbers(scope, decl.dimensions[0], rank, held);
  for (std::size_t i = numbered ? 1 : 0; i < decl.dimensions.size(); ++i) {
    held.dimensions.push_back(held_dimension(scope, decl.dimensions[i], rank));
    const std::int64_t total = held.dimensions.back().total;
    if (total < 1 || total > Limits::width) {
      throw TextError(decl.dimensions[i].at, fmt::format("a dimension of {}; it must be from 1 to "
                                                         "{}",
                                                         total, Limits::width));
    }
  }
  return held;
}

/// The axes along which the held numbers differ between two ranks that differ only there.
Group number_split(const Mesh& mesh, const std::vector<HeldWeight>& ranks) {
  Group split;
  for (int axis = 0; axis < mesh.axes(); ++axis) {
    for (int rank = 0; rank < mesh.ranks(); ++rank) {
      const int first = group_members(mesh, {{axis}}, rank)[0];
      if (ranks[static_cast<std::size_t>(rank)].numbers !=
          ranks[static_cast<std::size_t>(first)].numbers) {
        split.axes.push_back(axis);
        break;
      }
    }
  }
  return split;
}

const WeightDecl* find_decl(const Scenario& scenario, const Variant* variant,
                            const std::string& name) {
  const auto named = [&](const WeightDecl& w) { return w.name == name; };
  if (variant != nullptr) {
    const auto found = std::ranges::find_if(variant->weights, named);
    if (found != variant->weights.end()) return &*found;
  }
  const auto found = std::ranges::find_if(scenario.weights, named);
  return found == scenario.weights.end() ? nullptr : &*found;
}

/// `tokens / dp // tp` taken apart: the size, the owners, and the cuts from the outside in.
struct RowLayout {
  const Expr* size = nullptr;
  Group owners;
  std::vector<GroupValue> cuts;
};

RowLayout take_apart(const Scope& scope, const Expr& rows, int rank) {
  RowLayout layout;
  const Expr* e = &rows;
  const auto group = [&] {
    return as_group(scope.evaluate(e->children[1], rank), e->children[1].at,
                    "what rows are split over");
  };
  while (e->kind == ExprKind::binary && e->op == BinaryOp::floor_divide) {
    layout.cuts.insert(layout.cuts.begin(), group());
    e = &e->children[0];
  }
  if (e->kind == ExprKind::binary && e->op == BinaryOp::divide) {
    layout.owners = group().group;
    e = &e->children[0];
  }
  layout.size = e;
  return layout;
}

std::int64_t tokens_of(const Scope& scope, const Expr& size, int owner) {
  const Value value = scope.evaluate(size);
  std::int64_t n = 0;
  if (const auto* list = std::get_if<List>(&value.data); list != nullptr && !(*list)->empty()) {
    const auto index = static_cast<std::size_t>(owner) % (*list)->size();
    n = as_integer((**list)[index], size.at, "a number of tokens");
  } else {
    n = as_integer(value, size.at, "a number of rows");
  }
  if (n < 0 || n > Limits::rows) {
    throw TextError(size.at, fmt::format("{} rows; the limit is {}", n, Limits::rows));
  }
  return n;
}

void hold_features(const Scope& scope, const Layout& layout, int rank, HeldLayout& held) {
  const Expr& e = layout.features;
  if (e.kind == ExprKind::call && e.children[0].name == "index") {
    held.integers = true;
    held.width = 1;
    held.features = {0, as_integer(scope.evaluate(e.children[1]), e.at, "the range of an index")};
    if (held.features.total < 1) throw TextError(e.at, "an index needs a range of at least 1");
    return;
  }
  const HeldDimension dimension = held_dimension(scope, e, rank);
  if (dimension.total < 1 || dimension.total > Limits::width) {
    throw TextError(e.at,
                    fmt::format("{} features; the limit is {}", dimension.total, Limits::width));
  }
  held.width = dimension.width;
  held.features = {dimension.begin, dimension.total};
}

}  // namespace

std::vector<std::string> weight_names(const Scenario& scenario) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<WeightDecl>& weights) {
    for (const WeightDecl& w : weights) {
      if (std::ranges::find(names, w.name) == names.end()) names.push_back(w.name);
    }
  };
  add(scenario.weights);
  for (const Variant& variant : scenario.variants) add(variant.weights);
  return names;
}

std::vector<std::vector<HeldWeight>> held_weights(const Scope& scope, const Variant* variant) {
  std::vector<std::vector<HeldWeight>> held;
  std::int64_t numbers = 0;
  for (const std::string& name : weight_names(scope.scenario())) {
    auto& ranks = held.emplace_back();
    const WeightDecl* decl = find_decl(scope.scenario(), variant, name);
    if (decl == nullptr) continue;  // another variant's weight: unknown here
    for (int rank = 0; rank < scope.mesh().ranks(); ++rank) {
      ranks.push_back(held_weight(scope, *decl, rank));
      numbers += static_cast<std::int64_t>(ranks.back().numbers.size());
      if (numbers > Limits::held_experts) {
        throw TextError(decl->at, fmt::format("all ranks together hold {} experts or more; the "
                                              "limit is {}",
                                              numbers, Limits::held_experts));
      }
    }
    const Group split = number_split(scope.mesh(), ranks);
    for (HeldWeight& weight : ranks) weight.number_split = split;
  }
  return held;
}

HeldLayout held_layout(const Scope& scope, const Layout& layout, int rank) {
  HeldLayout held;
  const RowLayout rows = take_apart(scope, layout.rows, rank);
  const int owner = group_index(scope.mesh(), rows.owners, rank);
  std::int64_t begin = 0;
  std::int64_t end = tokens_of(scope, *rows.size, owner);
  held.uneven = std::holds_alternative<List>(scope.evaluate(*rows.size).data);
  for (const GroupValue& cut : rows.cuts) {
    const std::int64_t size = cut.size();
    held.uneven = held.uneven || (end - begin) % size != 0;
    const std::int64_t width = (end - begin + size - 1) / size;
    begin = std::min(end, begin + width * group_index(scope.mesh(), cut.group, rank));
    end = std::min(end, begin + width);
  }
  for (std::int64_t i = begin; i < end; ++i) {
    held.rows.push_back({RowTag::Kind::token, owner, static_cast<std::int32_t>(i), -1});
  }
  hold_features(scope, layout, rank, held);
  return held;
}

HeldLayout whole_layout(const Scope& scope, const Layout& layout) {
  HeldLayout held;
  const RowLayout rows = take_apart(scope, layout.rows, 0);
  const auto owners = static_cast<int>(group_size(scope.mesh(), rows.owners));
  for (int owner = 0; owner < owners; ++owner) {
    const std::int64_t n = tokens_of(scope, *rows.size, owner);
    if (static_cast<std::int64_t>(held.rows.size()) + n > Limits::rows) {
      throw TextError(rows.size->at, fmt::format("more than {} rows in all", Limits::rows));
    }
    for (std::int64_t i = 0; i < n; ++i) {
      held.rows.push_back({RowTag::Kind::token, owner, static_cast<std::int32_t>(i), -1});
    }
  }
  hold_features(scope, layout, 0, held);
  held.features.begin = 0;
  if (!held.integers) held.width = held.features.total;
  return held;
}

}  // namespace reducecheck
