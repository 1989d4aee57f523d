// SPDX-License-Identifier: Apache-2.0
// reduce_scatter, all_gather and broadcast: who gets which rows and columns.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {

namespace {

using Requests = std::vector<const CollectiveRequest*>;

[[noreturn]] void mismatch(const std::string& defect_class, const CollectiveRequest& a,
                           const std::string& group, const std::string& detail) {
  throw StopRun{{defect_class, a.at, a.text, group, a.members, detail}};
}

}  // namespace

std::vector<Value> Operations::scatter(const Requests& requests) {
  const CollectiveRequest& first = *requests[0];
  const PlanValue whole = value(first.tensors[0]);
  const int size = static_cast<int>(requests.size());
  const auto group = [&] {
    return to_string(scope_.mesh(), effective(scope_.mesh(), first.group.group));
  };
  Step step{StepKind::reduce_scatter};
  for (const auto* request : requests) step.operands.push_back(request->tensors[0]);
  std::vector<int> shares(requests.size());
  if (first.kind == CollectiveKind::reduce_scatter_v) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      total += requests[i]->rows;
      shares[i] = static_cast<int>(std::min<std::int64_t>(requests[i]->rows, whole.rows));
      step.numbers.push_back(shares[i]);
    }
    step.kind = StepKind::reduce_scatter_v;
    if (total != whole.rows) {
      mismatch("token_layout", first, group(),
               fmt::format("the ranks take {} rows in all of {}", total, whole.rows));
    }
  } else {
    const int n = first.columns ? whole.width : whole.rows;
    if (n % size != 0) {
      mismatch(
          first.columns ? "mismatched_collective" : "token_layout", first, group(),
          fmt::format("{} {} do not divide by {}", n, first.columns ? "features" : "rows", size));
    }
    std::ranges::fill(shares, n / size);
    if (first.columns) step.kind = StepKind::reduce_scatter_cols;
  }
  const std::vector<RowTag> all = summed_tags(requests);
  std::vector<PlanValue> results;
  std::ptrdiff_t begin = 0;
  for (const int share : shares) {
    PlanValue result = whole;
    if (first.columns) {
      result.width = share;
      if (result.features.total > 0) result.features.begin += begin;
      result.tags = builder_.intern(all);
    } else {
      result.rows = share;
      result.tags = builder_.intern({all.begin() + begin, all.begin() + begin + share});
      result.uneven = first.kind == CollectiveKind::reduce_scatter_v;
    }
    begin += share;
    results.push_back(result);
  }
  return deliver(std::move(step), results, requests);
}

PlanValue Operations::gathered(const Requests& requests, std::size_t tensor, int dispatch) {
  PlanValue result = value(requests[0]->tensors[tensor]);
  std::vector<RowTag> all;
  result.rows = 0;
  result.uneven = false;
  for (const auto* request : requests) {
    const PlanValue& v = value(request->tensors[tensor]);
    result.rows += v.rows;
    if (result.rows > Limits::rows) {
      throw TextError(request->at, fmt::format("{} gathered rows or more; the limit is {}",
                                               result.rows, Limits::rows));
    }
    if (!(v.features == result.features)) result.features = {};
    all.insert(all.end(), tags(request->tensors[tensor]).begin(),
               tags(request->tensors[tensor]).end());
  }
  for (RowTag& tag : all) tag.dispatch = dispatch;
  result.tags = builder_.intern(std::move(all));
  return result;
}

std::vector<Value> Operations::gather(const Requests& requests) {
  const CollectiveRequest& first = *requests[0];
  Step step{StepKind::all_gather};
  for (const auto* request : requests) step.operands.push_back(request->tensors[0]);
  if (first.kind == CollectiveKind::broadcast) {
    step.kind = StepKind::broadcast;
    const PlanValue same = value(first.tensors[0]);
    return deliver(std::move(step), {&same, 1}, requests);
  }
  if (!first.columns) {
    const PlanValue all = gathered(requests, 0, -1);
    return deliver(std::move(step), {&all, 1}, requests);
  }
  step.kind = StepKind::all_gather_cols;
  PlanValue result = value(first.tensors[0]);
  std::vector<RowTag> joined = tags(first.tensors[0]);
  result.width = 0;
  for (const auto* request : requests) {
    const PlanValue& v = value(request->tensors[0]);
    if (v.features.total == 0 || v.features.begin != result.features.begin + result.width) {
      result.features = {};
    }
    result.width += v.width;
    joined = combine_tags(joined, tags(request->tensors[0]), false, builder_.next_step());
  }
  result.tags = builder_.intern(std::move(joined));
  return deliver(std::move(step), {&result, 1}, requests);
}

}  // namespace reducecheck
