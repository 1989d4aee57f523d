// SPDX-License-Identifier: Apache-2.0
// Expert-parallel exchange. What a rank receives depends on the routing, so its rows would have no
// static number. They are said as a view instead: every member sees the rows of all members, in the
// order (source, row), and its table of ids is -1 wherever a slot is not meant for it. A row that
// was not sent contributes nothing, and combine reads only rows that were sent.
#include <fmt/format.h>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {

std::vector<std::int64_t> Operations::owners(const CollectiveRequest& request) const {
  std::vector<std::int64_t> owner;
  for (std::size_t member = 0; member < request.members.size(); ++member) {
    for (const std::int64_t number :
         held(request.weight, request.members[member], request.at).numbers) {
      if (number < 0) continue;
      const auto expert = static_cast<std::size_t>(number);
      if (owner.size() <= expert) owner.resize(expert + 1, -1);
      if (owner[expert] < 0) owner[expert] = static_cast<std::int64_t>(member);  // first holder
    }
  }
  return owner;
}

std::vector<Value> Operations::dispatch(const std::vector<const CollectiveRequest*>& requests) {
  Step step{StepKind::dispatch};
  for (const CollectiveRequest* request : requests) {
    const int rows = value(request->tensors[0]).rows;
    for (const int tensor : request->tensors) {
      if (value(tensor).rows != rows) {
        throw StopRun{{"token_layout",
                       request->at,
                       request->text,
                       "",
                       {request->rank},
                       fmt::format("{} rows are sent with {} rows of ids or weights", rows,
                                   value(tensor).rows)}};
      }
    }
    step.operands.push_back(request->tensors[1]);
  }
  step.experts = owners(*requests[0]);
  step.source = builder_.source(
      {held(requests[0]->weight, 0, requests[0]->at).name, WeightKind::experts, false});
  step.layer = requests[0]->weight.layer;
  const PlanValue ids = gathered(requests, 1, builder_.next_step());
  const std::vector<Value> routed =
      deliver(std::move(step), std::vector<PlanValue>(requests.size(), ids), requests);
  const int event = value(std::get<TensorRef>(routed[0].data).id).step;
  const auto gather = [&](std::size_t tensor) {
    Step all_gather{StepKind::all_gather};
    all_gather.numbers = {event};
    for (const CollectiveRequest* request : requests) {
      all_gather.operands.push_back(request->tensors[tensor]);
    }
    const PlanValue all = gathered(requests, tensor, event);
    return deliver(std::move(all_gather), {&all, 1}, requests);
  };
  const std::vector<Value> rows = gather(0);
  const std::vector<Value> weights = gather(2);
  std::vector<Value> results;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    results.push_back(make_list({rows[i], routed[i], weights[i]}));
  }
  return results;
}

std::vector<Value> Operations::combine(const std::vector<const CollectiveRequest*>& requests) {
  const CollectiveRequest& first = *requests[0];
  Step step{StepKind::combine};
  int event = -1;
  for (const CollectiveRequest* request : requests) {
    step.operands.push_back(request->tensors[0]);
    for (const RowTag& tag : tags(request->tensors[0])) {
      if (event < 0) event = tag.dispatch;
      if (tag.dispatch < 0 || tag.dispatch != event) {
        throw TextError(request->at,
                        "`combine` returns rows that one `dispatch` over the same group "
                        "delivered; these rows come from elsewhere");
      }
    }
  }
  std::vector<PlanValue> results;
  int rows = 0;
  for (const CollectiveRequest* request : requests) {
    const int ids = request->tensors[1];
    step.operands.push_back(ids);
    PlanValue result = value(request->tensors[0]);
    result.rows = value(ids).rows;
    result.tags = value(ids).tags;
    result.uneven = value(ids).uneven;
    rows += result.rows;
    results.push_back(result);
  }
  if (event >= 0) {
    const Step& sent = builder_.plan().steps[static_cast<std::size_t>(event)];
    if (sent.members != first.members) {
      throw TextError(first.at,
                      "`combine` runs over another group than the `dispatch` of its rows");
    }
    if (rows != value(first.tensors[0]).rows) {
      throw StopRun{{"token_layout", first.at, first.text, "", first.members,
                     fmt::format("{} rows were delivered, {} are taken back",
                                 value(first.tensors[0]).rows, rows)}};
    }
  }
  step.numbers = {event};
  step.experts = owners(first);
  step.source = builder_.source({held(first.weight, 0, first.at).name, WeightKind::experts, false});
  step.layer = first.weight.layer;
  return deliver(std::move(step), results, requests);
}

}  // namespace reducecheck
