// SPDX-License-Identifier: Apache-2.0
// Layers of the catalogue over the stand-in: every run is the simulator's, and every rank calls
// what the plan says. A run that divides, which integers modulo 2^64 cannot, is compared in fp32,
// by the bits of sums along a ring.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

#include "real/tool/planned_calls_test.hpp"
#include "real/tool/ran_test.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"

namespace reducecheck::real {
namespace {

using Files = std::vector<std::string>;

const CarriedType mod64 = {.name = "mod64", .nccl = "uint64", .bytes = 8, .any_order = true};
const CarriedType fp32 = {.name = "fp32",
                          .nccl = "float32",
                          .bytes = 4,
                          .any_order = false,
                          .all_reduce = "nccl_ring",
                          .scatter = "nccl_ring_reduce_scatter"};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Scenario scenario_in(const std::string& file) {
  const std::string text = text_of(file);
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file, diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, file, text));
  return *scenario;
}

/// The catalogue where the environment asks for it, which takes a minute; else a few layers.
Files files_of_test(int ranks) {
  Files files;
  if (std::getenv("REDUCECHECK_ALL_LAYERS") != nullptr) {
    for (const auto& each : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
      if (each.path().extension() == ".toml") files.push_back(each.path().string());
    }
    std::ranges::sort(files);
    return files;
  }
  for (const char* name : {"tt_mlir/rmsnorm_sum_vs_mean", "fastdeploy/ep_tp_token_split",
                           "vllm/mori_combine_ids", "vllm/sp_moe_shared_sharded"}) {
    files.push_back(fmt::format("scenarios/catalogue/{}.toml", name));
  }
  if (ranks != 2 && ranks != 4) files.resize(2);
  return files;
}

/// A run that a plan has, and what became of it.
struct CatalogueRun {
  std::string label;
  bool divides = false;            // it cannot run in integers
  bool reference_divides = false;  // it can, but the simulator's plan cannot
  std::string finding;             // why the ranks cannot come to its end
  std::string parity;              // as the tool tells it

  [[nodiscard]] bool needs_fp32() const { return divides || reference_divides; }
};

/// One job of the tool over those files, with its logs.
class CatalogueJob {
 public:
  CatalogueJob(Files files, int ranks, const CarriedType& type)
      : files_(std::move(files)), ranks_(ranks), type_(type) {}

  void run() {
    const auto folder =
        std::filesystem::path(testing::TempDir()) /
        fmt::format("reducecheck_catalogue_{}_{}_{}", type_.name, ranks_, ::getpid());
    std::filesystem::create_directories(folder);
    ran_ = shell(fmt::format(
        "REDUCECHECK_NCCL_LOG='{}' '{}' run {} --launch {} --up-to-ranks {} --deadline 60 "
        "--dtype {}{}",
        folder.string(), REDUCECHECK_REAL_STANDIN, fmt::join(files_, " "), ranks_, ranks_,
        type_.name, type_.any_order ? "" : " --algorithm ring"));
    for (int rank = 0; rank < ranks_; ++rank) {
      logs_.push_back(parse_nccl_log(text_of(folder / nccl_log_name(rank))));
    }
    std::filesystem::remove_all(folder);
    read_rows();
    plan();
  }

  [[nodiscard]] const Ran& ran() const { return ran_; }
  [[nodiscard]] const std::vector<CatalogueRun>& runs() const { return runs_; }
  [[nodiscard]] const JobCalls& planned() const { return planned_; }
  [[nodiscard]] std::vector<ParsedNcclLog>& logs() { return logs_; }

 private:
  /// The table: a row `  variant  layout  what became of it` behind each head.
  void read_rows() {
    std::istringstream lines(ran_.out);
    std::string line;
    while (std::getline(lines, line)) {
      const bool row = line.starts_with("  ") && !line.starts_with("    ") &&
                       !line.starts_with("  file ") && !line.starts_with("  backend ") &&
                       !line.starts_with("  no layout of ");
      if (row) rows_.push_back(line.substr(2));
    }
  }

  void plan() {
    planned_.resize(static_cast<std::size_t>(ranks_));
    for (const std::string& file : files_) {
      const Scenario scenario = scenario_in(file);
      Diagnostics diagnostics;
      const SweepOptions options{.mesh = {}, .up_to_ranks = ranks_};
      for (const Configuration& at : sweep(scenario, options, diagnostics).configurations) {
        const Scope scope(scenario, at);
        if (scope.mesh().ranks() != ranks_) continue;
        for (const Variant& variant : scenario.variants) plan_one(scope, variant);
      }
    }
  }

  void plan_one(const Scope& scope, const Variant& variant) {
    CatalogueRun run;
    if (runs_.size() < rows_.size()) run.parity = rows_[runs_.size()];
    run.label = fmt::format("{}, {}", scope.scenario().file, run.parity.substr(0, 60));
    try {
      const Plan plan = unroll(scope, {&variant});
      const Run& unrolled = plan.variants[0];
      if (unrolled.finding) run.finding = unrolled.finding->defect_class;
      run.divides = !unrolled.finding && divides(plan, unrolled);
      run.reference_divides = !unrolled.finding && divides(plan, plan.reference);
      if (run.finding.empty() && !(run.divides && type_.any_order)) {
        add_planned(plan, unrolled, type_, run.label, planned_);
      }
    } catch (const TextError& error) {
      run.finding = error.what();
    }
    runs_.push_back(std::move(run));
  }

  Files files_;
  int ranks_;
  CarriedType type_;
  Ran ran_;
  std::vector<std::string> rows_;
  std::vector<CatalogueRun> runs_;
  std::vector<ParsedNcclLog> logs_;
  JobCalls planned_;
};

/// The job equals the simulator in all that it can run, and its ranks call what is planned.
void expect_as_planned(CatalogueJob& job, const CarriedType& type) {
  EXPECT_EQ(job.ran().status, 0) << job.ran().out;
  for (const CatalogueRun& run : job.runs()) {
    const char* told = "  equal: ";
    if (run.reference_divides && type.any_order)
      told = "  ran; not comparable: the program divides";
    if (run.divides && type.any_order) told = "  not run: it divides";
    if (!run.finding.empty()) told = "  not run: ";
    EXPECT_NE(run.parity.find(told), std::string::npos) << run.label;
  }
  std::string wrong;
  const JobCalls logged = logged_calls(job.logs(), wrong);
  EXPECT_EQ(wrong, "");
  EXPECT_EQ(parting(job.planned(), logged, !type.any_order), "");
}

std::size_t calls_in(const JobCalls& calls) {
  std::size_t all = 0;
  for (const auto& one : calls) all += one.size();
  return all;
}

/// The runs of a job by what they need, each in one of the three.
struct CatalogueTally {
  std::size_t exact = 0;
  std::size_t dividing = 0;
  std::map<std::string, std::size_t> without_end;
  Files files_that_divide;

  explicit CatalogueTally(const std::vector<CatalogueRun>& runs) {
    for (const CatalogueRun& run : runs) {
      const std::string file = run.label.substr(0, run.label.find(','));
      if (!run.finding.empty()) {
        ++without_end[run.finding];
      } else if (!run.needs_fp32()) {
        ++exact;
      } else {
        ++dividing;
        const bool known = !files_that_divide.empty() && files_that_divide.back() == file;
        if (!known) files_that_divide.push_back(file);
      }
    }
  }
};

class Catalogue : public testing::TestWithParam<int> {};

TEST_P(Catalogue, EveryRunIsTheSimulatorsAndCallsWhatIsPlanned) {
  const int ranks = GetParam();
  const auto begin = std::chrono::steady_clock::now();
  CatalogueJob exact(files_of_test(ranks), ranks, mod64);
  exact.run();
  ASSERT_FALSE(exact.runs().empty()) << exact.ran().out;
  expect_as_planned(exact, mod64);
  const CatalogueTally tally(exact.runs());
  std::size_t calls = calls_in(exact.planned());
  if (tally.dividing > 0) {
    CatalogueJob rounded(tally.files_that_divide, ranks, fp32);
    rounded.run();
    expect_as_planned(rounded, fp32);
    EXPECT_EQ(CatalogueTally(rounded.runs()).dividing, tally.dividing);
    calls += calls_in(rounded.planned());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print(
      "{} ranks: {} runs: {} equal in mod64, {} that divide equal in every bit of fp32; {} "
      "calls of all ranks as planned; {:.1f} s\n",
      ranks, exact.runs().size(), tally.exact, tally.dividing, calls, took.count());
  for (const auto& [why, runs] : tally.without_end) {
    fmt::print("  {} with no end to compare: {}\n", runs, why);
  }
}

INSTANTIATE_TEST_SUITE_P(Ranks, Catalogue, testing::Range(1, 9), testing::PrintToStringParamName());

/// The logs of a job of two layers with one line changed.
std::string parted(const CatalogueJob& job, std::vector<ParsedNcclLog> logs) {
  std::string wrong;
  const JobCalls logged = logged_calls(logs, wrong);
  return wrong.empty() ? parting(job.planned(), logged, false) : wrong;
}

TEST(CatalogueCalls, AWrongLogIsSeen) {
  CatalogueJob job({"scenarios/catalogue/fastdeploy/ep_tp_token_split.toml",
                    "scenarios/catalogue/vllm/sp_moe_shared_sharded.toml"},
                   4, mod64);
  job.run();
  EXPECT_EQ(parted(job, job.logs()), "");
  std::size_t at = 0;  // two calls, one behind the other, that differ
  const auto& calls = job.logs()[2].calls;
  while (calls[at].call.operation != "ReduceScatter" && calls[at].call.operation != "AllReduce")
    ++at;
  while (calls[at].call.operation == calls[at + 1].call.operation) ++at;
  const auto changed = [&](auto change) {
    std::vector<ParsedNcclLog> logs = job.logs();
    change(logs[2].calls);
    return parted(job, logs);
  };
  const auto begins = [](const std::string& text) { return text.substr(0, 13); };
  EXPECT_EQ(begins(changed([&](auto& these) { these.erase(these.begin() + std::ptrdiff_t(at)); })),
            "rank 2, call ");
  EXPECT_EQ(begins(changed([&](auto& these) { std::swap(these[at], these[at + 1]); })),
            "rank 2, call ");
  const std::string counted = changed([&](auto& these) {
    for (CallField& each : these[at].call.fields) {
      if (each.key == "count") each.value = "5";
    }
  });
  EXPECT_NE(counted.find(", logged " + calls[at].call.operation + " count=5 "), std::string::npos)
      << counted;
  EXPECT_NE(
      changed([&](auto& these) { these.insert(these.begin() + std::ptrdiff_t(at), these[at]); }),
      "");
  EXPECT_EQ(changed([](auto& these) { these.pop_back(); }),
            "rank 2 did not make and end each communicator once");
  fmt::print("canary reported: call log: {}\n", counted);
}

}  // namespace
}  // namespace reducecheck::real
