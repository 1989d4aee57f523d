// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/share.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "sim/judge/check_parts.hpp"

namespace reducecheck {
namespace {

using Packed = nlohmann::json;

Packed packed(Position at) {
  return {at.line, at.column};
}

Position unpacked_place(const Packed& json) {
  return {json.at(0).get<std::uint32_t>(), json.at(1).get<std::uint32_t>()};
}

Packed packed(const Finding& finding) {
  return {finding.defect_class, finding.branches, finding.coefficient,
          finding.group,        finding.ranks,    finding.operation,
          packed(finding.at),   finding.output,   finding.detail};
}

Finding unpacked_finding(const Packed& json) {
  Finding finding;
  json.at(0).get_to(finding.defect_class);
  json.at(1).get_to(finding.branches);
  json.at(2).get_to(finding.coefficient);
  json.at(3).get_to(finding.group);
  json.at(4).get_to(finding.ranks);
  json.at(5).get_to(finding.operation);
  finding.at = unpacked_place(json.at(6));
  json.at(7).get_to(finding.output);
  json.at(8).get_to(finding.detail);
  return finding;
}

/// Without what any process knows: the configuration, and what is expected.
Packed packed(const JudgedCell& judged) {
  const Cell& cell = judged.cell;
  Packed events = Packed::array();
  for (const Position& at : judged.deferred_events) events.push_back(packed(at));
  return {static_cast<int>(cell.verdict),
          cell.finding ? packed(*cell.finding) : Packed(),
          cell.reason,
          cell.collectives,
          cell.bytes,
          cell.uncovered,
          judged.question.double_reduce,
          packed(judged.question.event),
          judged.question.missing,
          static_cast<int>(judged.deviation),
          events,
          judged.deferred_weights};
}

JudgedCell unpacked_cell(const Packed& json, const Configured& configuration,
                         const std::string& variant) {
  JudgedCell judged;
  Cell& cell = judged.cell;
  cell.configuration = configuration;
  cell.variant = variant;
  cell.verdict = static_cast<Verdict>(json.at(0).get<int>());
  if (!json.at(1).is_null()) cell.finding = unpacked_finding(json.at(1));
  json.at(2).get_to(cell.reason);
  json.at(3).get_to(cell.collectives);
  json.at(4).get_to(cell.bytes);
  json.at(5).get_to(cell.uncovered);
  json.at(6).get_to(judged.question.double_reduce);
  judged.question.event = unpacked_place(json.at(7));
  json.at(8).get_to(judged.question.missing);
  judged.deviation = static_cast<Deviation>(json.at(9).get<int>());
  for (const Packed& at : json.at(10)) judged.deferred_events.insert(unpacked_place(at));
  json.at(11).get_to(judged.deferred_weights);
  return judged;
}

Packed packed(const JudgedConfiguration& judged) {
  if (judged.error) {
    return {{"at", packed(judged.error->at)},
            {"message", judged.error->message},
            {"hint", judged.error->hint}};
  }
  Packed cells = Packed::array();
  for (const JudgedCell& cell : judged.cells) cells.push_back(packed(cell));
  return cells;
}

JudgedConfiguration unpacked(const Packed& json, const Scenario& scenario,
                             const CheckOptions& options, const BegunCheck& check,
                             const Configuration& at) {
  JudgedConfiguration judged;
  if (json.is_object()) {
    judged.point.configuration = configured(scenario, at);
    judged.error = Diagnostic{unpacked_place(json.at("at")), json.at("message").get<std::string>(),
                              json.at("hint").get<std::string>()};
    return judged;
  }
  const Scope scope(scenario, at, sizes_of(options, options.shape));
  judged.point = condition_point(scope, at);
  for (std::size_t v = 0; v < check.variants.size(); ++v) {
    const std::string& name = check.variants[v]->name;
    judged.cells.push_back(unpacked_cell(json.at(v), judged.point.configuration, name));
    if (!options.expect_none) judged.cells.back().expected = expected_verdict(scope, name);
  }
  return judged;
}

}  // namespace

std::string judged_share(const Scenario& scenario, const CheckOptions& options, std::size_t index,
                         std::size_t count, Diagnostics& diagnostics) {
  const std::optional<BegunCheck> check = begin_check(scenario, options, diagnostics);
  if (!check) return "";
  std::vector<Configuration> mine;
  for (std::size_t i = index; i < check->configurations.size(); i += count) {
    mine.push_back(check->configurations[i]);
  }
  Packed share = Packed::array();
  for (const JudgedConfiguration& judged : judge_all(scenario, options, check->variants, mine)) {
    share.push_back(packed(judged));
  }
  return share.dump();
}

std::optional<ScenarioResult> merged_shares(const Scenario& scenario, const CheckOptions& options,
                                            const std::vector<std::string>& shares,
                                            Diagnostics& diagnostics) {
  std::optional<BegunCheck> check = begin_check(scenario, options, diagnostics);
  if (!check) return std::nullopt;
  std::vector<JudgedConfiguration> judged(check->configurations.size());
  for (std::size_t index = 0; index < shares.size(); ++index) {
    const Packed share = Packed::parse(shares[index], nullptr, false);
    std::size_t place = index;
    if (!share.is_array()) return std::nullopt;
    for (const Packed& one : share) {
      if (place >= judged.size()) return std::nullopt;
      const Configuration& at = check->configurations[place];
      try {
        judged[place] = unpacked(one, scenario, options, *check, at);
      } catch (const Packed::exception&) {
        return std::nullopt;
      }
      place += shares.size();
    }
    if (place < judged.size()) return std::nullopt;
  }
  if (shares.empty()) return std::nullopt;
  return end_check(std::move(*check), std::move(judged), diagnostics);
}

}  // namespace reducecheck
