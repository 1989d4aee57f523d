// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/extent.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

std::string divisors(std::int64_t n) {
  std::string text;
  for (std::int64_t d = 1; d <= std::min<std::int64_t>(n, 64); ++d) {
    if (n % d == 0) text += fmt::format(" {}", d);
  }
  return text;
}

}  // namespace

bool is_split(const Expr& e) {
  return e.kind == ExprKind::binary && e.op == BinaryOp::divide;
}

Extent extent_of(const Scope& scope, const Expr& e, int rank) {
  Extent extent;
  if (!is_split(e)) {
    extent.total = as_integer(scope.evaluate(e, rank), e.at, "a dimension");
    return extent;
  }
  extent.is_split = true;
  extent.total = as_integer(scope.evaluate(e.children[0], rank), e.at, "a dimension");
  extent.group = as_group(scope.evaluate(e.children[1], rank), e.children[1].at,
                          "what a dimension is split over");
  const std::int64_t size = extent.group.size();
  if (extent.total % size != 0) {
    throw TextError(e.at,
                    fmt::format("`{}`: {} does not divide by {} = {}", print(e), extent.total,
                                to_string(scope.mesh(), extent.group.group), size),
                    "possible:" + divisors(extent.total));
  }
  extent.split = effective(scope.mesh(), extent.group.group);
  return extent;
}

HeldDimension share_of(const Scope& scope, const Extent& extent, int rank) {
  HeldDimension held;
  held.total = extent.total;
  held.width = extent.total;
  if (!extent.is_split) return held;
  const std::int64_t size = extent.group.size();
  held.split = extent.split;
  held.chunks = static_cast<int>(size);
  held.chunk = group_index(scope.mesh(), extent.group.group, rank);
  held.width = held.total / size;
  held.begin = held.width * held.chunk;
  return held;
}

}  // namespace reducecheck
