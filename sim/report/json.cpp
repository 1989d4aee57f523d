// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

using Json = nlohmann::ordered_json;

Json sizes_json(const std::vector<NamedSize>& sizes) {
  Json object = Json::object();
  for (const auto& [name, size] : sizes) object[name] = size;
  return object;
}

Json switches_json(const std::vector<NamedSwitch>& switches) {
  Json object = Json::object();
  for (const auto& [name, value] : switches) {
    std::visit([&, key = name](const auto& held) { object[key] = held; }, value);
  }
  return object;
}

void put_configuration(Json& object, const Configured& configuration) {
  object["mesh"] = sizes_json(configuration.mesh);
  object["groups"] = sizes_json(configuration.groups);
  object["switch"] = switches_json(configuration.switches);
  object["world"] = configuration.ranks;
}

/// Several branches in one string, as the text of a scenario lists them.
std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void put_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void put_finding(Json& object, const Finding& finding) {
  object["class"] = finding.defect_class;
  if (!finding.branches.empty()) {
    object["branch"] = joined(finding.branches);
    object["branches"] = finding.branches;
  }
  put_text(object, "group", finding.group);
  put_text(object, "coefficient", finding.coefficient);
  object["ranks"] = finding.ranks;
  put_text(object, "op", finding.operation);
  if (finding.at.line > 0) {
    object["at"] = {{"line", finding.at.line}, {"column", finding.at.column}};
  }
  put_text(object, "output", finding.output);
  put_text(object, "detail", finding.detail);
}

Json cell_json(const Cell& cell) {
  Json object = Json::object();
  put_configuration(object, cell.configuration);
  object["variant"] = cell.variant;
  object["verdict"] = spelling(cell.verdict);
  object["expected"] = cell.expected;
  object["as_expected"] = cell.as_expected;
  if (cell.finding) put_finding(object, *cell.finding);
  put_text(object, "reason", cell.reason);
  object["collectives"] = {{"count", cell.collectives}, {"bytes", cell.bytes}};
  if (!cell.uncovered.empty()) object["uncovered"] = cell.uncovered;
  return object;
}

Json condition_json(const Condition& condition, const ScenarioResult& result) {
  Json object = Json::object();
  object["variant"] = condition.variant;
  object["class"] = condition.defect_class;
  object["branch"] = joined(condition.branches);
  object["branches"] = condition.branches;
  object["condition"] = condition.condition;
  object["failing"] = condition.failing;
  object["layouts"] = condition.layouts;
  if (condition.smallest < result.cells.size()) {
    Json smallest = Json::object();
    put_configuration(smallest, result.cells[condition.smallest].configuration);
    smallest["cell"] = condition.smallest;
    object["smallest"] = std::move(smallest);
  }
  return object;
}

Json element_json(const ComparedElement& at) {
  return {{"element", at.element},
          {"rank", at.rank},
          {"left", at.left},
          {"right", at.right},
          {"exact", at.exact},
          {"left_bound", at.left_bound},
          {"right_bound", at.right_bound}};
}

Json rounding_json(const BitComparison& bits) {
  const RoundingReport& report = bits.rounding;
  Json object = Json::object();
  object["verdict"] = spelling(report.verdict);
  put_text(object, "reason", bits.undecided);
  object["median_bound_to_error"] = report.median_ratio;
  if (report.tightest) {
    object["nearest_to_bound"] = element_json(*report.tightest);
    object["share_of_bounds"] = report.tightest->share_of_bounds();
  }
  if (report.witness) object["witness"] = element_json(*report.witness);
  return object;
}

Json bits_json(const BitComparison& bits) {
  Json object = Json::object();
  put_configuration(object, bits.configuration);
  object["dtype"] = bits.dtype;
  object["left"] = bits.left;
  object["right"] = bits.right;
  object["elements"] = bits.elements;
  object["differing"] = bits.differing;
  put_text(object, "order", bits.order);
  put_text(object, "refusal", bits.refusal);
  if (bits.rounding.elements > 0) object["rounding"] = rounding_json(bits);
  return object;
}

Json scenario_json(const ScenarioResult& result) {
  Json object = Json::object();
  object["file"] = result.file;
  object["title"] = result.title;
  object["source"] = result.source;
  object["seed"] = result.seed;
  object["shape"] = result.shape;
  object["layouts"] = result.layouts;
  object["not_run"] = result.not_run;
  object["skipped"] = result.skipped;
  object["cells"] = Json::array();
  for (const Cell& cell : result.cells) object["cells"].push_back(cell_json(cell));
  object["conditions"] = Json::array();
  for (const Condition& condition : result.conditions) {
    object["conditions"].push_back(condition_json(condition, result));
  }
  object["proofs"] = Json::array();
  for (const ProofNote& note : result.proofs) {
    Json proof = {{"variant", note.variant}, {"complete", note.complete}};
    if (!note.wrong_beyond.empty()) proof["wrong_beyond_sweep"] = note.wrong_beyond;
    object["proofs"].push_back(std::move(proof));
  }
  object["bits"] = Json::array();
  for (const BitComparison& bits : result.bits) object["bits"].push_back(bits_json(bits));
  return object;
}

}  // namespace

std::string json_report(const Report& report) {
  const Totals sum = totals(report);
  Json object = Json::object();
  object["format"] = "reducecheck.report/1";
  object["version"] = report.version;
  object["seed"] = report.seed;
  object["scenarios"] = Json::array();
  for (const ScenarioResult& result : report.scenarios) {
    object["scenarios"].push_back(scenario_json(result));
  }
  object["summary"] = {{"scenarios", sum.scenarios},
                       {"variants", sum.variants},
                       {"cells", sum.cells},
                       {"as_expected", sum.as_expected},
                       {"unexpected", sum.unexpected},
                       {"undecided", sum.undecided},
                       {"not_run", sum.not_run},
                       {"skipped", sum.skipped},
                       {"beyond_rounding", sum.beyond_rounding}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
