// SPDX-License-Identifier: Apache-2.0
#include "real/execute/record.hpp"

#include <algorithm>

#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

const Step& executed(const Plan& plan, const Execution& one) {
  return plan.steps[static_cast<std::size_t>(one.step)];
}

}  // namespace

std::vector<int> values_left_on(const Step& step, int rank) {
  const auto place = std::ranges::find(step.members, rank) - step.members.begin();
  if (!step.members.empty() && step.results.size() == step.members.size()) {
    return {step.results[static_cast<std::size_t>(place)]};
  }
  return step.results;
}

std::uint64_t record_digest(std::uint64_t before, bool integer, ElementType type,
                            const std::vector<std::uint64_t>& elements) {
  std::uint64_t sum = mix(before ^ elements.size());
  for (const std::uint64_t element : elements) {
    // All NaN are one.
    const bool nan = !integer && is_nan(type, element);
    sum = mix(sum ^ (nan ? ~std::uint64_t{0} : element));
  }
  return sum;
}

std::vector<std::uint64_t> rank_record(const Plan& plan, const Run& run, ElementType type,
                                       const RankExecutor& rank, int number) {
  std::vector<std::uint64_t> record;
  for (const Execution& one : run.executions[static_cast<std::size_t>(number)]) {
    std::uint64_t sum = 0;
    for (const int value : values_left_on(executed(plan, one), number)) {
      const LocalTensor& tensor = rank.value(value);
      sum = record_digest(sum, tensor.integer, type, tensor.elements);
    }
    record.push_back(sum);
  }
  for (const std::vector<int>& output : run.outputs) {
    const int value = output[static_cast<std::size_t>(number)];
    if (value < 0) continue;
    const std::vector<std::uint64_t>& elements = rank.value(value).elements;
    record.insert(record.end(), elements.begin(), elements.end());
  }
  return record;
}

std::size_t record_size(const Plan& plan, const Run& run, int rank) {
  std::size_t size = run.executions[static_cast<std::size_t>(rank)].size();
  for (const std::vector<int>& output : run.outputs) {
    const int value = output[static_cast<std::size_t>(rank)];
    if (value >= 0) {
      const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
      size += static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.width);
    }
  }
  return size;
}

}  // namespace reducecheck::real
