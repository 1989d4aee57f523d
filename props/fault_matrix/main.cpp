// SPDX-License-Identifier: Apache-2.0
// The fault matrix as a program: which faults are planted in which configurations, and the table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>

#include "props/fault_matrix/table.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck::matrix {
namespace {

struct Request {
  bool all = false;
  std::string fault;
  std::string config;
  std::string record;
  std::uint64_t seed = 1;
};

constexpr const char* usage =
    "fault_matrix [--cells ci|all] [--fault ID] [--config ID] [--seed N] [--record FILE]\n";

std::optional<Request> request_of(const std::vector<std::string>& words) {
  Request request;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (words[i] == "--cells" && (value == "ci" || value == "all")) {
      request.all = value == "all";
    } else if (words[i] == "--fault") {
      request.fault = value;
    } else if (words[i] == "--config") {
      request.config = value;
    } else if (words[i] == "--record") {
      request.record = value;
    } else if (words[i] == "--seed") {
      char* end = nullptr;
      request.seed = std::strtoull(value.c_str(), &end, 10);
      if (value.empty() || *end != '\0') return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return words.size() % 2 == 0 ? std::optional(request) : std::nullopt;
}

std::vector<Fault> all_faults() {
  std::vector<Fault> all;
  for (const auto& some : {layer_faults(), wire_faults(), process_faults(), verifier_faults()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  std::ranges::stable_sort(all, {}, &Fault::of);
  return all;
}

bool is_quick(const Request& request) {
  return !request.all && request.fault.empty() && request.config.empty();
}

/// CI runs three configurations of each fault: which, the number of the fault says.
bool chosen(const Request& request, std::size_t fault, std::size_t setting, std::size_t settings) {
  if (!is_quick(request)) return true;
  constexpr std::size_t in_ci = 3;
  for (std::size_t i = 0; i < in_ci; ++i) {
    // A third of them apart, and large ones for most, as little acts on one rank.
    if ((fault * 5 + i * (settings / in_ci + 1) + settings / 2) % settings == setting) return true;
  }
  return false;
}

class Runner {
 public:
  explicit Runner(const Request& request)
      : request_(request), settings_(all_settings(request.seed, is_quick(request))) {}

  Table run() {
    Table table;
    const std::vector<Fault> faults = all_faults();
    for (std::size_t f = 0; f < faults.size(); ++f) {
      if (!request_.fault.empty() && faults[f].id != request_.fault) continue;
      for (std::size_t s = 0; s < settings_.size(); ++s) {
        if (!wanted(settings_[s]) || !chosen(request_, f, s, settings_.size())) continue;
        table.add(faults[f], settings_[s], faults[f].plant(settings_[s]));
      }
    }
    for (const Twin& twin : {layer_twin(), wire_twin(), process_twin(), verifier_twin()}) {
      if (!request_.fault.empty()) break;
      for (std::size_t s = 0; s < settings_.size(); ++s) {
        const bool rare = twin.heavy && !request_.all && s % 12 != 7;
        if (!wanted(settings_[s]) || rare) continue;
        const std::uint64_t seeds = !twin.many ? 1 : request_.all ? 48 : 4;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
          Setting at = settings_[s];
          at.seed += seed;
          table.add(twin, at, twin.run(at));
        }
      }
    }
    return table;
  }

 private:
  [[nodiscard]] bool wanted(const Setting& at) const {
    return request_.config.empty() || at.name() == request_.config;
  }

  const Request& request_;
  std::vector<Setting> settings_;
};

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16] = {};
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
  return text;
}

std::string command_of(const Request& request) {
  return fmt::format("fault_matrix --cells {} --seed {}", request.all ? "all" : "ci", request.seed);
}

/// What is wrong with the name that was given for `option`; empty where it is one of `names`.
std::string unknown(const char* option, const std::string& name,
                    const std::vector<std::string>& names) {
  if (name.empty() || std::ranges::find(names, name) != names.end()) return "";
  const std::string hint = did_you_mean(name, names);
  return fmt::format("{} `{}`: no such name; {}\n", option, name,
                     hint.empty() ? fmt::format("possible: {}", fmt::join(names, " ")) : hint);
}

std::string unknown_names(const Request& request) {
  std::vector<std::string> faults;
  std::vector<std::string> settings;
  for (const Fault& fault : all_faults()) faults.push_back(fault.id);
  for (const Setting& at : all_settings(1, false)) settings.push_back(at.name());
  return unknown("--fault", request.fault, faults) + unknown("--config", request.config, settings);
}

int run(const Request& request) {
  fmt::print("seed={}\n", request.seed);
  const auto begin = std::chrono::steady_clock::now();
  const Table table = Runner(request).run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!request.fault.empty() && !request.config.empty()) fmt::print("{}", table.said());
  fmt::print("{}{:.1f} seconds; again with: {}\n", table.text(), took.count(), command_of(request));
  if (!request.record.empty()) {
    std::ofstream(request.record) << table.record(command_of(request), took.count(), today());
  }
  const bool enough = request.all ? 100 * table.killed() >= 95 * table.applies()
                                  : table.killed() == table.applies();
  return enough && table.alarms() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace reducecheck::matrix

int main(int count, char** words) {
  const auto request = reducecheck::matrix::request_of({words + 1, words + count});
  if (!request) {
    fmt::print(stderr, "{}", reducecheck::matrix::usage);
    return 2;
  }
  if (const std::string problem = reducecheck::matrix::unknown_names(*request); !problem.empty()) {
    fmt::print(stderr, "{}", problem);
    return 2;
  }
  return reducecheck::matrix::run(*request);
}
