// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/wire_library.hpp"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <thread>

#include "props/fault_matrix/fused_work.hpp"
#include "props/judged.hpp"
#include "props/layer_generator.hpp"
#include "real/execute/record.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;

constexpr std::size_t shown_elements = 16;

/// Sums of a layer over all ranks, a maximum in which NaN meet numbers, a product, and a copy.
constexpr const char* summing_layer = R"toml(title = "sums of the fault matrix"
source = "none"
mesh = {{ axes = ["ep", "tp"], ep = [{ep}], tp = [{tp}], ranks = 32, world = "ep * tp" }}
input = {{ x = "tokens, hidden", z = "tokens, hidden / world" }}
output = {{ y = "tokens, hidden", m = "tokens, 1", g = "tokens, hidden" }}

[weights]
gate = "linear(hidden, hidden)"
shared = "mlp(inter / world)"

[program]
reference = '''
y = shared(x) + gate(x)
m = max(log(z))
g = z
'''

[variant]
right = '''
y = all_reduce(shared(x), world) + gate(x)
m = all_reduce(max(log(z)), world, op="max")
g = all_gather(z, world, dim=cols)
'''
)toml";

void on_ranks(int ranks, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; ++r) threads.emplace_back([&body, r] { body(r); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

SummingLibrary::SummingLibrary(const Setting& at, WireFault fault, bool accumulates)
    : at_(at),
      type_(type_of(at.format)),
      fault_(fault),
      accumulates_(accumulates),
      order_(at.order()) {
  // The two orders that have the choice.
  if (!accumulates) return;
  const bool even = (at.seed + static_cast<std::uint64_t>(at.tp)) % 2 == 0;
  order_ = even ? "rank_order" : "tree_invariant";
}

Seen SummingLibrary::seen() const {
  Seen seen;
  look(seen);
  seen.integers = layer(ElementType::mod64);
  seen.floats = layer(type_);
  return seen;
}

real::Meetings SummingLibrary::promised(int rank) const {
  return real::predicted_meetings(
      real::order_for(order_, type_, checked_ranks(), shown_elements, settings()), rank);
}

std::map<std::string, std::string> SummingLibrary::settings() const {
  if (!accumulates_) return {};
  return {{"accumulate", "fp32"}};
}

void SummingLibrary::look(Seen& seen) const {
  constexpr std::size_t counts[] = {3, 64, 257};
  const auto ranks = static_cast<std::size_t>(checked_ranks());
  seen.checks.resize(ranks);
  seen.meetings.resize(ranks);
  seen.results.resize(ranks);
  seen.maxima.resize(ranks);
  WireWorld world(order_, fault_, accumulates_);
  on_ranks(checked_ranks(), [&](int rank) {
    Wires wires(world, rank);
    real::CollectiveChecks these(wires, rank, checked_ranks());
    const auto place = static_cast<std::size_t>(rank);
    auto& checks = seen.checks[place];
    checks = these.exact(type_, counts);
    checks.push_back(these.envelope(type_, counts));
    checks.push_back(these.bits(type_, counts, {order_, settings()}));
    seen.meetings[place] = these.meetings(type_, shown_elements);
    seen.maxima[place] = maximum_of_gathered(wires, type_, rank, checked_ranks(), at_.seed);
    seen.results[place] = wires.digest();
  });
}

LayerRun SummingLibrary::layer(ElementType type) const {
  const Scenario scenario = props::loaded(
      fmt::format(fmt::runtime(summing_layer), fmt::arg("ep", at_.ep), fmt::arg("tp", at_.tp)));
  const Plan plan = props::first_plan(scenario);
  const Run& run = plan.variants.front();
  LayerRun ran;
  ran.records.resize(static_cast<std::size_t>(at_.ranks()));
  ran.products.resize(ran.records.size());
  WireWorld world(order_, fault_, accumulates_);
  on_ranks(at_.ranks(), [&](int rank) {
    Wires wires(world, rank);
    FusedWork work(fault_ == WireFault::fused && rank == at_.ranks() - 1);
    real::RankExecutor executor(plan, type, at_.seed, rank, wires, &work);
    executor.execute(run);
    const auto place = static_cast<std::size_t>(rank);
    ran.records[place] = real::rank_record(plan, run, type, executor, rank);
    if (type == ElementType::mod64) return;
    ran.products[place] = products_of_bodies(plan, run, type, at_.seed, executor, rank);
  });
  std::string refusal;
  const auto simulation = Simulation::run(plan,
                                          {.type = std::string(real::facts(type).name),
                                           .seed = at_.seed,
                                           .all_reduce = order_,
                                           .reduce_scatter = "rank_order",
                                           .all_reduce_settings = settings()},
                                          refusal);
  if (!simulation) throw std::logic_error(refusal);
  ran.parity = real::compare_run(plan, run, type, *simulation, ran.records);
  ran.copied = copied_bit(plan, run, *simulation, ran.records, ran.parity);
  return ran;
}

}  // namespace reducecheck::matrix
