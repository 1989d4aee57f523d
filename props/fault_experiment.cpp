// SPDX-License-Identifier: Apache-2.0
#include "props/fault_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "props/judged.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "sim/report/minimal.hpp"

namespace reducecheck::props {
namespace {

constexpr std::int64_t most_ranks = 4;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Experiment {
 public:
  Experiment(std::size_t first, std::size_t step, bool manual_only)
      : next_(first), step_(step), manual_only_(manual_only) {}

  void scenario(const Scenario& scenario) {
    Scenario small = scenario;
    small.ranks = std::min(small.ranks, most_ranks);
    const ScenarioResult result = judged(small);
    for (const Variant& variant : small.variants) {
      const bool holds = std::ranges::all_of(result.cells, [&](const Cell& cell) {
        return cell.variant != variant.name || cell.verdict == Verdict::holds;
      });
      if (holds) plant_in(small, variant);
    }
  }

  FaultTotals totals;

 private:
  void plant_in(const Scenario& scenario, const Variant& variant) {
    const Program program = whole_program(scenario, variant);
    for (const Fault& fault : faults(program, group_names(scenario))) {
      if (manual_only_ && !in_manual(fault.kind)) continue;
      if (seen_++ != next_) continue;
      next_ += step_;
      ++totals.planted;
      plant_one(with_program(scenario, variant, plant(program, fault)), fault);
    }
  }

  void plant_one(const Scenario& planted, const Fault& fault) {
    try {
      count(planted, fault, judged(planted));
    } catch (const IllFormed&) {
      ++totals.ill_formed;
    } catch (const std::exception& error) {
      failed(planted, fault, error.what());
    }
  }

  void count(const Scenario& planted, const Fault& fault, const ScenarioResult& result) {
    std::set<std::string> classes;
    for (const Cell& cell : result.cells) {
      if (cell.verdict == Verdict::undecided) failed(planted, fault, cell.reason);
      if (cell.verdict != Verdict::defect) continue;
      const std::string& name = cell.finding.value().defect_class;
      if (classes.insert(name).second && name == "unclassified") {
        failed(minimal_scenario(planted, cell, result.seed), fault, cell.finding->detail);
      }
    }
    if (classes.empty()) ++totals.harmless;
    if (!classes.empty()) ++totals.found;
    for (const std::string& name : classes) {
      ++totals.classes[name];
      ++totals.by_kind[fault.kind][name];
    }
  }

  void failed(const Scenario& planted, const Fault& fault, const std::string& why) {
    totals.failures.push_back({planted.entry, fault.name, why, print_scenario(planted)});
  }

  std::size_t seen_ = 0;
  std::size_t next_;
  std::size_t step_;
  bool manual_only_;
};

}  // namespace

std::vector<Scenario> catalogue(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Scenario> scenarios;
  for (const auto& file : files) {
    const std::string text = text_of(file);
    Diagnostics diagnostics;
    auto scenario = load_scenario(text, file.string(), diagnostics);
    if (!scenario) throw std::runtime_error(render(diagnostics, file.string(), text));
    scenarios.push_back(*std::move(scenario));
  }
  return scenarios;
}

FaultTotals plant_all(const std::vector<Scenario>& scenarios, std::size_t first, std::size_t step,
                      bool manual_only) {
  Experiment experiment(first, step, manual_only);
  for (const Scenario& scenario : scenarios) experiment.scenario(scenario);
  return std::move(experiment.totals);
}

std::vector<std::string> failure_texts(const FaultTotals& totals) {
  std::vector<std::string> texts;
  for (const FaultFailure& f : totals.failures) {
    texts.push_back(fmt::format("{}: {}: {}\n{}", f.entry, f.fault, f.why, f.scenario));
  }
  return texts;
}

std::string table(const FaultTotals& totals) {
  std::string text = fmt::format(
      "{} faults planted: {} found, {} change nothing, {} ill-formed, {} failures\n",
      totals.planted, totals.found, totals.harmless, totals.ill_formed, totals.failures.size());
  for (const auto& [name, count] : totals.classes) text += fmt::format("  {:26} {}\n", name, count);
  for (const auto& [kind, classes] : totals.by_kind) {
    text += fmt::format("{}:", spelling(kind));
    for (const auto& [name, count] : classes) text += fmt::format(" {} {}", name, count);
    text += '\n';
  }
  return text;
}

}  // namespace reducecheck::props
