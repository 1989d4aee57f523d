// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/diagnose/diagnose.hpp"
#include "sim/report/defect_classes.hpp"

namespace reducecheck {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const DiagnosisFinding& finding) {
  Json value = {{"class", finding.defect_class},
                {"branches", finding.branches},
                {"coefficient", finding.coefficient},
                {"counts", finding.counts},
                {"words", finding.words}};
  if (!finding.group.empty()) value["group"] = finding.group;
  if (!finding.ranks.empty()) value["ranks"] = finding.ranks;
  if (const DefectClass* const known = find_defect_class(finding.defect_class)) {
    value["repair"] = known->repair;
  }
  return value;
}

void put_method(const OutputDiagnosis& one, Json& value) {
  if (one.method.empty()) return;
  Json evidence = {{"method", one.method},
                   {"compared", one.compared},
                   {"skipped", one.skipped},
                   {"refuted", one.refuted},
                   {"bound_used", one.bound_used}};
  if (one.method == "replay") {
    evidence["order"] = one.order;
    evidence["way"] = one.way;
  }
  if (!one.order_not_used.empty()) evidence["order_not_used"] = one.order_not_used;
  if (one.method == "bound" && one.verdict == DiagnosisVerdict::holds) {
    evidence["shares"] = one.shares;
    evidence["seen_shares"] = one.seen_shares;
  }
  if (one.witness) {
    evidence["witness"] = {{"rank", one.witness->rank},
                           {"place", one.witness->place},
                           {"found", one.witness->found},
                           {"right", one.witness->right},
                           {"bound", one.witness->bound}};
  }
  value["evidence"] = std::move(evidence);
  Json fit = Json::array();
  for (const DiagnosisFit& each : one.fit) {
    Json part = {{"name", each.name}, {"value", nullptr}};
    if (each.value) {
      part["value"] = *each.value;
      part["half_width"] = each.half_width;
    }
    fit.push_back(std::move(part));
  }
  value["fit"] = std::move(fit);
}

Json json_of(const OutputDiagnosis& one) {
  Json value = {
      {"scope", one.scope},       {"output", one.output},   {"verdict", spelling(one.verdict)},
      {"branches", one.branches}, {"addends", one.addends}, {"shape", one.shape},
      {"format", one.format},     {"group", one.group}};
  if (!one.reason.empty()) value["reason"] = one.reason;
  Json findings = Json::array();
  for (const DiagnosisFinding& finding : one.findings) findings.push_back(json_of(finding));
  value["findings"] = std::move(findings);
  value["same_coefficients"] = one.same;
  value["other_explanations"] = one.different;
  value["not_identifiable"] = one.hidden;
  value["unlike_addends"] = one.unlike;
  if (!one.odd_shares.empty()) value["odd_shares"] = one.odd_shares;
  put_method(one, value);
  return value;
}

}  // namespace

std::string diagnosis_json(const std::vector<OutputDiagnosis>& outputs, const Dump& dump,
                           const std::string& version) {
  Json mesh = Json::object();
  for (const auto& [axis, size] : dump.mesh) mesh[axis] = size;
  Json list = Json::array();
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (const OutputDiagnosis& one : outputs) {
    list.push_back(json_of(one));
    right += one.verdict == DiagnosisVerdict::holds ? 1U : 0U;
    wrong += one.verdict == DiagnosisVerdict::defect ? 1U : 0U;
  }
  const Json value = {
      {"format", "reducecheck.diagnosis/1"},
      {"version", version},
      {"mesh", mesh},
      {"group", dump.group},
      {"outputs", list},
      {"summary",
       {{"holds", right}, {"defect", wrong}, {"undecided", outputs.size() - right - wrong}}}};
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace reducecheck
