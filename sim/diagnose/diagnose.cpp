// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/diagnose/decide.hpp"
#include "sim/diagnose/defect_scenario.hpp"
#include "sim/diagnose/name_faults.hpp"
#include "sim/order/orders.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

using diagnosing::Case;
using diagnosing::Decision;
using diagnosing::Faults;
using diagnosing::Method;

std::string spelled(Method method) {
  switch (method) {
    case Method::replay: return "replay";
    case Method::bound: return "bound";
    case Method::least_squares: return "least_squares";
    case Method::none: break;
  }
  return "";
}

/// Addends of which not all ranks of a sum have the same.
std::vector<std::string> unlike_addends(const Case& one) {
  std::vector<std::string> names;
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    bool alike = true;
    for (int rank = 0; rank < one.ranks->count() && alike; ++rank) {
      const int first = one.ranks->members(one.group, rank).front();
      alike = diagnosing::same_bits(one.share(t, rank), one.share(t, first));
    }
    if (one.terms[t].addend && !alike) names.push_back(one_line(one.terms[t].name));
  }
  return names;
}

/// Shares whose interval, in the first output that was compared, does not hold what is right.
std::vector<std::string> odd_shares(const Case& one, const Decision& decision) {
  std::vector<std::string> said;
  const int rank = decision.outputs.front();
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    const std::vector<double> due =
        diagnosing::coefficients(one, diagnosing::delivery(one, {}, t), rank);
    for (std::size_t s = 0; s < due.size(); ++s) {
      const auto& found = decision.shares[t * due.size() + s];
      if (!found || std::abs(found->value - due[s]) <= found->half_width) continue;
      said.push_back(fmt::format("the share of rank {} of {} counts {:.4g} +- {:.2g} instead of {}",
                                 s, one_line(one.terms[t].name), found->value, found->half_width,
                                 due[s]));
    }
  }
  return said;
}

DiagnosisVerdict verdict_of(Decision::Answer answer) {
  switch (answer) {
    case Decision::Answer::right: return DiagnosisVerdict::holds;
    case Decision::Answer::wrong: return DiagnosisVerdict::defect;
    case Decision::Answer::undecided: break;
  }
  return DiagnosisVerdict::undecided;
}

std::vector<std::uint64_t> place_in(const std::vector<std::uint64_t>& shape, std::size_t element) {
  std::vector<std::uint64_t> place(shape.size(), 0);
  for (std::size_t d = shape.size(); d-- > 0;) {
    place[d] = element % shape[d];
    element /= shape[d];
  }
  return place;
}

void tell_decision(const Case& one, const Decision& decision, OutputDiagnosis& said) {
  said.verdict = verdict_of(decision.answer);
  said.reason = decision.reason;
  for (const diagnosing::Fault& fault : decision.faults) {
    said.findings.push_back(finding_of(one, fault));
  }
  for (const Faults& other : decision.same) said.same.push_back(fault_text(one, other));
  for (const Faults& other : decision.different) said.different.push_back(fault_text(one, other));
  said.method = spelled(decision.method);
  if (decision.method == Method::replay) {
    said.order = decision.order;
    said.way = decision.way;
  } else {
    said.order_not_used = decision.order_not_used;
  }
  said.compared = decision.right.compared;
  said.refuted = decision.right.count;
  said.bound_used = decision.chosen.worst_share;
  said.seen_shares = decision.seen_shares;
  const diagnosing::Misfit& off =
      decision.answer == Decision::Answer::undecided && decision.right.count > 0 ? decision.chosen
                                                                                 : decision.right;
  if (off.rank >= 0) {
    said.witness = DiagnosisWitness{off.rank, place_in(one.shape, off.element), off.found,
                                    off.exact, off.allowed};
  }
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    DiagnosisFit fit{one_line(one.terms[t].name), std::nullopt, 0};
    if (const auto& estimate = decision.terms[t]) {
      fit.value = estimate->value;
      fit.half_width = estimate->certain;
    }
    said.fit.push_back(std::move(fit));
  }
  if (decision.answer == Decision::Answer::undecided) said.odd_shares = odd_shares(one, decision);
  if (decision.answer == Decision::Answer::wrong) {
    said.scenario = diagnosing::defect_scenario(one, decision.faults);
  }
}

OutputDiagnosis diagnose_case(const Case& one, const diagnosing::DecideOptions& options,
                              const std::string& refusal) {
  OutputDiagnosis said;
  said.scope = one_line(one.scope);
  said.output = one_line(one.output);
  said.reason = one.reason;
  said.shape = one.shape;
  said.format = traits(one.format).name;
  for (const diagnosing::Term& term : one.terms) {
    (term.addend ? said.addends : said.branches).push_back(one_line(term.name));
  }
  if (!one.reason.empty()) return said;
  said.group = one.ranks->name(one.group);
  said.hidden = hidden_coefficients(one);
  said.unlike = unlike_addends(one);
  said.skipped = one.elements - one.usable.size();
  said.shares = one.shares.size();
  tell_decision(one, decide(one, options), said);
  if (!refusal.empty()) said.order_not_used = refusal;
  return said;
}

}  // namespace

const char* spelling(DiagnosisVerdict verdict) {
  switch (verdict) {
    case DiagnosisVerdict::holds: return "holds";
    case DiagnosisVerdict::defect: return "defect";
    case DiagnosisVerdict::undecided: break;
  }
  return "undecided";
}

std::vector<OutputDiagnosis> diagnose(const Dump& dump, const DiagnoseOptions& options) {
  diagnosing::DecideOptions decide{options.order.empty() ? dump.order : options.order,
                                   options.settings};
  std::string refusal;
  if (!decide.order.empty() && find_order(decide.order) == nullptr) {
    refusal = make_order(decide.order, {}).refusal;
    decide.order.clear();
  }
  std::vector<OutputDiagnosis> outputs;
  for (const Case& one : diagnosing::cases_of(dump)) {
    outputs.push_back(diagnose_case(one, decide, refusal));
  }
  std::ranges::stable_sort(outputs, {}, [](const OutputDiagnosis& one) {
    if (one.verdict == DiagnosisVerdict::defect) return 0;
    return one.verdict == DiagnosisVerdict::undecided ? 1 : 2;
  });
  return outputs;
}

}  // namespace reducecheck
