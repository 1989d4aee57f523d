// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {
namespace {

using Args = std::vector<Value>;

void expect_count(const std::string& name, const Args& args, std::size_t low, std::size_t high,
                  Position at) {
  if (args.size() >= low && args.size() <= high) return;
  const std::string wanted =
      low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
  throw TextError(at, fmt::format("`{}` takes {} argument{}, got {}", name, wanted,
                                  high == 1 ? "" : "s", args.size()));
}

int rank_in(const Mesh& mesh, const GroupValue& group, int rank, Position at) {
  if (rank < 0) throw TextError(at, "a rank is not known here: this value is for all ranks");
  return group_index(mesh, group.group, rank);
}

Value block(const Args& args, const Mesh& mesh, int rank, Position at) {
  const std::int64_t n = as_integer(args[0], at, "the number of `block`");
  const GroupValue group = as_group(args[1], at, "the second argument of `block`");
  const std::int64_t size = group.size();
  if (n % size != 0) {
    throw TextError(at, fmt::format("block({}, {}): {} does not divide by {}", n,
                                    to_string(mesh, group.group), n, size));
  }
  const std::int64_t width = n / size;
  if (width > Limits::list_length) {
    throw TextError(at,
                    fmt::format("a list of {} items; the limit is {}", width, Limits::list_length));
  }
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < width; ++i) {
    numbers.push_back(rank_in(mesh, group, rank, at) * width + i);
  }
  return make_integers(numbers, true);
}

Value chunk_of_list(const Args& args, const Mesh& mesh, int rank, Position at) {
  const auto& items = *std::get<List>(args[0].data);
  const GroupValue group = as_group(args[1], at, "the second argument of `chunk`");
  const std::int64_t n = static_cast<std::int64_t>(items.size());
  const std::int64_t width = (n + group.size() - 1) / group.size();
  const std::int64_t begin = std::min(n, rank_in(mesh, group, rank, at) * width);
  const std::int64_t end = std::min(n, begin + width);
  return make_list({items.begin() + begin, items.begin() + end}, true);
}

Value range(const Args& args, Position at) {
  std::int64_t begin = 0;
  std::int64_t end = as_integer(args[0], at, "the argument of `range`");
  if (args.size() == 2) {
    begin = end;
    end = as_integer(args[1], at, "the second argument of `range`");
  }
  // Exact even where the difference is no signed number.
  const std::uint64_t items =
      begin < end ? static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin) : 0;
  if (items > Limits::list_length) {
    throw TextError(at,
                    fmt::format("a list of {} items; the limit is {}", items, Limits::list_length));
  }
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = begin; i < end; ++i) numbers.push_back(i);
  return make_integers(numbers, args[0].rank_local || args.back().rank_local);
}

Value extremum(const std::string& name, const Args& args, Position at) {
  Args items = args;
  if (args.size() == 1 && std::holds_alternative<List>(args[0].data)) {
    items = *std::get<List>(args[0].data);
  }
  if (items.empty()) throw TextError(at, fmt::format("`{}` of nothing", name));
  Value best = items[0];
  for (const Value& item : items) {
    const bool less = as_number(item, at, {"an argument of", name}) <
                      as_number(best, at, {"an argument of", name});
    const bool greater = as_number(best, at, name) < as_number(item, at, name);
    const bool rank_local = best.rank_local || item.rank_local;
    if (name == "min" ? less : greater) best = item;
    best.rank_local = rank_local;
  }
  return {as_number(best, at, name), best.rank_local};
}

Value sum_of_list(const Args& args, Position at) {
  Value total = make_integer(0);
  for (const Value& item : *std::get<List>(args[0].data)) {
    total = apply(BinaryOp::add, total, item, at);
  }
  return total;
}

}  // namespace

std::optional<Value> call_config_function(const std::string& name, const Args& args,
                                          const Mesh& mesh, int rank, Position at) {
  if (std::ranges::any_of(args, is_tensor)) return std::nullopt;
  const bool list = !args.empty() && std::holds_alternative<List>(args[0].data);
  if (name == "rank" || name == "size") {
    expect_count(name, args, 1, 1, at);
    const GroupValue group = as_group(args[0], at, {"the argument of", name});
    if (name == "size") return make_integer(group.size());
    return make_integer(rank_in(mesh, group, rank, at), true);
  }
  if (name == "block") {
    expect_count(name, args, 2, 2, at);
    return block(args, mesh, rank, at);
  }
  if (name == "chunk" && list) {
    expect_count(name, args, 2, 2, at);
    return chunk_of_list(args, mesh, rank, at);
  }
  if (name == "range") {
    expect_count(name, args, 1, 2, at);
    return range(args, at);
  }
  if (name == "len") {
    expect_count(name, args, 1, 1, at);
    if (!list) throw TextError(at, "`len` needs a list, got " + kind_of(args[0]));
    return make_integer(static_cast<std::int64_t>(std::get<List>(args[0].data)->size()),
                        args[0].rank_local);
  }
  if (name == "min" || name == "max") {
    expect_count(name, args, 1, 16, at);
    return extremum(name, args, at);
  }
  if (name == "sum" && list) return sum_of_list(args, at);
  if (name == "ceil_div") {
    expect_count(name, args, 2, 2, at);
    const Value up =
        apply(BinaryOp::add, args[0], apply(BinaryOp::subtract, args[1], make_integer(1), at), at);
    return apply(BinaryOp::floor_divide, up, args[1], at);
  }
  return std::nullopt;
}

}  // namespace reducecheck
