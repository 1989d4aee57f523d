// SPDX-License-Identifier: Apache-2.0
#include "sim/report/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

using Json = nlohmann::ordered_json;

std::size_t count(const Proof& proof, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(proof.cases.begin(), proof.cases.end(),
                    [&](const ProofCase& c) { return c.verdict == verdict && !c.empty; }));
}

std::size_t meant(const Proof& proof) {
  return static_cast<std::size_t>(std::count_if(proof.cases.begin(), proof.cases.end(),
                                                [](const ProofCase& c) { return !c.empty; }));
}

const ProofCase* first_defect(const Proof& proof) {
  const auto found = std::find_if(proof.cases.begin(), proof.cases.end(),
                                  [](const ProofCase& c) { return c.finding.has_value(); });
  return found == proof.cases.end() ? nullptr : &*found;
}

/// Whether all failing cases blame the same addends: only then can one verdict name them.
bool blames_the_same(const Proof& proof) {
  std::optional<std::vector<std::string>> first;
  for (const ProofCase& one : proof.cases) {
    if (one.verdict != Verdict::defect) continue;
    std::vector<std::string> names;
    for (const AddendCount& addend : one.counts) {
      if (!addend.right) names.push_back(addend.name);
    }
    if (first && *first != names) return false;
    first = names;
  }
  return true;
}

std::string verdict_words(const Proof& proof) {
  const ProofCase* defect = first_defect(proof);
  if (proof.verdict != Verdict::defect || defect == nullptr) return spelling(proof.verdict);
  if (!blames_the_same(proof)) return defect->finding->defect_class;
  return defect_text(defect->finding->defect_class, defect->finding->branches);
}

std::string where(const Proof& proof) {
  if (proof.verdict != Verdict::defect) return "";
  if (proof.condition.empty()) {
    return fmt::format("in {} of {} cases", count(proof, Verdict::defect), meant(proof));
  }
  return proof.condition == "always" ? "always" : "when " + proof.condition;
}

std::string case_words(const ProofCase& one) {
  if (one.facts.empty()) return "all configurations";
  return fmt::format("{}", fmt::join(one.facts, ", "));
}

std::string wrong_counts(const ProofCase& one) {
  std::string text;
  for (const AddendCount& addend : one.counts) {
    if (addend.right) continue;
    const std::string layer = addend.layer == 0 ? "" : fmt::format("[{}]", addend.layer);
    text += fmt::format("{}{}{}: {}", text.empty() ? "" : "; ", addend.name, layer, addend.count);
    if (addend.wanted != "1") text += fmt::format(" for {}", addend.wanted);
  }
  return text;
}

std::string defect_block(const ScenarioProofs& of, const Proof& proof, TextOptions options) {
  const ProofCase* defect = first_defect(proof);
  if (defect == nullptr) return "";
  const Finding& finding = *defect->finding;
  std::string text =
      painted(fmt::format("{}: {} {}", proof.variant, verdict_words(proof), where(proof)), Ink::bad,
              options.colour) +
      '\n';
  if (!finding.operation.empty()) {
    text += "  first wrong: " + one_line(finding.operation);
    if (finding.at.line > 0) text += "  at " + place_text(of.scenario->file, finding.at);
    text += '\n';
  }
  const std::string counts = wrong_counts(*defect);
  if (!counts.empty()) text += wrapped("counted where it is used first: " + counts, 2);
  Configured at;
  for (std::size_t i = 0; i < defect->witness->axes.size(); ++i) {
    at.mesh.emplace_back(of.scenario->axes[i].name, defect->witness->axes[i]);
  }
  for (std::size_t i = 0; i < defect->witness->switches.size(); ++i) {
    at.switches.emplace_back(of.scenario->switches[i].name, defect->witness->switches[i]);
  }
  return text + fmt::format("  confirmed by an exact run at {}\n", layout_text(at));
}

std::string cases_text(const Proof& proof) {
  std::vector<Row> rows;
  for (const ProofCase& one : proof.cases) {
    const std::string verdict = one.empty ? "no configuration" : spelling(one.verdict);
    const std::string note = one.verdict == Verdict::defect ? wrong_counts(one) : one.reason;
    rows.push_back({{proof.variant}, {verdict}, {case_words(one)}, {one_line(note)}});
  }
  return aligned(rows, "  ", false);
}

Json case_json(const ProofCase& one, const Scenario& scenario) {
  Json object = {{"facts", one.facts}, {"verdict", spelling(one.verdict)}};
  if (one.empty) object["empty"] = true;
  if (!one.reason.empty()) object["reason"] = one.reason;
  if (one.witness) {
    Json mesh = Json::object();
    for (std::size_t i = 0; i < one.witness->axes.size(); ++i) {
      mesh[scenario.axes[i].name] = one.witness->axes[i];
    }
    object["witness"] = mesh;
  }
  for (const AddendCount& addend : one.counts) {
    object["counts"].push_back({{"name", addend.name},
                                {"layer", addend.layer},
                                {"count", addend.count},
                                {"wanted", addend.wanted},
                                {"right", addend.right}});
  }
  return object;
}

Json proof_json(const Proof& proof, const Scenario& scenario) {
  Json object = {{"variant", proof.variant}, {"verdict", spelling(proof.verdict)}};
  if (const ProofCase* defect = first_defect(proof)) {
    object["class"] = defect->finding->defect_class;
    object["branches"] = defect->finding->branches;
    object["op"] = defect->finding->operation;
    object["condition"] = proof.condition;
    object["coefficient"] = proof.coefficient;
  }
  if (!proof.reason.empty()) object["reason"] = proof.reason;
  object["cases"] = Json::array();
  for (const ProofCase& one : proof.cases) object["cases"].push_back(case_json(one, scenario));
  return object;
}

}  // namespace

std::string proof_words(const Proof& proof) {
  if (proof.verdict == Verdict::undecided) return "undecided: " + proof.reason;
  if (proof.verdict == Verdict::holds) return "proved for all sizes";
  return fmt::format("{} {}", verdict_words(proof), where(proof));
}

std::string proofs_text(const ScenarioProofs& of, TextOptions options) {
  std::string text = painted(one_line(of.scenario->title), Ink::strong, options.colour) +
                     fmt::format("\n  file    {}\n\n", one_line(of.scenario->file));
  std::vector<Row> rows = {
      {{"variant"}, {"for all sizes"}, {"cases"}, {"coefficient"}, {"condition"}}};
  for (const Proof& proof : of.proofs) {
    const Ink ink = proof.verdict == Verdict::holds    ? Ink::good
                    : proof.verdict == Verdict::defect ? Ink::bad
                                                       : Ink::doubtful;
    rows.push_back({{proof.variant, Ink::strong},
                    {verdict_words(proof), ink},
                    {fmt::format("{}", meant(proof))},
                    {proof.coefficient},
                    {where(proof)}});
  }
  text += aligned(rows, "  ", options.colour);
  for (const Proof& proof : of.proofs) {
    if (proof.verdict == Verdict::defect) text += '\n' + defect_block(of, proof, options);
    const std::size_t open = count(proof, Verdict::undecided);
    if (proof.reason.empty()) continue;
    text += fmt::format("\n{}: undecided in {}\n", proof.variant, counted(open, "case"));
    text += wrapped("reason: " + one_line(proof.reason), 2);
  }
  if (!options.verbose) return text;
  for (const Proof& proof : of.proofs) text += '\n' + cases_text(proof);
  return text;
}

std::string proofs_json(const std::vector<ScenarioProofs>& all, const std::string& version) {
  Json object = {{"format", "reducecheck.proofs/1"}, {"version", version}};
  object["scenarios"] = Json::array();
  for (const ScenarioProofs& of : all) {
    Json scenario = {{"file", of.scenario->file}, {"title", of.scenario->title}};
    for (const Proof& proof : of.proofs) {
      scenario["variants"].push_back(proof_json(proof, *of.scenario));
    }
    object["scenarios"].push_back(std::move(scenario));
  }
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
