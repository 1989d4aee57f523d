// SPDX-License-Identifier: Apache-2.0
#include "real/tool/start.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <set>
#include <string_view>

#include "real/tool/collectives_report.hpp"
#include "real/tool/job_report.hpp"

namespace reducecheck::real {
namespace {

constexpr int ranks_of_collectives = 2;

bool is_first_rank() {
  for (const char* name : {"RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    const char* rank = std::getenv(name);
    if (rank != nullptr) return std::string_view(rank) == "0";
  }
  const char* rank =
      std::getenv("SLURM_STEP_ID") == nullptr ? nullptr : std::getenv("SLURM_PROCID");
  return rank == nullptr || std::string_view(rank) == "0";
}

/// What to type for that many ranks.
std::string launch_line(const std::string& starter, int ranks,
                        const std::vector<std::string>& words) {
  return fmt::format("{} {} reducecheck-real {}", starter, ranks,
                     fmt::join(words_of_ranks(words), " "));
}

/// Why no layout has that many ranks; `possible` are ascending.
std::string wrong_size(const Request& request, const std::set<int>& possible, int ranks,
                       const std::vector<std::string>& words, const std::string& starter) {
  std::string text = fmt::format(
      "reducecheck-real: error: no layout of {} that is asked for has {} rank{}; possible: {}\n",
      fmt::join(request.files, ", "), ranks, ranks == 1 ? "" : "s", fmt::join(possible, ", "));
  if (!possible.empty()) {
    text += fmt::format("  {}\n", launch_line(starter, *possible.rbegin(), words));
  }
  return text;
}

}  // namespace

int refuse(const std::string& text) {
  if (is_first_rank()) fmt::print(stderr, "{}", text);
  return ExitStatus::usage;
}

std::vector<std::string> words_of_ranks(const std::vector<std::string>& words) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("--launch=")) continue;
    if (words[i] != "--launch") {
      kept.push_back(words[i]);
    } else if (i + 1 < words.size() && is_number(words[i + 1])) {
      ++i;
    }
  }
  return kept;
}

Start start_of(const Request& request, const std::vector<std::string>& words,
               const std::string& starter) {
  Start start;
  start.ranks = request.ranks > 0 ? request.ranks : ranks_of_collectives;
  if (request.command == Command::run) {
    const std::vector<Scenario> scenarios = load(request, start.errors);
    if (!start.errors.empty()) return start;
    std::set<int> possible;
    for (const Scenario& scenario : scenarios) {
      const Layouts layouts = layouts_of(scenario, request, request.ranks, start.errors);
      possible.insert(layouts.ranks.begin(), layouts.ranks.end());
    }
    if (!start.errors.empty()) return start;
    // As many ranks as any layout that is asked for has.
    if (request.ranks == 0) start.ranks = possible.empty() ? 1 : *possible.rbegin();
    if (!possible.contains(start.ranks)) {
      start.errors = wrong_size(request, possible, start.ranks, words, starter);
      return start;
    }
  }
  if (request.launches) return start;
  start.errors = fmt::format(
      "reducecheck-real: error: this is one process; ranks are processes of a job\n"
      "  {}\nor let it start them, and watch them: add --launch\n",
      launch_line(starter, start.ranks, words));
  return start;
}

std::vector<Layouts> layouts_of_job(const Request& request, const std::vector<Scenario>& scenarios,
                                    int ranks, const std::vector<std::string>& words,
                                    const std::string& starter, std::string& errors) {
  std::vector<Layouts> all;
  std::set<int> possible;
  for (const Scenario& scenario : scenarios) {
    all.push_back(layouts_of(scenario, request, ranks, errors));
    possible.insert(all.back().ranks.begin(), all.back().ranks.end());
  }
  if (errors.empty() && !possible.contains(ranks)) {
    errors = wrong_size(request, possible, ranks, words, starter);
  }
  return all;
}

int run_job_of(const Request& request, const std::vector<Scenario>& scenarios,
               const std::vector<std::string>& words, const std::string& starter, Job& job) {
  if (request.command == Command::collectives) return run_collectives(request, job);
  std::string errors;
  const auto layouts = layouts_of_job(request, scenarios, job.size(), words, starter, errors);
  if (!errors.empty()) return refuse(errors);
  return run_layouts(request, scenarios, layouts, job);
}

int tell_report(const JobReport& report) {
  for (const std::string& sentence : report.told) {
    fmt::print(stderr, "reducecheck-real: {}\n", sentence);
  }
  if (report.outcome == JobOutcome::mismatched) return ExitStatus::different;
  if (report.outcome == JobOutcome::failed) return ExitStatus::backend;
  return report.status;
}

}  // namespace reducecheck::real
