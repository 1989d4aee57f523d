// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/unroll.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/machine.hpp"

namespace reducecheck {
namespace {

std::string rank_list(const std::vector<int>& ranks) {
  std::string text;
  for (const int rank : ranks) text += (text.empty() ? "" : ",") + std::to_string(rank);
  return '{' + text + '}';
}

/// All ranks of one program in lock-step from collective to collective.
class LockStep {
 public:
  LockStep(std::vector<Machine>& machines, Operations& operations, const Mesh& mesh)
      : machines_(machines), operations_(operations), mesh_(mesh) {}

  /// Throws: TextError, StopRun.
  void run() {
    for (bool progress = true; progress;) {
      for (Machine& machine : machines_) machine.run();
      progress = match();
    }
    for (std::size_t rank = 0; rank < machines_.size(); ++rank) {
      if (machines_[rank].waiting() != nullptr) stuck(*machines_[rank].waiting());
    }
  }

 private:
  [[nodiscard]] const CollectiveRequest* at_same(int rank, const std::vector<int>& members) const {
    const auto* request = machines_[static_cast<std::size_t>(rank)].waiting();
    return request != nullptr && request->members == members ? request : nullptr;
  }

  bool match() {
    bool progress = false;
    for (Machine& machine : machines_) {
      const CollectiveRequest* first = machine.waiting();
      if (first == nullptr) continue;
      const std::vector<int> members = first->members;
      std::vector<const CollectiveRequest*> requests;
      for (const int rank : members) {
        if (const auto* request = at_same(rank, members)) requests.push_back(request);
      }
      if (requests.size() != members.size()) continue;
      const std::vector<Value> results = operations_.complete(requests);
      for (std::size_t i = 0; i < members.size(); ++i) {
        machines_[static_cast<std::size_t>(members[i])].resume(results[i]);
      }
      progress = true;
    }
    return progress;
  }

  [[noreturn]] void stuck(const CollectiveRequest& request) const {
    std::vector<int> missing;
    for (const int rank : request.members) {
      if (at_same(rank, request.members) == nullptr) missing.push_back(rank);
    }
    const auto& other = machines_[static_cast<std::size_t>(missing[0])];
    const std::string where = other.ended() ? "has ended" : "waits at " + other.waiting()->text;
    throw StopRun{{"mismatched_collective", request.at, request.text,
                   to_string(mesh_, effective(mesh_, request.group.group)), missing,
                   fmt::format("rank {} waits for {}, which never comes: rank {} {}", request.rank,
                               rank_list(missing), missing[0], where)}};
  }

  std::vector<Machine>& machines_;
  Operations& operations_;
  const Mesh& mesh_;
};

Run run_program(PlanBuilder& builder, const Scope& scope, Holdings& holdings,
                const Variant* variant) {
  const bool reference = variant == nullptr;
  const Scenario& scenario = scope.scenario();
  const auto ranks = static_cast<std::size_t>(reference ? 1 : scope.mesh().ranks());
  Run run;
  run.name = reference ? "reference" : variant->name;
  run.executions.resize(ranks);
  run.collectives.resize(ranks);
  run.elements.resize(ranks);
  run.outputs.assign(scenario.outputs.size(), std::vector<int>(ranks, -1));

  const Code code = reference ? compile({&scenario.reference})
                              : compile({&variant->program, &scenario.distributed});
  const HeldWeights held = holdings.of(variant);
  const SharedText text(code, scope, holdings.names());
  Operations operations(builder, scope, held, reference, run);
  std::vector<Machine> machines;
  machines.reserve(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const int number = static_cast<int>(rank);
    machines.emplace_back(text, operations, number, reference);
    operations.enter(number, 0);
    for (const Layout& input : scenario.inputs) {
      machines.back().bind(input.name, {TensorRef{operations.input(input)}});
    }
  }
  try {
    LockStep(machines, operations, scope.mesh()).run();
    for (std::size_t o = 0; o < scenario.outputs.size(); ++o) {
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        const Layout& output = scenario.outputs[o];
        run.outputs[o][rank] = machines[rank].output(output.name, output.at);
        if (!builder.value(run.outputs[o][rank]).integer) continue;
        throw TextError(output.at, fmt::format("the output `{}` is a table of ids", output.name),
                        "an output is a tensor of numbers, such as what experts make of the ids");
      }
    }
  } catch (StopRun& stop) {
    run.finding = std::move(stop.finding);
  }
  for (const Machine& machine : machines) run.sections = std::max(run.sections, machine.sections());
  return run;
}

void add_requirements(PlanBuilder& builder, const Scope& scope, Plan& plan) {
  for (const Layout& output : scope.scenario().outputs) {
    plan.output_names.push_back(output.name);
    auto& ranks = plan.required.emplace_back();
    for (int rank = 0; rank < scope.mesh().ranks(); ++rank) {
      HeldLayout held = held_layout(scope, output, rank);
      ranks.push_back(
          {builder.intern(std::move(held.rows)), held.features, static_cast<int>(held.width)});
    }
  }
}

}  // namespace

Plan unroll(const Scope& scope, const std::vector<const Variant*>& variants) {
  Plan plan;
  plan.scale_free_norm = scope.scenario().assume.scale_free_norm;
  PlanBuilder builder(plan);
  Holdings holdings(scope);
  plan.reference = run_program(builder, scope, holdings, nullptr);
  if (plan.reference.finding) {
    throw TextError(plan.reference.finding->at,
                    "the reference cannot run: " + plan.reference.finding->detail);
  }
  for (const Variant* variant : variants) {
    plan.variants.push_back(run_program(builder, scope, holdings, variant));
  }
  add_requirements(builder, scope, plan);
  return plan;
}

}  // namespace reducecheck
