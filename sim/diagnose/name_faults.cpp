// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/name_faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/report/words.hpp"

namespace reducecheck::diagnosing {
namespace {

/// `4 = tp`, `1/4 = 1/tp`, `5/2`.
std::string number_text(const Case& one, const Fraction& number) {
  const std::int64_t ranks = one.ranks->size_of(one.group);
  const std::string group = one.ranks->name(one.group);
  const bool simple = group.find(' ') == std::string::npos;
  if (ranks > 1 && number == Fraction(ranks)) return fmt::format("{} = {}", ranks, group);
  if (ranks > 1 && number == Fraction(1, ranks)) {
    return fmt::format("1/{} = 1/{}", ranks, simple ? group : fmt::format("({})", group));
  }
  return to_string(number);
}

std::string size_text(const Case& one, AxisSet set) {
  const std::int64_t size = one.ranks->size_of(set);
  return one.ranks->whole_axes(set) ? fmt::format("{} = {}", size, one.ranks->name(set))
                                    : std::to_string(size);
}

/// `{0,1}`: the sum over `set` that the first rank is in.
std::string first_ranks(const Case& one, AxisSet set) {
  return rank_set(one.ranks->members(set, 0));
}

const Term& first_term(const Case& one, const Fault& fault) {
  return one.terms[static_cast<std::size_t>(fault.terms.front())];
}

void name_again(const Case& one, const Fault& fault, DiagnosisFinding& finding) {
  finding.defect_class = "double_reduce";
  finding.coefficient = size_text(one, fault.axes);
  finding.group = one.ranks->name(fault.axes);
  finding.words =
      fmt::format("{} is complete and summed once more over {}", finding.counts, finding.group);
}

/// A branch of which every rank has a share.
void name_wrong_group(const Case& one, const Fault& fault, const Term& term,
                      DiagnosisFinding& finding) {
  const Ranks& ranks = *one.ranks;
  finding.coefficient = "0";
  if (ranks.size_of(fault.axes) == 1) {
    finding.defect_class = "missing_reduce";
    finding.group = ranks.name(term.over);
    finding.words = fmt::format("nothing sums {} over {}: each rank has its own share only",
                                finding.counts, finding.group);
    finding.counts = "other ranks' shares of " + finding.counts;
    return;
  }
  finding.defect_class = "wrong_group";
  finding.group = ranks.name(fault.axes);
  const std::string off =
      fmt::format("{} is summed over {}, rank 0 with ranks {}, instead of {}, ranks {}",
                  finding.counts, finding.group, first_ranks(one, fault.axes),
                  ranks.name(term.over), first_ranks(one, term.over));
  finding.words = off;
  if ((fault.axes & term.over) == term.over) {
    finding.coefficient = "1";
    finding.counts = "shares from outside the group of " + finding.counts;
  } else {
    finding.counts = "other ranks' shares of " + finding.counts;
  }
}

void name_group(const Case& one, const Fault& fault, DiagnosisFinding& finding) {
  const Term& term = first_term(one, fault);
  const bool copies = term.addend || ((fault.axes & term.over) == term.over &&
                                      (fault.axes & term.replicated & ~term.over) != 0);
  if (!copies) return name_wrong_group(one, fault, term, finding);
  const AxisSet set = term.addend ? fault.axes : fault.axes & term.replicated;
  finding.defect_class = term.addend ? "addend_in_sum" : "replicated_branch_in_sum";
  finding.coefficient = size_text(one, set);
  finding.group = one.ranks->name(fault.axes);
  finding.words = fmt::format("{} is whole on every rank and joins the sum over {}", finding.counts,
                              finding.group);
}

void name_shares(const Fault& fault, const std::string& names, DiagnosisFinding& finding) {
  const bool dropped = fault.kind == FaultKind::dropped;
  finding.defect_class = dropped ? "once_guard_wrong" : "double_reduce";
  finding.coefficient = dropped ? "0" : "2";
  finding.ranks = fault.ranks;
  finding.counts =
      fmt::format("the share of {} {} of {}", fault.ranks.size() == 1 ? "rank" : "ranks",
                  rank_set(fault.ranks), names);
  finding.words = fmt::format("{} {}", finding.counts,
                              dropped ? "does not come into the sum" : "is in the sum twice");
}

void name_scale(const Case& one, const Fault& fault, DiagnosisFinding& finding) {
  const bool average = fault.factor == Fraction(1, one.ranks->size_of(one.group));
  finding.defect_class = average ? "once_guard_wrong" : "scale_placement";
  finding.coefficient = number_text(one, fault.factor);
  finding.words = average ? fmt::format("{} is divided by the ranks of the sum", finding.counts)
                          : fmt::format("{} is scaled by {}", finding.counts, finding.coefficient);
}

}  // namespace

DiagnosisFinding finding_of(const Case& one, const Fault& fault) {
  DiagnosisFinding finding;
  for (const int t : fault.terms) {
    finding.branches.push_back(one_line(one.terms[static_cast<std::size_t>(t)].name));
  }
  const std::string names = listed(finding.branches);
  finding.counts = names;
  switch (fault.kind) {
    case FaultKind::summed_again: name_again(one, fault, finding); break;
    case FaultKind::other_group: name_group(one, fault, finding); break;
    case FaultKind::missing:
      finding.defect_class = "missing_branch";
      finding.coefficient = "0";
      finding.words = names + " does not come into the output on any rank";
      break;
    case FaultKind::dropped:
    case FaultKind::twice: name_shares(fault, names, finding); break;
    case FaultKind::scaled: name_scale(one, fault, finding); break;
  }
  return finding;
}

std::string fault_text(const Case& one, const Faults& faults) {
  std::vector<std::string> parts;
  for (const Fault& fault : faults) {
    const DiagnosisFinding finding = finding_of(one, fault);
    parts.push_back(fmt::format("{}: {}, coefficient {}",
                                defect_text(finding.defect_class, finding.branches), finding.words,
                                finding.coefficient));
  }
  return fmt::format("{}", fmt::join(parts, "; and "));
}

}  // namespace reducecheck::diagnosing
