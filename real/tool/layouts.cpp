// SPDX-License-Identifier: Apache-2.0
#include "real/tool/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/printable.hpp"
#include "scenarios/unroll/sweep.hpp"

namespace reducecheck::real {
namespace {

int ranks_of(const Configuration& at) {
  return static_cast<int>(std::accumulate(at.axes.begin(), at.axes.end(), std::int64_t{1},
                                          [](auto a, auto b) { return a * b; }));
}

std::string shown(const SwitchValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  return printable(std::get<std::string>(value));
}

std::optional<Scenario> load_file(const std::string& file, std::string& errors) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(FrameLimits::file_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.empty()) {
    errors += fmt::format("{}: error: cannot be read, or is empty\n", printable(file));
    return std::nullopt;
  }
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(text, file, diagnostics);
  if (!scenario) errors += render(diagnostics, file, text);
  return scenario;
}

}  // namespace

std::vector<Scenario> load(const Request& request, std::string& errors) {
  std::vector<Scenario> scenarios;
  for (const std::string& file : request.files) {
    std::optional<Scenario> scenario = load_file(file, errors);
    if (scenario) scenarios.push_back(std::move(*scenario));
  }
  return scenarios;
}

Layouts layouts_of(const Scenario& scenario, const Request& request, int ranks,
                   std::string& errors) {
  Layouts layouts;
  SweepOptions options{.mesh = request.mesh, .up_to_ranks = request.up_to_ranks};
  if (!options.up_to_ranks && ranks > scenario.ranks) options.up_to_ranks = ranks;
  Diagnostics diagnostics;
  for (Configuration& at : sweep(scenario, options, diagnostics).configurations) {
    layouts.ranks.push_back(ranks_of(at));
    if (layouts.ranks.back() == ranks) layouts.configurations.push_back(std::move(at));
  }
  std::ranges::sort(layouts.ranks);
  const auto rest = std::ranges::unique(layouts.ranks);
  layouts.ranks.erase(rest.begin(), rest.end());
  if (!diagnostics.empty()) errors += render(diagnostics, scenario.file, "");
  std::vector<std::string> names;
  for (const Variant& variant : scenario.variants) {
    names.push_back(variant.name);
    const auto& wanted = request.variants;
    if (wanted.empty() || std::ranges::find(wanted, variant.name) != wanted.end()) {
      layouts.variants.push_back(&variant);
    }
  }
  for (const std::string& wanted : request.variants) {
    if (std::ranges::find(names, wanted) != names.end()) continue;
    const std::string meant = did_you_mean(wanted, names);
    errors +=
        fmt::format("reducecheck-real: error: {} has no variant {}{}{}\n", printable(scenario.file),
                    back_quoted(wanted), meant.empty() ? "" : "; ", meant);
  }
  return layouts;
}

std::string spelled(const Scenario& scenario, const Configuration& configuration) {
  std::string text;
  for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
    if (configuration.axes[i] == 1) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", scenario.axes[i].name,
                        configuration.axes[i]);
  }
  for (std::size_t i = 0; i < scenario.switches.size(); ++i) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", scenario.switches[i].name,
                        shown(configuration.switches[i]));
  }
  return text.empty() ? "one rank" : text;
}

SizeOverrides sizes_of(const Request& request) {
  SizeOverrides sizes;
  if (request.tokens) sizes["tokens"] = *request.tokens;
  return sizes;
}

}  // namespace reducecheck::real
