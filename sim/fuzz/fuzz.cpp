// SPDX-License-Identifier: Apache-2.0
#include "sim/fuzz/fuzz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>

#include "sim/fuzz/random_layer.hpp"
#include "sim/fuzz/shrink_program.hpp"
#include "sim/judge/on_threads.hpp"

namespace reducecheck {
namespace {

void add(ProgramComparison& sum, const ProgramComparison& one) {
  sum.cells += one.cells;
  sum.right += one.right;
  sum.wrong += one.wrong;
  sum.modulo_64 += one.modulo_64;
  sum.undecided += one.undecided;
  sum.meaningless += one.meaningless;
}

/// Programs shared out among threads; what is found is kept by the program's number.
class Campaign {
 public:
  explicit Campaign(const FuzzOptions& options) : options_(options) {}

  void run() {
    std::atomic<std::uint64_t> next = 0;
    const auto start = std::chrono::steady_clock::now();
    const auto work = [&] {
      while (true) {
        const std::chrono::duration<double> past = std::chrono::steady_clock::now() - start;
        if (!options_.programs && past.count() >= options_.seconds) return;
        const std::uint64_t index = next++;
        if (options_.programs && index >= *options_.programs) return;
        if (options_.progress) {
          options_.progress(options_.programs ? index : static_cast<std::size_t>(past.count()),
                            options_.programs.value_or(static_cast<std::size_t>(options_.seconds)));
        }
        take(index);
      }
    };
    on_threads(thread_count(options_.threads, options_.programs.value_or(~std::uint64_t{0})), work);
  }

  FuzzResult take_result() {
    for (const auto& [index, disagreement] : disagreements_) {
      if (result_.findings.size() == options_.shrunk) break;
      result_.findings.push_back(smallest(index, disagreement));
    }
    result_.disagreements = disagreements_.size();
    return std::move(result_);
  }

 private:
  void take(std::uint64_t index) {
    const Scenario scenario = random_program(options_.seed, index);
    const ProgramComparison one = compared(scenario);
    const std::lock_guard lock(mutex_);
    ++result_.programs;
    if (one.wrong == 0 && one.right > 0) ++result_.right_programs;
    add(result_.cells, one);
    if (one.disagreement) disagreements_.emplace(index, *one.disagreement);
  }

  [[nodiscard]] ProgramComparison compared(const Scenario& scenario) const {
    return compare_program(scenario, options_.seed, options_.ranks, options_.prover);
  }

  [[nodiscard]] FuzzFinding smallest(std::uint64_t index,
                                     const FuzzDisagreement& disagreement) const {
    FuzzFinding finding{index, random_program(options_.seed, index), disagreement.sentence};
    finding.scenario =
        shrunk_program(std::move(finding.scenario), disagreement.at,
                       [&](const Scenario& one) { return compared(one).disagreement.has_value(); });
    const ProgramComparison now = compared(finding.scenario);
    if (now.disagreement) finding.sentence = now.disagreement->sentence;
    finding.scenario.title =
        fmt::format("interpreters disagree: program {} of seed {}", index, options_.seed);
    finding.scenario.note = finding.sentence;
    return finding;
  }

  const FuzzOptions& options_;
  std::mutex mutex_;
  FuzzResult result_;
  std::map<std::uint64_t, FuzzDisagreement> disagreements_;
};

}  // namespace

FuzzResult fuzz_programs(const FuzzOptions& options) {
  Campaign campaign(options);
  campaign.run();
  return campaign.take_result();
}

}  // namespace reducecheck
