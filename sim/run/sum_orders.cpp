// SPDX-License-Identifier: Apache-2.0
#include "sim/run/sum_orders.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace reducecheck {
namespace {

std::optional<SumNeed> need_of(const Plan& plan, const Step& step) {
  switch (step.kind) {
    case StepKind::all_reduce_sum:
    case StepKind::all_reduce_avg:
    case StepKind::reduce_scatter:
    case StepKind::reduce_scatter_cols:
    case StepKind::reduce_scatter_v: break;
    default: return std::nullopt;
  }
  const PlanValue& operand = plan.values[static_cast<std::size_t>(step.operands[0])];
  const std::size_t count =
      static_cast<std::size_t>(operand.rows) * static_cast<std::size_t>(operand.width);
  const int ranks = static_cast<int>(step.operands.size());
  if (operand.integer || ranks == 1 || count == 0) return std::nullopt;
  return SumNeed{step.kind == StepKind::reduce_scatter, count, ranks};
}

}  // namespace

std::string SumOrders::prepare(const Plan& plan) {
  for (const Step& step : plan.steps) {
    const std::optional<SumNeed> need = need_of(plan, step);
    if (!need || made_.contains(*need)) continue;
    MadeOrder made = make_(*need);
    if (!made.order) return made.refusal;
    if (made.order->runs.size() != 1) {
      return fmt::format("`{}` leaves ranks with different bits", made.order->name);
    }
    made_.emplace(*need, std::make_unique<OrderedSum>(std::move(*made.order)));
  }
  return "";
}

const OrderedSum* SumOrders::of(const Plan& plan, const Step& step) const {
  const std::optional<SumNeed> need = need_of(plan, step);
  if (!need) return nullptr;
  const auto found = made_.find(*need);
  return found == made_.end() ? nullptr : found->second.get();
}

SumOrders orders_named(std::string name, std::map<std::string, std::string> settings,
                       Format format) {
  const OrderFacts* const own = find_order(name + "_reduce_scatter");
  std::map<std::string, std::string> of_own;
  if (own != nullptr) {
    for (const OrderSetting& setting : own->settings) {
      const auto found = settings.find(setting.name);
      if (found != settings.end()) of_own.insert(*found);
    }
  }
  return {format, [=](const SumNeed& need) {
            const bool scatters = need.reduce_scatter && own != nullptr;
            return make_order(scatters ? own->name : name,
                              {need.count, need.ranks, format, scatters ? of_own : settings});
          }};
}

}  // namespace reducecheck
