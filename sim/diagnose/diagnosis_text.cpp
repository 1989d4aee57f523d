// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/diagnose/diagnose.hpp"
#include "sim/report/columns.hpp"
#include "sim/report/defect_classes.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t most_listed = 4;

std::string labelled(const std::string& label, const std::string& text) {
  if (text.empty()) return "";
  const std::string lines = wrapped(fmt::format("{}: {}", label, text), 4);
  return "  " + lines.substr(4);
}

std::string place_name(const OutputDiagnosis& one) {
  return one.scope.empty() ? one.output : fmt::format("{} ({})", one.scope, one.output);
}

std::string defect_name(const DiagnosisFinding& finding) {
  return defect_text(finding.defect_class, finding.branches);
}

std::string named_all(const OutputDiagnosis& one) {
  std::vector<std::string> names;
  for (const DiagnosisFinding& finding : one.findings) names.push_back(defect_name(finding));
  return fmt::format("{}", fmt::join(names, " and "));
}

std::string verdict_words(const OutputDiagnosis& one) {
  if (one.verdict == DiagnosisVerdict::holds) return "holds";
  if (one.verdict == DiagnosisVerdict::defect) return named_all(one);
  return one.findings.empty() ? "undecided" : fmt::format("undecided: {}?", named_all(one));
}

std::string method_words(const OutputDiagnosis& one) {
  if (one.method == "replay") return "replay of " + one.order;
  if (one.method == "bound") return "bound of any order";
  return one.method == "least_squares" ? "least squares" : "";
}

std::string table(const std::vector<OutputDiagnosis>& outputs) {
  std::vector<Row> rows = {
      {{"scope"}, {"output"}, {"verdict"}, {"coefficient"}, {"group"}, {"by"}}};
  for (const OutputDiagnosis& one : outputs) {
    std::vector<std::string> coefficients;
    std::vector<std::string> groups;
    for (const DiagnosisFinding& finding : one.findings) {
      coefficients.push_back(finding.coefficient);
      if (!finding.group.empty()) groups.push_back(finding.group);
    }
    rows.push_back({{one.scope},
                    {one.output},
                    {verdict_words(one)},
                    {fmt::format("{}", fmt::join(coefficients, " and "))},
                    {fmt::format("{}", fmt::join(groups, " and "))},
                    {method_words(one)}});
  }
  return aligned(rows, "  ", false);
}

std::string witness_text(const OutputDiagnosis& one) {
  if (!one.witness) return "";
  const DiagnosisWitness& at = *one.witness;
  return fmt::format("[{}] of rank {} is {:.6g}, right is {:.6g} +- {:.2g}",
                     fmt::join(at.place, ", "), at.rank, at.found, at.right, at.bound);
}

std::string evidence_text(const OutputDiagnosis& one) {
  const std::string compared = grouped_digits(static_cast<std::int64_t>(one.compared));
  std::string text;
  if (one.refuted > 0) {
    text = fmt::format("{} of {} elements are not the right sum in any order of additions; {}",
                       grouped_digits(static_cast<std::int64_t>(one.refuted)), compared,
                       witness_text(one));
  } else if (one.method != "replay" || one.verdict != DiagnosisVerdict::holds) {
    text =
        fmt::format("rounding in some order could explain each of {} elements by itself", compared);
  }
  std::string found;
  if (one.method == "replay") {
    found = fmt::format("every bit is that of {}, order {}", one.way, one.order);
  } else if (!one.findings.empty() || one.verdict == DiagnosisVerdict::holds) {
    const bool explains = one.bound_used <= 1;
    const std::string whose = one.findings.empty() ? "the right sum" : "the sum with this defect";
    found = explains
                ? fmt::format(
                      "every element is within the rounding of {}; at most {:.0f} % of "
                      "the bound is needed",
                      whose, 100 * one.bound_used)
                : fmt::format("the best of the sums that were tried misses its bound {:.3g}-fold",
                              one.bound_used);
  }
  if (text.empty()) return found;
  return found.empty() ? text : text + "; " + found;
}

std::string fit_text(const OutputDiagnosis& one) {
  std::vector<std::string> parts;
  for (const DiagnosisFit& fit : one.fit) {
    if (!fit.value) return "";
    parts.push_back(fmt::format("{:.3f} * {}", *fit.value, fit.name));
  }
  return parts.empty() ? "" : fmt::format("{} = {}", one.output, fmt::join(parts, " + "));
}

std::string several(const char* label, const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), most_listed); ++i) {
    text += labelled(label, all[i]);
  }
  if (all.size() > most_listed) {
    text += fmt::format("  {}: {} more\n", label, all.size() - most_listed);
  }
  return text;
}

std::string finding_text(const DiagnosisFinding& finding) {
  std::string text;
  const DefectClass* const known = find_defect_class(finding.defect_class);
  if (known != nullptr) text += wrapped(known->sentence, 2);
  std::string counts = finding.coefficient + " instead of 1";
  if (finding.coefficient == "1") counts = "1 instead of 0";
  if (!finding.group.empty()) counts += "; group " + finding.group;
  text += labelled(fmt::format("coefficient of {}", finding.counts), counts);
  text += labelled("what happened", finding.words);
  if (known == nullptr) return text;
  return text + labelled("repair", known->repair) + labelled("no repair", known->not_repair) +
         labelled("to confirm", known->confirm);
}

std::string blame_text(const OutputDiagnosis& one) {
  std::string text;
  if (!one.same.empty() || !one.different.empty()) {
    text += several("the same coefficients", one.same);
    text += several("would explain every element too", one.different);
  }
  return text;
}

std::string next_text(const OutputDiagnosis& one) {
  if (one.verdict == DiagnosisVerdict::undecided) {
    if (one.compared == 0) return "";
    return one.refuted > 0
               ? "dump the branches one by one, with what is added between them; the output holds "
                 "something that is in no partial or addend"
               : "name the order of the sums with --order, or dump fp32, or fewer ranks";
  }
  if (one.verdict == DiagnosisVerdict::holds && one.method == "bound") {
    if (one.seen_shares == one.shares) return "";
    return fmt::format(
        "the bound would show the loss of {} of {} shares; for the others name the "
        "order with --order",
        one.seen_shares, one.shares);
  }
  return "";
}

std::string block(const OutputDiagnosis& one) {
  std::string text;
  const bool defect = one.verdict == DiagnosisVerdict::defect;
  const bool undecided = one.verdict == DiagnosisVerdict::undecided;
  const bool silent = !defect && !undecided && one.hidden.empty() && one.unlike.empty() &&
                      next_text(one).empty() && one.order_not_used.empty();
  if (silent) return "";
  text = fmt::format("\n{}  {}: {}\n",
                     defect      ? "VIOLATION"
                     : undecided ? "UNDECIDED"
                                 : "HOLDS",
                     place_name(one), verdict_words(one));
  text += labelled("reason", one.reason);
  for (const DiagnosisFinding& finding : one.findings) text += finding_text(finding);
  text += labelled("evidence", evidence_text(one));
  text += labelled("fit", one.findings.empty() ? "" : fit_text(one));
  text += blame_text(one);
  text += several("by least squares", one.odd_shares);
  text += several("not identifiable", one.hidden);
  if (!one.unlike.empty()) {
    text += labelled("not alike", fmt::format("ranks of one sum differ in {}, of which each "
                                              "should hold the same",
                                              listed(one.unlike)));
  }
  if (one.skipped > 0) {
    text += labelled("left out", counted(one.skipped, "element") + " with NaN or infinities");
  }
  text += labelled("order not used", one.order_not_used);
  return text + labelled("next", next_text(one));
}

std::string dump_line(const std::vector<OutputDiagnosis>& outputs, const Dump& dump) {
  std::vector<std::string> mesh;
  for (const auto& [axis, size] : dump.mesh)
    mesh.push_back(fmt::format("{}={}", one_line(axis), size));
  std::vector<std::string> formats;
  for (const OutputDiagnosis& one : outputs) {
    if (std::ranges::find(formats, one.format) == formats.end()) formats.push_back(one.format);
  }
  return fmt::format("{}, {}, {}, {}\n\n", counted(dump.ranks.size(), "rank"), fmt::join(mesh, " "),
                     fmt::join(formats, " and "), counted(outputs.size(), "output"));
}

}  // namespace

std::string diagnosis_text(const std::vector<OutputDiagnosis>& outputs, const Dump& dump) {
  std::string text = dump_line(outputs, dump) + table(outputs);
  std::size_t wrong = 0;
  std::size_t undecided = 0;
  for (const OutputDiagnosis& one : outputs) {
    text += block(one);
    wrong += one.verdict == DiagnosisVerdict::defect ? 1U : 0U;
    undecided += one.verdict == DiagnosisVerdict::undecided ? 1U : 0U;
  }
  return text + fmt::format("\n{}: {} right, {} wrong, {} undecided\n",
                            counted(outputs.size(), "output"), outputs.size() - wrong - undecided,
                            wrong, undecided);
}

}  // namespace reducecheck
