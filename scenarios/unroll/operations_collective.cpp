// SPDX-License-Identifier: Apache-2.0
// Collectives: what a call asks for, whether the calls of a group fit together, what each rank
// gets.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {
namespace {

using Requests = std::vector<const CollectiveRequest*>;

/// How a collective is called: its tensors, then the experts that rows go to (dispatch, combine),
/// then the group, then a number of rows (reduce_scatterv).
struct Signature {
  CollectiveKind kind;
  std::size_t tensors = 1;
  std::size_t experts = 0;
  std::size_t rows = 0;
  std::vector<std::string> keywords = {};

  [[nodiscard]] std::size_t group() const { return tensors + experts; }
  [[nodiscard]] std::size_t arguments() const { return group() + 1 + rows; }
};

const std::map<std::string, Signature>& signatures() {
  static const std::map<std::string, Signature> map = {
      {"all_reduce", {CollectiveKind::all_reduce, 1, 0, 0, {"op"}}},
      {"reduce_scatter", {CollectiveKind::reduce_scatter, 1, 0, 0, {"dim"}}},
      {"reduce_scatterv", {CollectiveKind::reduce_scatter_v, 1, 0, 1}},
      {"all_gather", {CollectiveKind::all_gather, 1, 0, 0, {"dim"}}},
      {"all_gatherv", {CollectiveKind::all_gather_v}},
      {"broadcast", {CollectiveKind::broadcast}},
      {"dispatch", {CollectiveKind::dispatch, 3, 1}},
      {"combine", {CollectiveKind::combine, 2, 1}},
      {"counts", {CollectiveKind::counts}},
  };
  return map;
}

std::string name_of(CollectiveKind kind) {
  for (const auto& [name, signature] : signatures()) {
    if (signature.kind == kind) return name;
  }
  return "?";
}

[[noreturn]] void mismatch(const std::string& defect_class, const CollectiveRequest& a,
                           const std::string& group, const std::string& detail,
                           std::vector<int> ranks) {
  throw StopRun{{defect_class, a.at, a.text, group, std::move(ranks), detail}};
}

}  // namespace

std::optional<CollectiveRequest> Operations::collective(const Call& call) {
  const auto found = signatures().find(call.name);
  if (found == signatures().end()) return std::nullopt;
  const Signature& signature = found->second;
  expect(call, signature.arguments(), signature.arguments(), signature.keywords);
  CollectiveRequest request;
  request.kind = signature.kind;
  request.rank = rank_;
  request.at = call.at;
  request.section = section_;
  request.text = call.text;
  request.group = as_group(call.args[signature.group()], call.at, {"the group of", call.name});
  request.members = group_members(scope_.mesh(), request.group.group, rank_);
  request.columns = columns(call);
  request.op = reduction(call);
  for (std::size_t i = 0; i < signature.tensors; ++i) {
    const Value& arg = call.args[i];
    if (!is_tensor_like(arg)) {
      throw TextError(call.at, fmt::format("`{}` of {}: there is nothing to communicate", call.name,
                                           kind_of(arg)));
    }
    request.tensors.push_back(tensor(arg, call, {"an argument of", call.name}));
  }
  if (signature.rows == 1) {
    request.rows = as_integer(call.args.back(), call.at, "the rows of `reduce_scatterv`");
    if (request.rows < 0) throw TextError(call.at, "a negative number of rows");
    if (request.rows > Limits::rows) {
      throw TextError(call.at, fmt::format("{} rows; the limit is {}", request.rows, Limits::rows));
    }
  }
  if (signature.experts == 1) route(call, call.args[signature.tensors], request);
  return request;
}

std::string Operations::reduction(const Call& call) const {
  const Value* op = keyword(call, "op");
  if (op == nullptr) return "sum";
  const auto* word = std::get_if<std::string>(&op->data);
  if (word == nullptr || (*word != "sum" && *word != "avg" && *word != "max")) {
    throw TextError(call.at, "`op` must be \"sum\", \"avg\" or \"max\"");
  }
  return *word;
}

/// The experts that the rows of a dispatch or combine go to.
void Operations::route(const Call& call, const Value& experts, CollectiveRequest& request) const {
  const auto* weight = std::get_if<WeightRef>(&experts.data);
  if (weight == nullptr || held(*weight, rank_, call.at).kind != WeightKind::experts) {
    throw TextError(call.at, fmt::format("`{}` needs the experts that the rows go to", call.name));
  }
  request.weight = *weight;
  if (!value(request.tensors[1]).integer) {
    throw TextError(call.at, fmt::format("`{}` needs a table of ids", call.name));
  }
}

void Operations::check_match(const Requests& requests) const {
  const CollectiveRequest& first = *requests[0];
  const auto group = [&] {
    return to_string(scope_.mesh(), effective(scope_.mesh(), first.group.group));
  };
  for (const CollectiveRequest* other : requests) {
    const auto& a = value(first.tensors[0]);
    const auto& b = value(other->tensors[0]);
    if (other->kind != first.kind || other->op != first.op || other->columns != first.columns) {
      mismatch(
          "mismatched_collective", first, group(),
          fmt::format("rank {} calls {} (op {}), rank {} calls {} (op {})", first.rank,
                      name_of(first.kind), first.op, other->rank, name_of(other->kind), other->op),
          {first.rank, other->rank});
    }
    const bool any_width = first.kind == CollectiveKind::all_gather && first.columns;
    if ((a.width != b.width && !any_width) || a.integer != b.integer) {
      mismatch("mismatched_collective", first, group(),
               fmt::format("rank {} has {} features, rank {} has {}", first.rank, a.width,
                           other->rank, b.width),
               {first.rank, other->rank});
    }
    const bool any_rows = first.kind == CollectiveKind::all_gather_v ||
                          first.kind == CollectiveKind::dispatch ||
                          first.kind == CollectiveKind::counts;
    if (a.rows != b.rows && !any_rows) {
      mismatch("token_layout", first, group(),
               fmt::format("rank {} has {} rows, rank {} has {}", first.rank, a.rows, other->rank,
                           b.rows),
               {first.rank, other->rank});
    }
  }
}

void Operations::count(const Requests& requests) {
  if (requests.size() < 2 || requests[0]->kind == CollectiveKind::counts) return;
  for (const CollectiveRequest* request : requests) {
    const auto rank = static_cast<std::size_t>(request->rank);
    ++run_.collectives[rank];
    const PlanValue& v = value(request->tensors[0]);
    run_.elements[rank] += std::int64_t{v.rows} * v.width;
  }
}

std::vector<Value> Operations::complete(const Requests& requests) {
  check_match(requests);
  count(requests);
  const CollectiveKind kind = requests[0]->kind;
  if (kind == CollectiveKind::counts) {
    std::vector<std::int64_t> counts;
    for (const auto* r : requests) counts.push_back(value(r->tensors[0]).rows);
    return std::vector<Value>(requests.size(), make_integers(counts));
  }
  if (kind == CollectiveKind::dispatch) return dispatch(requests);
  if (kind == CollectiveKind::combine) return combine(requests);
  if (requests.size() == 1) return {{TensorRef{requests[0]->tensors[0]}}};
  if (value(requests[0]->tensors[0]).integer && kind != CollectiveKind::all_gather &&
      kind != CollectiveKind::all_gather_v && kind != CollectiveKind::broadcast) {
    throw TextError(requests[0]->at, "ids can be gathered and broadcast, not summed");
  }
  switch (kind) {
    case CollectiveKind::all_reduce: return reduce(requests);
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::reduce_scatter_v: return scatter(requests);
    default: return gather(requests);
  }
}

/// One step, which every member executes.
std::vector<Value> Operations::deliver(Step&& step, std::span<const PlanValue> results,
                                       const Requests& requests) {
  const CollectiveRequest& first = *requests[0];
  step.group = effective(scope_.mesh(), first.group.group);
  step.members = first.members;
  enter(first.rank, first.section);
  const int index = record(std::move(step), results, first.at, first.text);
  const auto& made = builder_.plan().steps[static_cast<std::size_t>(index)].results;
  std::vector<Value> values;
  values.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i > 0) {
      enter(requests[i]->rank, requests[i]->section);
      executed(index);
    }
    values.push_back({TensorRef{made[made.size() == 1 ? 0 : i]}});
  }
  return values;
}

std::vector<RowTag> Operations::summed_tags(const Requests& requests) {
  std::vector<RowTag> sum = tags(requests[0]->tensors[0]);
  for (const auto* request : requests) {
    sum = combine_tags(sum, tags(request->tensors[0]), true, builder_.next_step());
  }
  return sum;
}

std::vector<Value> Operations::reduce(const Requests& requests) {
  Step step{requests[0]->op == "sum"   ? StepKind::all_reduce_sum
            : requests[0]->op == "avg" ? StepKind::all_reduce_avg
                                       : StepKind::all_reduce_max};
  PlanValue result = value(requests[0]->tensors[0]);
  for (const auto* request : requests) {
    step.operands.push_back(request->tensors[0]);
    const PlanValue& v = value(request->tensors[0]);
    if (!(v.features == result.features)) result.features = {};
    result.statistic = result.statistic || v.statistic;
  }
  result.tags = builder_.intern(summed_tags(requests));
  return deliver(std::move(step), {&result, 1}, requests);
}

}  // namespace reducecheck
