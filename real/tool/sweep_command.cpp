// SPDX-License-Identifier: Apache-2.0
#include "real/tool/sweep_command.hpp"

#include <fmt/format.h>

#include <optional>

#include "real/tool/layouts.hpp"
#include "real/tool/start.hpp"
#include "scenarios/text/printable.hpp"
#include "sim/judge/share.hpp"
#include "sim/report/table.hpp"

namespace reducecheck::real {
namespace {

CheckOptions options_of(const Request& request, int processes) {
  CheckOptions options;
  options.seed = request.seed;
  options.mesh = request.mesh;
  options.up_to_ranks = request.up_to_ranks;
  options.tokens = request.tokens;
  options.variants = request.variants;
  options.threads = processes > 1 ? 1 : 0;  // a process a core
  return options;
}

/// The exit status that the tables ask for.
int status_of(const Report& report, bool complete) {
  if (!complete) return ExitStatus::usage;
  for (const ScenarioResult& result : report.scenarios) {
    if (result.unexpected() + result.undecided() > 0) return ExitStatus::different;
  }
  return ExitStatus::equal;
}

}  // namespace

int run_sweep(const Request& request, const SweepProcesses& processes) {
  std::string errors;
  const std::vector<Scenario> scenarios = load(request, errors);
  if (!errors.empty()) return refuse(errors);
  const CheckOptions options = options_of(request, processes.count);
  Report report;
  bool complete = true;
  for (const Scenario& scenario : scenarios) {
    Diagnostics diagnostics;
    const std::string share =
        judged_share(scenario, options, static_cast<std::size_t>(processes.rank),
                     static_cast<std::size_t>(processes.count), diagnostics);
    // The options are wrong for all processes alike.
    if (!diagnostics.empty()) return refuse(render(diagnostics, scenario.file, ""));
    const std::vector<std::string> shares = processes.gather(share);
    if (processes.rank != 0) continue;
    std::optional<ScenarioResult> result = merged_shares(scenario, options, shares, diagnostics);
    if (!result) {
      fmt::print(stderr, "reducecheck-real: error: the processes are not of one version\n");
      return ExitStatus::backend;
    }
    fmt::print(stderr, "{}", render(diagnostics, scenario.file, ""));
    complete = complete && diagnostics.empty();
    fmt::print("{}{}", report.scenarios.empty() ? "" : "\n", scenario_text(*result, {}));
    report.scenarios.push_back(std::move(*result));
  }
  if (processes.rank != 0) return ExitStatus::equal;
  fmt::print("\n{}", totals_text(report));
  return status_of(report, complete);
}

int run_sweep_alone(const Request& request) {
  return run_sweep(request, {.rank = 0, .count = 1, .gather = [](const std::string& share) {
                               return std::vector<std::string>{share};
                             }});
}

}  // namespace reducecheck::real
