// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/cost.hpp"

#include <stdexcept>

namespace reducecheck::planning {

const char* spelling(Operation operation) {
  switch (operation) {
    case Operation::all_reduce: return "all_reduce";
    case Operation::reduce_scatter: return "reduce_scatter";
    case Operation::all_gather: return "all_gather";
    case Operation::all_to_all: return "all_to_all";
    case Operation::broadcast: return "broadcast";
    case Operation::chunk: return "chunk";
    case Operation::once: return "once";
    case Operation::add: return "add";
  }
  return "?";
}

bool is_local(Operation operation) {
  return operation >= Operation::chunk;
}

Cost& Cost::operator+=(const Cost& other) {
  launches += other.launches;
  hops += other.hops;
  bytes += other.bytes;
  local_steps += other.local_steps;
  return *this;
}

double seconds(const Cost& cost, const CostModel& model) {
  return model.alpha * cost.launches + model.hop * static_cast<double>(cost.hops) +
         model.beta * cost.bytes + model.epsilon * cost.local_steps;
}

Cost cost_of(const CollectiveCall& call) {
  if (call.group_size < 1) throw std::invalid_argument("a group has at least one rank");
  if (!(call.local_bytes >= 0)) throw std::invalid_argument("a tensor has no negative bytes");
  if (is_local(call.operation)) return {.local_steps = 1};
  if (call.group_size == 1) return {};
  const std::int64_t others = call.group_size - 1;
  // Multiplied first: with bytes that the group divides the quotient is exact.
  const double scattered =
      static_cast<double>(others) * call.local_bytes / static_cast<double>(call.group_size);
  switch (call.operation) {
    case Operation::all_reduce: return {.launches = 1, .hops = 2 * others, .bytes = 2 * scattered};
    case Operation::all_gather:
      return {
          .launches = 1, .hops = others, .bytes = static_cast<double>(others) * call.local_bytes};
    case Operation::broadcast: return {.launches = 1, .hops = others, .bytes = call.local_bytes};
    default: return {.launches = 1, .hops = others, .bytes = scattered};
  }
}

Cost cost_of(std::span<const CollectiveCall> calls) {
  Cost total;
  for (const CollectiveCall& call : calls) total += cost_of(call);
  return total;
}

bool is_wasteful(const Cost& program, const Cost& plan, const CostModel& model, double margin) {
  if (!(margin >= 0)) throw std::invalid_argument("a margin is not negative");
  const auto of_collectives = [&](Cost cost) {
    cost.local_steps = 0;
    return seconds(cost, model);
  };
  return of_collectives(program) > (1 + margin) * of_collectives(plan);
}

}  // namespace reducecheck::planning
