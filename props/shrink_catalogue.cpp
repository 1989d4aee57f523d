// SPDX-License-Identifier: Apache-2.0
// Every wrong variant of the catalogue, from a large layout in which it fails to a small one.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "props/fault_experiment.hpp"
#include "props/shrink_cell.hpp"
#include "scenarios/unroll/sweep.hpp"

namespace reducecheck::props {
namespace {

constexpr std::int64_t many_tokens = 64;
constexpr std::size_t most_starts = 24;  // layouts that are tried for a large failing one

struct Shrunk {
  std::string bug;  // `vllm/aria_shared_double buggy`
  std::string defect_class;
  std::int64_t ranks_before = 0;
  std::int64_t tokens_before = 0;
  SmallCell after;
  bool same_class = false;
};

std::int64_t ranks_of(const Configuration& at) {
  return std::accumulate(at.axes.begin(), at.axes.end(), std::int64_t{1}, std::multiplies());
}

/// Layouts of at most so many ranks, largest first; of equal ones those in which most axes are
/// larger than 1.
std::vector<Configuration> large_layouts(const Scenario& scenario, std::int64_t ranks) {
  Diagnostics diagnostics;
  SweepOptions options;
  options.up_to_ranks = ranks;
  auto all = sweep(scenario, options, diagnostics).configurations;
  const auto rank = [](const Configuration& at) {
    const auto split = std::ranges::count_if(at.axes, [](std::int64_t size) { return size > 1; });
    return std::pair(ranks_of(at), split);
  };
  std::ranges::stable_sort(all, std::greater(), rank);
  return all;
}

/// The variant in a large layout with many tokens in which it fails.
std::optional<Scenario> large_failing(const Scenario& scenario, const Variant& variant,
                                      std::int64_t ranks) {
  const std::vector<Configuration> all = large_layouts(scenario, ranks);
  // Some of the largest, and then from the smallest on.
  for (std::size_t i = 0; i < std::min(2 * most_starts, all.size()); ++i) {
    const std::size_t at = i < most_starts ? i : all.size() - 1 - (i - most_starts);
    Scenario one = in_configuration(scenario, variant, all[at]);
    Scenario full = one;
    set_size(full, "tokens", many_tokens);
    if (finding_of(full)) return full;
    if (finding_of(one)) return one;
  }
  return std::nullopt;
}

std::int64_t ranks_in(const Scenario& one) {
  std::int64_t ranks = 1;
  for (const Axis& axis : one.axes) ranks *= axis.sizes.front();
  return ranks;
}

/// The variants of which the file says that they are wrong somewhere.
std::vector<const Variant*> wrong_variants(const Scenario& scenario) {
  std::vector<const Variant*> wrong;
  for (const Variant& variant : scenario.variants) {
    for (const Expectation& expected : scenario.expectations) {
      const bool defect = std::ranges::any_of(
          expected.verdicts, [](const ExpectedVerdict& one) { return one.verdict != "holds"; });
      if (expected.variant != variant.name || !defect) continue;
      wrong.push_back(&variant);
      break;
    }
  }
  return wrong;
}

struct Totals {
  std::vector<Shrunk> all;
  std::vector<std::string> not_found;

  [[nodiscard]] std::size_t small() const {
    return static_cast<std::size_t>(std::ranges::count_if(all, [](const Shrunk& one) {
      return one.after.ranks <= 4 && one.after.tokens <= 2 && one.same_class;
    }));
  }
  [[nodiscard]] std::size_t median_trials() const {
    std::vector<std::size_t> trials;
    for (const Shrunk& one : all) trials.push_back(one.after.trials);
    if (trials.empty()) return 0;
    const auto middle = trials.begin() + static_cast<std::ptrdiff_t>(trials.size() / 2);
    std::ranges::nth_element(trials, middle);
    return *middle;
  }
  [[nodiscard]] std::size_t most_trials() const {
    std::size_t most = 0;
    for (const Shrunk& one : all) most = std::max(most, one.after.trials);
    return most;
  }
};

Totals shrink_all(const std::vector<Scenario>& scenarios, std::size_t step, std::int64_t ranks) {
  Totals totals;
  std::size_t number = 0;
  for (const Scenario& scenario : scenarios) {
    for (const Variant* variant : wrong_variants(scenario)) {
      if (number++ % step != 0) continue;
      const std::string bug = fmt::format("{} {}", scenario.file, variant->name);
      const std::optional<Scenario> large = large_failing(scenario, *variant, ranks);
      if (!large) {
        totals.not_found.push_back(bug);
        continue;
      }
      Shrunk one{bug, finding_of(*large)->defect_class, ranks_in(*large), 0, shrunk_cell(*large)};
      const auto finding = finding_of(one.after.scenario);
      one.same_class = finding && finding->defect_class == one.defect_class;
      totals.all.push_back(std::move(one));
    }
  }
  return totals;
}

bool enough(const Totals& totals) {
  return 100 * totals.small() >= 95 * (totals.all.size() + totals.not_found.size()) &&
         totals.median_trials() <= 50;
}

std::string text(const Totals& totals) {
  std::string all;
  for (const Shrunk& one : totals.all) {
    const SmallCell& small = one.after;
    all += fmt::format("{:3} -> {:2} ranks, {:2} tokens, E={}, hidden={}, {:3} trials  {}  {}{}\n",
                       one.ranks_before, small.ranks, small.tokens, small.experts, small.hidden,
                       small.trials, one.defect_class, one.bug,
                       one.same_class ? "" : "  ANOTHER CLASS");
  }
  for (const std::string& bug : totals.not_found) {
    all += fmt::format("no failing layout found: {}\n", bug);
  }
  return all + fmt::format("{} of {} at most 4 ranks and 2 tokens; trials: median {}, most {}\n",
                           totals.small(), totals.all.size() + totals.not_found.size(),
                           totals.median_trials(), totals.most_trials());
}

std::string record(const Totals& totals, std::int64_t ranks, double seconds) {
  const std::time_t now = std::time(nullptr);
  char date[16] = {};
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  const std::size_t bugs = totals.all.size() + totals.not_found.size();
  const double percent = 100 * static_cast<double>(totals.small()) /
                         static_cast<double>(std::max<std::size_t>(1, bugs));
  nlohmann::ordered_json json;
  json["title"] = "Shrinking";
  json["date"] = date;
  json["command"] = "shrink_catalogue";
  json["seconds"] = std::round(seconds);
  json["machine"] = "2 cores, gcc 12.2, release";
  json["says"] = fmt::format(
      "Every wrong variant of the catalogue, from a layout of up to {} ranks and, where it fails "
      "there, {} tokens of each owner, to the smallest that one change after the other leads to "
      "while the class stays. A step is a candidate that was run.",
      ranks, many_tokens);
  json["rows"] = nlohmann::ordered_json::array();
  json["rows"].push_back(
      {{"what", "at most 4 ranks and 2 tokens of each owner, same class"},
       {"bar", "at least 95 %"},
       {"measured", fmt::format("{} of {} ({:.1f} %)", totals.small(), bugs, percent)},
       {"holds", percent >= 95}});
  json["rows"].push_back({{"what", "median of the steps"},
                          {"bar", "at most 50"},
                          {"measured", fmt::format("{}", totals.median_trials())},
                          {"holds", totals.median_trials() <= 50}});
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  json["falls_short"] = nlohmann::ordered_json::array();
  for (const Shrunk& one : totals.all) {
    const SmallCell& small = one.after;
    rows.push_back({one.bug, one.defect_class, fmt::format("{}", one.ranks_before),
                    fmt::format("{}", small.ranks), fmt::format("{}", small.tokens),
                    fmt::format("{}", small.experts), fmt::format("{}", small.hidden),
                    fmt::format("{}", small.trials)});
    if (small.ranks > 4 || small.tokens > 2 || !one.same_class) {
      json["falls_short"].push_back(
          fmt::format("{}: {} ranks, {} tokens", one.bug, small.ranks, small.tokens));
    }
  }
  for (const std::string& bug : totals.not_found) {
    json["falls_short"].push_back(fmt::format("{}: no failing layout found", bug));
  }
  json["tables"] = nlohmann::ordered_json::array();
  json["tables"].push_back(
      {{"caption", "Each wrong variant"},
       {"columns",
        {"variant", "class", "ranks before", "ranks", "tokens", "experts", "hidden", "steps"}},
       {"rows", rows}});
  return json.dump(2) + "\n";
}

struct Request {
  std::size_t step = 1;
  std::int64_t ranks = 64;
  std::string file;
};

std::optional<Request> request_of(const std::vector<std::string>& words) {
  Request request;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    char* end = nullptr;
    const long number = std::strtol(words[i + 1].c_str(), &end, 10);
    if (words[i] == "--record") {
      request.file = words[i + 1];
    } else if (words[i] == "--one-in" && *end == '\0' && number > 0) {
      request.step = static_cast<std::size_t>(number);
    } else if (words[i] == "--ranks" && *end == '\0' && number > 1) {
      request.ranks = number;
    } else {
      return std::nullopt;
    }
  }
  return words.size() % 2 == 0 ? std::optional(request) : std::nullopt;
}

int run(const Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  const Totals totals = shrink_all(catalogue("scenarios/catalogue"), request.step, request.ranks);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{}{:.0f} seconds\n", text(totals), took.count());
  if (!request.file.empty()) {
    std::ofstream(request.file) << record(totals, request.ranks, took.count());
  }
  return enough(totals) ? 0 : 1;
}

}  // namespace
}  // namespace reducecheck::props

int main(int count, char** words) {
  const auto request = reducecheck::props::request_of({words + 1, words + count});
  if (!request) {
    fmt::print(stderr, "shrink_catalogue [--one-in N] [--ranks N] [--record FILE]\n");
    return 2;
  }
  return reducecheck::props::run(*request);
}
