// SPDX-License-Identifier: Apache-2.0
// Rows and features of inputs and outputs.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/extent.hpp"
#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/placement.hpp"

namespace reducecheck {
namespace {

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
  const HeldDimension dimension = share_of(scope, extent_of(scope, e, rank), rank);
  if (dimension.total < 1 || dimension.total > Limits::width) {
    throw TextError(e.at,
                    fmt::format("{} features; the limit is {}", dimension.total, Limits::width));
  }
  held.width = dimension.width;
  held.features = {dimension.begin, dimension.total};
}

}  // namespace

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
