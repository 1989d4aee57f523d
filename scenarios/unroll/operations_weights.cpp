// SPDX-License-Identifier: Apache-2.0
// Weights as functions, and as values.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/operations.hpp"

namespace reducecheck {
namespace {

/// The reference holds everything: one share, all numbers.
HeldWeight make_whole(HeldWeight held) {
  for (HeldDimension& d : held.dimensions) {
    d.begin = 0;
    d.width = d.total;
    d.chunk = 0;
    d.chunks = 1;
    d.split = {};
  }
  held.numbers.clear();
  held.number_split = {};
  return held;
}

PlanValue like(const PlanValue& x, std::int64_t width, Features features) {
  PlanValue result;
  result.rows = x.rows;
  result.width = static_cast<int>(width);
  result.tags = x.tags;
  result.features = features;
  result.uneven = x.uneven;
  return result;
}

/// Which share of the split dimension the step works on.
void take_share(Step& step, const HeldDimension& dimension) {
  step.chunk = dimension.chunk;
  step.chunks = dimension.chunks;
  step.split = dimension.split;
}

Group join(const Group& a, const Group& b) {
  Group result = a;
  for (const int axis : b.axes) {
    if (std::ranges::find(result.axes, axis) == result.axes.end()) result.axes.push_back(axis);
  }
  return result;
}

}  // namespace

Operations::Operations(PlanBuilder& builder, const Scope& scope, const HeldWeights& weights,
                       bool whole, Run& run)
    : builder_(builder),
      scope_(scope),
      weights_(weights),
      sources_(weights.size(), -1),
      whole_(whole),
      run_(run),
      first_step_(builder.next_step()) {
  if (!whole) return;
  for (const auto& ranks : weights) {
    whole_weights_.push_back(ranks.empty() ? HeldWeight{} : make_whole(ranks.front()));
  }
}

const HeldWeight& Operations::held(const WeightRef& weight, int rank, Position at) const {
  const std::span<const HeldWeight> ranks = weights_[static_cast<std::size_t>(weight.weight)];
  if (ranks.empty()) throw TextError(at, "this weight belongs to another variant");
  return ranks[static_cast<std::size_t>(rank)];
}

const HeldWeight& Operations::held_here(const WeightRef& weight, Position at) const {
  const HeldWeight& mine = held(weight, rank_, at);
  return whole_ ? whole_weights_[static_cast<std::size_t>(weight.weight)] : mine;
}

Step Operations::weight_step(StepKind kind, const WeightRef& weight, const HeldWeight& held) {
  Step step{kind};
  int& source = sources_[static_cast<std::size_t>(weight.weight)];
  if (source < 0) {
    const std::vector<std::string>& positive = scope_.scenario().assume.positive;
    const bool above_zero = std::ranges::find(positive, held.name) != positive.end();
    source = builder_.source({held.name, held.kind, false, above_zero});
  }
  step.source = source;
  step.layer = weight.layer;
  return step;
}

int Operations::weight_value(const WeightRef& weight, const Call& call) {
  const HeldWeight& w = held_here(weight, call.at);
  PlanValue result;
  if (w.kind == WeightKind::scalar) {
    result.rows = result.width = 1;
    result.tags = builder_.broadcast_tags(1);
    return emit(weight_step(StepKind::scalar, weight, w), result, call);
  }
  if (w.kind == WeightKind::vector) {
    const HeldDimension& n = w.dimensions[0];
    Step step = weight_step(StepKind::vector, weight, w);
    step.numbers = {n.begin, n.total};
    take_share(step, n);
    result.rows = 1;
    result.width = static_cast<int>(n.width);
    result.tags = builder_.broadcast_tags(1);
    result.features = {n.begin, n.total};
    return emit(std::move(step), result, call);
  }
  if (w.kind != WeightKind::linear) {
    throw TextError(call.at, fmt::format("`{}` is a function; only linear, vector and scalar "
                                         "weights are also values",
                                         w.name));
  }
  const HeldDimension& in = w.dimensions[0];
  const HeldDimension& out = w.dimensions[1];
  Step step = weight_step(StepKind::matrix, weight, w);
  step.numbers = {in.begin, in.total, out.begin, out.total, out.width};
  take_share(step, in);
  result.rows = static_cast<int>(in.width);
  result.width = static_cast<int>(out.width);
  result.tags = builder_.broadcast_tags(result.rows);
  result.features = {out.begin, out.total};
  return emit(std::move(step), result, call);
}

Value Operations::call_weight(const WeightRef& weight, const Call& call) {
  switch (held(weight, rank_, call.at).kind) {
    case WeightKind::linear: return linear(weight, call);
    case WeightKind::mlp: return mlp(weight, call);
    case WeightKind::experts: return experts(weight, call);
    case WeightKind::table: return table_rows(weight, call);
    case WeightKind::vector:
    case WeightKind::scalar: break;
  }
  throw TextError(call.at, fmt::format("`{}` is a value, not a function", call.name));
}

Value Operations::linear(const WeightRef& weight, const Call& call) {
  expect(call, 1, 1);
  const int x = tensor(call.args[0], call, {"the argument of", call.name});
  const HeldWeight& w = held_here(weight, call.at);
  const HeldDimension& in = w.dimensions[0];
  const HeldDimension& out = w.dimensions[1];
  if (value(x).width != in.width) {
    throw TextError(call.at, fmt::format("`{}` takes {} features on this rank, its argument has {}",
                                         call.name, in.width, value(x).width));
  }
  Step step = weight_step(StepKind::linear, weight, w);
  step.operands = {x};
  step.numbers = {in.begin, in.total, out.begin, out.total, out.width};
  take_share(step, in);
  return {
      TensorRef{emit(std::move(step), like(value(x), out.width, {out.begin, out.total}), call)}};
}

Value Operations::mlp(const WeightRef& weight, const Call& call) {
  expect(call, 1, 1);
  const int x = tensor(call.args[0], call, {"the argument of", call.name});
  const HeldWeight& w = held_here(weight, call.at);
  const std::int64_t hidden = scope_.size("hidden");
  if (value(x).width != hidden) {
    throw TextError(call.at, fmt::format("`{}` takes hidden = {} features, its argument has {}",
                                         call.name, hidden, value(x).width));
  }
  const HeldDimension& inter = w.dimensions[0];
  Step step = weight_step(StepKind::mlp, weight, w);
  step.operands = {x};
  step.numbers = {inter.begin, inter.width, inter.total};
  take_share(step, inter);
  return {TensorRef{emit(std::move(step), like(value(x), hidden, {0, hidden}), call)}};
}

Value Operations::experts(const WeightRef& weight, const Call& call) {
  expect(call, 3, 3);
  const int x = tensor(call.args[0], call, {"the rows of", call.name});
  const int rows = value(x).rows;
  const int ids = table(call.args[1], call, rows, "the expert ids");
  const bool number =
      !is_tensor(call.args[2]) && !std::holds_alternative<WeightRef>(call.args[2].data);
  const int p = number ? constant(as_number(call.args[2], call.at, "the weights of the experts"),
                                  rows, 1, false, call)
                       : tensor(call.args[2], call, "the weights of the experts");
  if (value(ids).rows != rows || (value(p).rows != rows && value(p).rows != 1)) {
    stop("token_layout", call,
         fmt::format("{} rows, {} rows of ids and {} of weights", rows, value(ids).rows,
                     value(p).rows),
         {rank_});
  }
  if (value(p).width != value(ids).width && value(p).width != 1) {
    throw TextError(call.at,
                    fmt::format("{} ids a row but {} weights", value(ids).width, value(p).width));
  }
  const HeldWeight& w = held_here(weight, call.at);
  const std::int64_t hidden = scope_.size("hidden");
  if (value(x).width != hidden) {
    throw TextError(call.at, fmt::format("`{}` takes hidden = {} features, its rows have {}",
                                         call.name, hidden, value(x).width));
  }
  const HeldDimension& inter = w.dimensions[0];
  Step step = weight_step(StepKind::experts, weight, w);
  step.operands = {x, ids, p};
  step.numbers = {inter.begin, inter.width, inter.total, whole_ ? 1 : 0, weight.slots ? 1 : 0};
  step.experts = w.numbers;
  take_share(step, inter);
  step.split = join(w.number_split, inter.split);
  PlanValue result = like(value(x), hidden, {0, hidden});
  const int next = builder_.next_step();
  result.tags = builder_.intern(combine_tags(tags(x), tags(ids), false, next));
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::table_rows(const WeightRef& weight, const Call& call) {
  expect(call, 1, 2);
  const int ids = table(call.args[0], call, 1, {"the ids of", call.name});
  const HeldWeight& w = held_here(weight, call.at);
  const HeldDimension& width = w.dimensions[0];
  Step step = weight_step(StepKind::table, weight, w);
  step.operands = {ids};
  if (call.args.size() == 2) {
    const bool number = std::holds_alternative<Fraction>(call.args[1].data);
    step.operands.push_back(number ? constant(as_number(call.args[1], call.at, "a weight"),
                                              value(ids).rows, 1, false, call)
                                   : tensor(call.args[1], call, "the weights of the rows"));
    if (value(step.operands[1]).rows != value(ids).rows) {
      stop("token_layout", call,
           fmt::format("{} rows of ids and {} of weights", value(ids).rows,
                       value(step.operands[1]).rows),
           {rank_});
    }
    const int columns = value(step.operands[1]).width;
    if (columns != value(ids).width && columns != 1) {
      throw TextError(call.at,
                      fmt::format("{} ids a row but {} weights", value(ids).width, columns));
    }
  }
  step.numbers = {width.begin, width.width, width.total, whole_ ? 1 : 0};
  step.experts = w.numbers;
  step.split = join(w.number_split, width.split);
  return {TensorRef{
      emit(std::move(step), like(value(ids), width.width, {width.begin, width.total}), call)}};
}

}  // namespace reducecheck
