// SPDX-License-Identifier: Apache-2.0
// Operations that choose, move or join rows and columns.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {
namespace {

std::int64_t clamp_index(const Value& bound, std::int64_t fallback, std::int64_t size,
                         Position at) {
  if (std::holds_alternative<None>(bound.data)) return fallback;
  std::int64_t i = as_integer(bound, at, "a bound of a slice");
  if (i < 0) i += size;
  return std::clamp<std::int64_t>(i, 0, size);
}

}  // namespace

Value Operations::topk(const Call& call) {
  expect(call, 2, 2);
  const int x = tensor(call.args[0], call, "the scores of `topk`");
  const std::int64_t k = as_integer(call.args[1], call.at, "the k of `topk`");
  const PlanValue& v = value(x);
  if (v.integer) throw TextError(call.at, "`topk` of a table of ids");
  if (k < 1 || k > v.width) {
    throw TextError(call.at, fmt::format("topk of {} among {} scores", k, v.width));
  }
  Step step{StepKind::topk};
  step.operands = {x};
  step.numbers = {k};
  PlanValue values;
  values.rows = v.rows;
  values.width = static_cast<int>(k);
  values.tags = v.tags;
  values.uneven = v.uneven;
  PlanValue ids = values;
  ids.integer = true;
  const int index = record(std::move(step), std::array{values, ids}, call.at, call.text);
  const std::vector<int>& results = builder_.plan().steps[static_cast<std::size_t>(index)].results;
  return make_list({{TensorRef{results[0]}}, {TensorRef{results[1]}}});
}

Value Operations::take(const Call& call) {
  expect(call, 2, 2);
  if (std::holds_alternative<List>(call.args[0].data)) {
    const int ids = table(call.args[1], call, 1, "the ids of `take`");
    Step step{StepKind::look_up};
    step.operands = {ids};
    step.experts = as_integers(call.args[0], call.at, "the list of `take`");
    PlanValue result = value(ids);
    return {TensorRef{emit(std::move(step), result, call)}};
  }
  const int x = tensor(call.args[0], call, "the first argument of `take`");
  const std::int64_t column = as_integer(call.args[1], call.at, "the column of `take`");
  if (column < 0 || column >= value(x).width) {
    throw TextError(call.at, fmt::format("column {} of {}", column, value(x).width));
  }
  return {TensorRef{slice_columns(x, column, column + 1, call)}};
}

int Operations::slice_rows(int x, std::int64_t begin, std::int64_t end, const Call& call) {
  const PlanValue& v = value(x);
  end = std::max(begin, end);
  if (begin == 0 && end == v.rows) return x;
  Step step{StepKind::slice_rows};
  step.operands = {x};
  step.numbers = {begin, end};
  PlanValue result = v;
  result.rows = static_cast<int>(end - begin);
  const std::vector<RowTag>& all = tags(x);
  result.tags = builder_.intern(std::vector<RowTag>(all.begin() + begin, all.begin() + end));
  return emit(std::move(step), result, call);
}

int Operations::slice_columns(int x, std::int64_t begin, std::int64_t end, const Call& call) {
  const PlanValue& v = value(x);
  end = std::max(begin, end);
  if (begin == 0 && end == v.width) return x;
  Step step{StepKind::slice_cols};
  step.operands = {x};
  step.numbers = {begin, end};
  PlanValue result = v;
  result.width = static_cast<int>(end - begin);
  if (result.features.total > 0) result.features.begin += begin;
  return emit(std::move(step), result, call);
}

Value Operations::slice(const Value& sliced, const Value& begin, const Value& end, Position at) {
  static const std::string name = "slice";
  static const std::string text = "a slice";
  static const std::vector<std::string> keywords;
  const Call call{name, {}, keywords, at, text};
  const int x = tensor(sliced, call, "what is sliced");
  const std::int64_t rows = value(x).rows;
  return {TensorRef{
      slice_rows(x, clamp_index(begin, 0, rows, at), clamp_index(end, rows, rows, at), call)}};
}

Value Operations::chunk(const Call& call) {
  expect(call, 2, 2, {"dim"});
  const int x = tensor(call.args[0], call, "the first argument of `chunk`");
  const GroupValue group = as_group(call.args[1], call.at, "the second argument of `chunk`");
  const bool by_columns = columns(call);
  const std::int64_t n = by_columns ? value(x).width : value(x).rows;
  const std::int64_t size = group.size();
  const std::int64_t width = (n + size - 1) / size;
  const std::int64_t begin = std::min(n, width * group_index(scope_.mesh(), group.group, rank_));
  const std::int64_t end = std::min(n, begin + width);
  const int result =
      by_columns ? slice_columns(x, begin, end, call) : slice_rows(x, begin, end, call);
  if (!by_columns && n % size != 0) builder_.mark_uneven(result);
  return {TensorRef{result}};
}

Value Operations::pad(const Call& call) {
  expect(call, 2, 3);
  const int x = tensor(call.args[0], call, "the first argument of `pad`");
  const std::int64_t rows = as_integer(call.args[1], call.at, "the number of rows of `pad`");
  bool garbage = false;
  if (call.args.size() == 3) {
    const auto* word = std::get_if<std::string>(&call.args[2].data);
    garbage = word != nullptr && *word == "garbage";
    if (!garbage) throw TextError(call.at, "the third argument of `pad` can only be `garbage`");
  }
  if (rows < value(x).rows) {
    throw TextError(call.at,
                    fmt::format("pad to {} rows of a tensor that has {}", rows, value(x).rows));
  }
  if (rows > Limits::rows) {
    throw TextError(call.at, fmt::format("pad to {} rows; the limit is {}", rows, Limits::rows));
  }
  if (rows == value(x).rows) return {TensorRef{x}};
  Step step{StepKind::pad};
  step.operands = {x};
  // Uninitialised memory differs by rank; zeros do not.
  step.numbers = {rows, garbage ? 1 + rank_ : 0};
  PlanValue result = value(x);
  result.rows = static_cast<int>(rows);
  std::vector<RowTag> padded = tags(x);
  padded.resize(static_cast<std::size_t>(rows),
                {garbage ? RowTag::Kind::garbage : RowTag::Kind::padding});
  result.tags = builder_.intern(std::move(padded));
  result.uneven = false;
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::cat(const Call& call) {
  expect(call, 2, 64, {"dim"});
  const bool by_columns = columns(call);
  std::vector<int> parts;
  int rows = 0;
  bool integer = false;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (!call.keywords[i].empty() || !is_tensor(call.args[i])) continue;
    const PlanValue& v = value(std::get<TensorRef>(call.args[i].data).id);
    rows = std::max(rows, v.rows);
    integer = integer || v.integer;
  }
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (!call.keywords[i].empty()) continue;
    const Value& arg = call.args[i];
    const bool number =
        std::holds_alternative<Fraction>(arg.data) || std::holds_alternative<GroupValue>(arg.data);
    if (number && !by_columns) throw TextError(call.at, "`cat` by rows joins tensors only");
    parts.push_back(number ? constant(as_number(arg, call.at, "a number"), rows, 1, integer, call)
                           : tensor(arg, call, "an argument of `cat`"));
  }
  PlanValue result = value(parts[0]);
  std::vector<RowTag> joined = tags(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const PlanValue& v = value(parts[i]);
    if (v.integer != result.integer) {
      throw TextError(call.at, "`cat` joins tensors with tensors, or tables of ids with tables");
    }
    if (by_columns ? v.rows != result.rows : v.width != result.width) {
      if (by_columns) {
        stop("token_layout", call,
             fmt::format("`cat` joins columns of {} and of {} rows", result.rows, v.rows), {rank_});
      }
      throw TextError(
          call.at, fmt::format("`cat` joins rows of {} and of {} features", result.width, v.width));
    }
    if (by_columns) {
      const bool adjacent = result.features.total > 0 &&
                            v.features.total == result.features.total &&
                            v.features.begin == result.features.begin + result.width;
      if (!adjacent) result.features = {};
      result.width += v.width;
      joined = combine_tags(joined, tags(parts[i]), false, builder_.next_step());
    } else {
      result.rows += v.rows;
      joined.insert(joined.end(), tags(parts[i]).begin(), tags(parts[i]).end());
      if (!(v.features == result.features)) result.features = {};
    }
    result.statistic = result.statistic || v.statistic;
  }
  result.tags = builder_.intern(std::move(joined));
  Step step{by_columns ? StepKind::cat_cols : StepKind::cat_rows};
  step.operands = parts;
  return {TensorRef{emit(std::move(step), result, call)}};
}

}  // namespace reducecheck
