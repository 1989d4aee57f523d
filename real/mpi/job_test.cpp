// SPDX-License-Identifier: Apache-2.0
// Layers of the catalogue, executed by processes, against the simulator. Run on every rank of a
// job.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "real/execute/rank.hpp"
#include "real/mpi/error.hpp"
#include "real/mpi/job.hpp"
#include "real/parity/run_parity.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {
namespace {

int world(int (*ask)(MPI_Comm, int*)) {
  int number = 0;
  ask(MPI_COMM_WORLD, &number);
  return number;
}

// What few layers of the catalogue do: cuts, sums and maxima of columns and rows, an average over
// ranks, reduce_scatter by columns, broadcast, ids as input, tables, uninitialised padding.
constexpr const char* unusual = R"toml(title = "unusual"
mesh = { axes = ["tp"], tp = [2, 4] }
input = { x = "tokens, hidden", words = "tokens, index(vocab)" }
output = { y = "tokens, hidden" }

[weights]
embedding = "table(vocab, hidden)"
gain = "vector(hidden)"
square = "linear(hidden, hidden)"
[program]
reference = "y = x"
distributed = '''
h = broadcast(embedding(words), tp) + quant(x, all_reduce(amax(chunk(x, tp)), tp, op="max"))
h = norm(all_reduce(h - x @ square, tp, op="avg"), gain)
padded = pad(h, 2 * size(tp) * rows(h), garbage)
part = chunk(h, tp, dim=cols) / 3 - reduce_scatter(h, tp, dim=cols)
p, ids = topk(part, 1)
part = part * sigmoid(sum(part, rows)) + 1 / (2 + max(part)) + where(ids > 0, p, part)
mine = reduce_scatter(padded, tp)
y = cat(take(h, 1), all_gather(part, tp, dim=cols)[0:rows(h)], dim=cols)
y = all_gatherv(mine, tp)[0:rows(h)] * take(y, 0) + gelu(embedding(words // 2, 0.5))
'''

[variant]
all = "pass"
)toml";

Scenario loaded(const std::string& text, const std::string& name) {
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, name, diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, name, text));
  return *scenario;
}

Scenario catalogued(const std::string& name) {
  std::ifstream stream("scenarios/catalogue/" + name);
  return loaded({std::istreambuf_iterator<char>(stream), {}}, name);
}

struct Totals {
  std::size_t runs = 0;
  std::size_t collectives = 0;
  std::size_t elements = 0;

  friend Totals operator+(const Totals& a, const Totals& b) {
    return {a.runs + b.runs, a.collectives + b.collectives, a.elements + b.elements};
  }
};

/// Every variant in every layout with as many ranks as the job has.
Totals run_all(const Scenario& scenario, ElementType type, MPI_Comm comm,
               const std::string& order) {
  Totals totals;
  Diagnostics diagnostics;
  for (const Configuration& at : sweep(scenario, {}, diagnostics).configurations) {
    const Scope scope(scenario, at);
    if (scope.mesh().ranks() != world(MPI_Comm_size)) continue;
    for (const Variant& variant : scenario.variants) {
      const Plan plan = unroll(scope, {&variant});
      const Run& run = plan.variants[0];
      if (run.finding || !can_execute(plan, run, type)) continue;
      CallLog log(world(MPI_Comm_rank));
      const auto records = run_job(comm, plan, run, scope.mesh(), {.type = type, .seed = 3}, log);
      if (world(MPI_Comm_rank) != 0) continue;
      std::string refusal;
      const auto simulation = Simulation::run(plan,
                                              {.type = std::string(facts(type).name),
                                               .seed = 3,
                                               .all_reduce = order,
                                               .reduce_scatter = "openmpi_basic_linear"},
                                              refusal);
      if (!simulation) {
        ADD_FAILURE() << refusal;
        continue;
      }
      const RunParity parity = compare_run(plan, run, type, *simulation, records);
      EXPECT_TRUE(parity.equal()) << scenario.file << ' ' << variant.name << ' ' << facts(type).name
                                  << ": " << parity.different_steps << " steps, first "
                                  << parity.first << "; " << parity.first_element;
      ++totals.runs;
      totals.collectives += parity.collectives;
      totals.elements += parity.elements;
    }
  }
  return totals;
}

void tell(const char* what, const Totals& totals) {
  if (world(MPI_Comm_rank) != 0) return;
  fmt::print("{} ranks, {}: {} runs, {} collectives, {} elements of outputs\n",
             world(MPI_Comm_size), what, totals.runs, totals.collectives, totals.elements);
  EXPECT_GT(totals.collectives, 0U);
}

constexpr const char* layers[] = {
    "vllm/aria_shared_double.toml",          "fastdeploy/merge_allreduce.toml",
    "fastdeploy/ep_tp_token_split.toml",     "sglang/moe_mask_local_count.toml",
    "vllm/sp_moe_shared_sharded.toml",       "vllm/mori_combine_ids.toml",
    "megatron/switchmlp_sp_no_ep.toml",      "tokenspeed/moe_collective_rows.toml",
    "vllm_ascend/fused_alltoall_shared.toml"};

/// The records of the merged variant of a layer in one layout of the job's size, its plan beside.
struct OneRun {
  Plan plan;
  std::vector<std::vector<std::uint64_t>> records;
};

OneRun merged_run(ElementType type, MPI_Comm comm) {
  static const Scenario scenario = catalogued(layers[1]);
  Diagnostics diagnostics;
  const SweepOptions all{.mesh = {{"tp", world(MPI_Comm_size)}}, .up_to_ranks = {}};
  const Scope scope(scenario, sweep(scenario, all, diagnostics).configurations.at(0));
  OneRun one;
  for (const Variant& variant : scenario.variants) {
    if (variant.name == "merged") one.plan = unroll(scope, {&variant});
  }
  CallLog log(world(MPI_Comm_rank));
  one.records = run_job(comm, one.plan, one.plan.variants.at(0), scope.mesh(), {.type = type}, log);
  return one;
}

TEST(Job, AChangedBitIsFoundAndPlaced) {
  OneRun one = merged_run(ElementType::mod64, MPI_COMM_WORLD);
  if (world(MPI_Comm_rank) != 0) return;
  const reducecheck::Run& run = one.plan.variants[0];
  std::string refusal;
  const auto simulation = Simulation::run(one.plan, {}, refusal);
  ASSERT_TRUE(simulation) << refusal;
  const auto compared = [&] {
    return compare_run(one.plan, run, ElementType::mod64, *simulation, one.records);
  };
  ASSERT_TRUE(compared().equal());
  one.records.back().back() ^= 1;  // the last element of the last output
  EXPECT_EQ(compared().different_elements, 1U);
  EXPECT_NE(compared().first_element.find(
                fmt::format("on rank {}: the simulator has", world(MPI_Comm_size) - 1)),
            std::string::npos)
      << compared().first_element;
  one.records.front().front() ^= 1;  // the digest of the first step
  EXPECT_EQ(compared().different_steps, 1U);
  EXPECT_EQ(compared().first.rfind("rank 0, step 0: ", 0), 0U) << compared().first;
}

TEST(Job, BitsOfAnotherOrderAreDifferent) {
  if (world(MPI_Comm_size) == 2) GTEST_SKIP() << "two ranks have one order";
  std::string refusal;
  MPI_Comm comm = forced_communicator(MPI_COMM_WORLD, *algorithm_named("ring"), refusal);
  ASSERT_NE(comm, MPI_COMM_NULL) << refusal;
  const OneRun one = merged_run(ElementType::bf16, comm);
  MPI_Comm_free(&comm);
  if (world(MPI_Comm_rank) != 0) return;
  for (const char* order : {"openmpi_ring", "openmpi_basic_linear"}) {
    const auto simulation = Simulation::run(
        one.plan,
        {.type = "bf16", .seed = 1, .all_reduce = order, .reduce_scatter = "openmpi_basic_linear"},
        refusal);
    ASSERT_TRUE(simulation) << refusal;
    const RunParity parity =
        compare_run(one.plan, one.plan.variants[0], ElementType::bf16, *simulation, one.records);
    EXPECT_EQ(parity.equal(), order == std::string_view("openmpi_ring")) << order;
  }
}

/// Whether the environment asks for every layer, and every type with every algorithm.
bool asked_for_all() {
  return std::getenv("REDUCECHECK_ALL_LAYERS") != nullptr;
}

/// Layers in integers: a few, or the catalogue.
std::vector<std::string> integer_layers() {
  if (!asked_for_all()) return {std::begin(layers), std::end(layers)};
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() != ".toml") continue;
    all.push_back(entry.path().lexically_relative("scenarios/catalogue").string());
  }
  std::ranges::sort(all);  // every rank walks them in one order
  return all;
}

TEST(Job, IntegersAreEqualOnEveryRank) {
  Totals all;
  for (const std::string& layer : integer_layers()) {
    all = all + run_all(catalogued(layer), ElementType::mod64, MPI_COMM_WORLD, "");
  }
  tell("mod64", all);
}

TEST(Job, BitsAreThoseOfTheForcedOrder) {
  constexpr ElementType types[] = {ElementType::fp32, ElementType::bf16, ElementType::fp16};
  std::size_t turn = 0;
  for (const Algorithm& algorithm : algorithms()) {
    std::string refusal;
    MPI_Comm comm = forced_communicator(MPI_COMM_WORLD, algorithm, refusal);
    ASSERT_NE(comm, MPI_COMM_NULL) << refusal;
    ++turn;
    for (const ElementType type : types) {
      if (!asked_for_all() && type != types[turn % std::size(types)]) continue;
      Totals all;
      for (const char* layer : {layers[1], layers[4]}) {
        all = all + run_all(catalogued(layer), type, comm, std::string(algorithm.order));
      }
      all =
          all + run_all(loaded(unusual, "unusual.toml"), type, comm, std::string(algorithm.order));
      tell(fmt::format("{} {}", algorithm.name, facts(type).name).c_str(), all);
    }
    MPI_Comm_free(&comm);
  }
}

}  // namespace
}  // namespace reducecheck::real
