// SPDX-License-Identifier: Apache-2.0
// Whole checks, as `reducecheck check` does them, and what builds take.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "sim/bench/bench_options.hpp"
#include "sim/bench/timing.hpp"
#include "sim/judge/check.hpp"
#include "sim/prove/beside_sweep.hpp"

namespace reducecheck::bench {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> scenario_files(const BenchOptions& options) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(options.catalogue)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (options.quick && files.size() > 3) files.resize(3);
  return files;
}

Scenario loaded(const fs::path& file) {
  Diagnostics diagnostics;
  auto scenario = load_scenario(text_of(file), file.string(), diagnostics);
  if (!scenario) {
    fmt::print(stderr, "{}: not a scenario\n", file.string());
    std::exit(1);
  }
  return std::move(*scenario);
}

ScenarioResult checked(const Scenario& scenario, const CheckOptions& options) {
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(scenario, options, diagnostics);
  if (diagnostics.empty()) return result;
  fmt::print(stderr, "{}", render(diagnostics, scenario.file, ""));
  std::exit(1);
}

void whole_catalogue(const BenchOptions& options, BenchTable& table) {
  const std::vector<fs::path> files = scenario_files(options);
  std::vector<std::pair<double, std::string>> slowest;  // of the sweeps
  std::size_t cells = 0;
  double proving = 0;
  const double whole = seconds_of(Meter::wall, [&] {
    for (const fs::path& file : files) {
      const Scenario scenario = loaded(file);
      ScenarioResult result = checked(scenario, {});
      cells += result.cells.size();
      slowest.emplace_back(result.seconds, file.stem().string());
      proving +=
          seconds_of(Meter::wall, [&] { prove_beside_sweep(scenario, result.seed, result); });
    }
  });
  std::ranges::sort(slowest, std::greater{});
  std::string which;
  double three = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, slowest.size()); ++i) {
    three += slowest[i].first;
    which += (which.empty() ? "" : ", ") + slowest[i].second;
  }
  BenchRow row =
      at_most(fmt::format("check of the whole catalogue, {} scenarios, all cores", files.size()),
              10, whole, Unit::seconds,
              fmt::format("{:.1f} s are the sweeps of {}; {:.1f} s the proofs, on one core", three,
                          which, proving));
  row.measured += fmt::format(" ({} cells)", cells);
  table.add(std::move(row));
  table.add(at_most("of it the prover", 1, proving, Unit::seconds,
                    "a proof of each of several hundred variants, on one core"));
}

/// The merge of GLM-4.5 in every layout of up to so many ranks. To 1,024 that is estimated from
/// smaller sweeps where they say that it would take too long.
void large_sweep(const BenchOptions& options, BenchTable& table) {
  constexpr double bar = 60;
  constexpr int most_ranks = 1024;
  const char* const what = "sweep of merge_allreduce to 1,024 ranks, all layouts";
  const Scenario scenario =
      loaded(fs::path(options.catalogue) / "fastdeploy" / "merge_allreduce.toml");
  int ranks = options.quick ? 4 : 16;
  const auto sweep_seconds = [&] {
    CheckOptions all;
    all.up_to_ranks = ranks;
    return seconds_of(Meter::wall, [&] { checked(scenario, all); });
  };
  double before = sweep_seconds();
  double exponent = 0;
  double expected = 0;
  double seconds = before;
  while (ranks < most_ranks) {
    ranks *= 2;
    seconds = sweep_seconds();
    exponent = std::log2(seconds / before);
    before = seconds;
    expected = seconds * std::exp2(exponent * std::log2(most_ranks / ranks));
    if (options.quick || (seconds > 3 && expected > 2 * bar)) break;
  }
  if (ranks == most_ranks) {
    table.add(at_most(what, bar, seconds, Unit::seconds, "many layouts of many ranks"));
    return;
  }
  table.add({what, fmt::format("at most {}", told(bar, Unit::seconds)),
             fmt::format("{} to {} ranks; to 1,024 about {:.1g} h", told(seconds, Unit::seconds),
                         ranks, expected / 3600),
             false,
             fmt::format("toy widths, experts and tokens grow with the ranks, so the work of a "
                         "layout does too: the sweep grows as ranks^{:.1f}; not run to its end",
                         exponent)});
}

}  // namespace

void check_rows(const BenchOptions& options, BenchTable& table) {
  whole_catalogue(options, table);
  large_sweep(options, table);
}

void build_rows(const BenchOptions& options, BenchTable& table) {
  const auto json = nlohmann::json::parse(text_of(options.build_record), nullptr, false);
  const char* const clean = "clean build with tests";
  const char* const again = "build after a change of one file";
  const bool complete = json.is_object() && json.contains("clean") && json.contains("one_file") &&
                        json.contains("date") && json.contains("file");
  if (!complete) {
    const char* const how = "`cmake --build --preset release --target bench-build` measures it";
    table.add(not_measured(clean, "at most 120 s", how));
    table.add(not_measured(again, "at most 10 s", how));
    return;
  }
  BenchRow of_clean =
      at_most(clean, 120, json["clean"].get<double>(), Unit::seconds,
              fmt::format("{} processor seconds of compilation, most of them in the tests",
                          json.value("processor", 0)));
  BenchRow of_one = at_most(again, 10, json["one_file"].get<double>(), Unit::seconds,
                            "linking every test with the library, and its batch of sources");
  of_clean.measured += fmt::format(" ({})", json["date"].get<std::string>());
  of_one.measured += fmt::format(" ({})", json["file"].get<std::string>());
  table.add(std::move(of_clean));
  table.add(std::move(of_one));
}

}  // namespace reducecheck::bench
