// SPDX-License-Identifier: Apache-2.0
#include "real/tool/planned_calls_test.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace reducecheck::real {
namespace {

std::int64_t elements_of(const Plan& plan, int value) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
  return std::int64_t{shape.rows} * shape.width;
}

/// The calls of one step of one run, on one of its ranks.
class StepCalls {
 public:
  StepCalls(const Plan& plan, const CarriedType& type, const Step& step, int rank,
            const Simulation* simulation)
      : plan_(plan), type_(type), step_(step), simulation_(simulation) {
    place_ = static_cast<std::size_t>(std::ranges::find(step.members, rank) - step.members.begin());
    by_ = fmt::format(" by {}", fmt::join(step.members, ","));
  }

  std::vector<std::string> take() {
    switch (step_.kind) {
      case StepKind::all_reduce_sum:
      case StepKind::all_reduce_avg: sum(own_operand(), "AllReduce"); break;
      case StepKind::all_reduce_max: reduce("AllReduce", elements(own_operand()), "max"); break;
      case StepKind::reduce_scatter: scatter(true); break;
      case StepKind::reduce_scatter_v: scatter(type_.any_order); break;
      case StepKind::reduce_scatter_cols: sum(own_operand(), "AllReduce"); break;
      case StepKind::broadcast: bytes("Broadcast", bytes_of(step_.results[0]), 0); break;
      case StepKind::all_gather:
      case StepKind::all_gather_cols:
      case StepKind::dispatch: gather(); break;
      case StepKind::combine: combine(); break;
      default: throw std::logic_error("a kind of collective that this test does not know");
    }
    return std::move(calls_);
  }

 private:
  [[nodiscard]] int own_operand() const { return step_.operands[place_]; }
  [[nodiscard]] std::int64_t elements(int value) const { return elements_of(plan_, value); }
  [[nodiscard]] const PlanValue& shape(int value) const {
    return plan_.values[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] std::int64_t bytes_of(int value) const {
    return elements(value) * (shape(value).integer ? 8 : static_cast<std::int64_t>(type_.bytes));
  }

  void reduce(const char* operation, std::int64_t count, const char* reduction) {
    calls_.push_back(fmt::format("{} count={} type={} redop={}{}", operation, count, type_.nccl,
                                 reduction, by_));
  }

  void sum(int value, const char* operation) { reduce(operation, elements(value), "sum"); }

  /// Equal parts are scattered; others are summed whole, and cut by each rank.
  void scatter(bool parts) {
    bool equal = true;
    for (const int result : step_.results) {
      equal = equal && elements(result) == elements(step_.results[0]);
    }
    if (parts && equal) return sum(step_.results[place_], "ReduceScatter");
    sum(own_operand(), "AllReduce");
  }

  void bytes(const char* operation, std::int64_t count, std::size_t root) {
    calls_.push_back(fmt::format("{} count={} type=uint8 root={}{}", operation, count, root, by_));
  }

  /// Equal parts are gathered; of others each member sends its own to all.
  void gather() {
    std::vector<std::int64_t> parts;
    for (const int operand : step_.operands) parts.push_back(bytes_of(operand));
    if (std::ranges::count(parts, parts[0]) == std::ssize(parts)) {
      calls_.push_back(fmt::format("AllGather count={} type=uint8{}", parts[0], by_));
      return;
    }
    calls_.emplace_back("GroupStart");
    for (std::size_t m = 0; m < parts.size(); ++m) bytes("Broadcast", parts[m], m);
    calls_.emplace_back("GroupEnd");
  }

  /// The rows that member `from` was given of what it returns to member `to`.
  [[nodiscard]] std::int64_t rows_sent(std::size_t from, std::size_t to) const {
    if (step_.numbers[0] < 0) return 0;
    const Step& dispatch = plan_.steps[static_cast<std::size_t>(step_.numbers[0])];
    const auto there = std::ranges::find(dispatch.members, step_.members[from]);
    const int ids = dispatch.results[static_cast<std::size_t>(there - dispatch.members.begin())];
    const std::vector<std::uint64_t> values = simulation_->value(ids);
    int first = 0;
    for (std::size_t m = 0; m < to; ++m) first += shape(step_.results[m]).rows;
    std::int64_t sent = 0;
    for (int r = first; r < first + shape(step_.results[to]).rows; ++r) {
      const auto width = static_cast<std::size_t>(shape(ids).width);
      const auto row = values.begin() + static_cast<std::ptrdiff_t>(width) * r;
      sent += std::any_of(row, row + static_cast<std::ptrdiff_t>(width),
                          [](std::uint64_t id) { return static_cast<std::int64_t>(id) >= 0; });
    }
    return sent;
  }

  /// A byte for each row of the owner, and the rows that were sent.
  [[nodiscard]] std::int64_t returned_bytes(std::size_t from, std::size_t to) const {
    const auto row = shape(step_.operands[from]).width * static_cast<std::int64_t>(type_.bytes);
    return shape(step_.results[to]).rows + rows_sent(from, to) * row;
  }

  void transfer(const char* operation, std::int64_t count, std::size_t peer) {
    if (count == 0) return;
    calls_.push_back(fmt::format("{} count={} type=uint8 peer={}{}", operation, count, peer, by_));
  }

  /// Sizes of 8 bytes first, then what they say; to itself as well.
  void combine() {
    for (const bool sizes : {true, false}) {
      calls_.emplace_back("GroupStart");
      for (std::size_t m = 0; m < step_.members.size(); ++m) {
        transfer("Send", sizes ? 8 : returned_bytes(place_, m), m);
        transfer("Recv", sizes ? 8 : returned_bytes(m, place_), m);
      }
      calls_.emplace_back("GroupEnd");
    }
  }

  const Plan& plan_;
  const CarriedType& type_;
  const Step& step_;
  const Simulation* simulation_;
  std::size_t place_ = 0;
  std::string by_;
  std::vector<std::string> calls_;
};

const Step& step_at(const Plan& plan, const Execution& one) {
  return plan.steps[static_cast<std::size_t>(one.step)];
}

bool has_combine(const Plan& plan, const Run& run) {
  return std::ranges::any_of(run.executions, [&](const auto& executions) {
    return std::ranges::any_of(executions, [&](const Execution& one) {
      return step_at(plan, one).kind == StepKind::combine;
    });
  });
}

}  // namespace

bool divides(const Plan& plan, const Run& run) {
  return std::ranges::any_of(run.executions, [&](const auto& executions) {
    return std::ranges::any_of(executions, [&](const Execution& one) {
      const Step& step = step_at(plan, one);
      return step.kind == StepKind::divide || step.kind == StepKind::reciprocal ||
             step.kind == StepKind::norm || step.kind == StepKind::all_reduce_avg ||
             !step.scalar.is_integer();
    });
  });
}

void add_planned(const Plan& plan, const Run& run, const CarriedType& type,
                 const std::string& label, JobCalls& calls) {
  std::optional<Simulation> simulation;
  if (has_combine(plan, run)) {
    std::string refusal;
    simulation = Simulation::run(plan,
                                 {.type = type.name,
                                  .seed = 1,
                                  .all_reduce = type.all_reduce,
                                  .reduce_scatter = type.scatter},
                                 refusal);
    if (!simulation) throw std::runtime_error(label + ": " + refusal);
  }
  for (std::size_t rank = 0; rank < run.executions.size(); ++rank) {
    for (const Execution& one : run.executions[rank]) {
      const Step& step = step_at(plan, one);
      if (step.kind < StepKind::all_reduce_sum) continue;
      StepCalls these(plan, type, step, static_cast<int>(rank),
                      simulation ? &*simulation : nullptr);
      for (std::string& call : these.take()) {
        calls[rank].push_back({std::move(call), fmt::format("{}, {} at {}:{}", label, step.text,
                                                            step.at.line, step.at.column)});
      }
    }
  }
}

}  // namespace reducecheck::real
