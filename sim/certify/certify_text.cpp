// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "scenarios/text/printable.hpp"
#include "sim/certify/certify.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

std::string percent(std::int64_t part, std::int64_t whole) {
  if (part == whole) return "all";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.1) return fmt::format("{:.2g} %", share);
  return fmt::format("{:.1f} %", share);
}

/// `element (3, 17) on rank 0`.
std::string place_text(const OutputCertificate& output, const ComparedElement& at) {
  return fmt::format("element ({}) on rank {}", fmt::join(output.place(at.element), ", "), at.rank);
}

std::string values_text(const ComparedElement& at) {
  return fmt::format("A has {:.9g}, B has {:.9g}, exact {:.9g}, bound {}",
                     static_cast<double>(at.left), static_cast<double>(at.right), at.exact,
                     at.left_bound == at.right_bound
                         ? fmt::format("{:.3g}", at.left_bound)
                         : fmt::format("{:.3g} and {:.3g}", at.left_bound, at.right_bound));
}

std::string heading(const OutputCertificate& output) {
  std::string text = fmt::format(
      "{}  {} [{}] on {}", printable(output.name), output.type, fmt::join(output.shape, ", "),
      output.ranks.size() == 1 ? fmt::format("rank {}", output.ranks.front())
                               : fmt::format("ranks {}", rank_set(output.ranks)));
  if (output.reason.empty()) {
    std::vector<std::string> operands = output.branches;
    for (const std::string& addend : output.addends) operands.push_back(addend + " once");
    text += fmt::format("\n  sum of {} over {} ({})", printable(listed(operands)), output.group,
                        counted(static_cast<std::size_t>(output.group_ranks), "rank"));
  }
  return text + '\n';
}

std::string ulps_text(const OutputCertificate& output) {
  std::string text;
  for (std::size_t bin = 0; bin < output.ulps.size(); ++bin) {
    if (output.ulps[bin] == 0) continue;
    const std::uint64_t most = std::uint64_t{1} << bin;
    const std::string range =
        bin < 2 ? std::to_string(most) : fmt::format("{} to {}", most / 2 + 1, most);
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", range,
                        percent(output.ulps[bin], output.report.elements));
  }
  return text.empty() ? "" : fmt::format("{}; most {}", text, output.most_ulps);
}

std::string without_bounds(const OutputCertificate& output) {
  const RoundingReport& report = output.report;
  std::string text = fmt::format("  undecided: {} of {} elements differ in bits; {}\n",
                                 percent(report.differing, report.elements),
                                 grouped_digits(report.elements), printable(output.reason));
  const std::string ulps = ulps_text(output);
  if (!ulps.empty()) {
    text += wrapped(fmt::format("units in the last place apart: {}", ulps), 2);
    text +=
        "  that decides nothing: where terms cancel, right results are hundreds of units "
        "apart,\n  and where one is small, a wrong result is within one\n";
  }
  const std::size_t end = output.name.rfind("output/");
  return text + fmt::format(
                    "  to decide: dump `{}partial/BRANCH` of every branch on every rank and "
                    "give --partials DIR\n",
                    printable(output.name.substr(0, end)));
}

std::string bound_name(const VersionBound& bound) {
  if (bound.order.empty()) return "any order";
  const std::string order = fmt::format("order {}{}", printable(bound.order),
                                        bound.from_dump ? ", as its dump says" : "");
  if (bound.not_used.empty()) return order;
  return fmt::format("any order ({}: {})", order, printable(bound.not_used));
}

std::string bounds_text(const OutputCertificate& output) {
  const std::string left = bound_name(output.left);
  const std::string right = bound_name(output.right);
  std::string text = left == right ? fmt::format("  bound of {}", left)
                                   : fmt::format("  bound of {} for A, of {} for B", left, right);
  if (output.report.median_ratio > 0 && !output.report.witness) {
    text += fmt::format("; median bound / error {:.1f}", output.report.median_ratio);
  }
  text += '\n';
  for (const VersionBound* bound : {&output.left, &output.right}) {
    if (bound->replays.empty()) continue;
    const ReplayedShare& best = bound->replays.front();
    text += fmt::format("  {} has the values of {} in that order in {} of its elements\n",
                        bound == &output.left ? 'A' : 'B', printable(best.way),
                        percent(best.elements, output.report.elements));
  }
  return text;
}

std::string differing_text(const OutputCertificate& output) {
  const RoundingReport& report = output.report;
  std::string text =
      fmt::format("{} of {} elements differ in bits\n", percent(report.differing, report.elements),
                  grouped_digits(report.elements));
  if (!report.largest) return text;
  const auto one = [&](const char* what, const ComparedElement& at) {
    return fmt::format("  {} {:.4g}, {:.0f} % of its bound, at {}:\n    {}\n", what,
                       at.difference(), 100 * at.share_of_bounds(), place_text(output, at),
                       values_text(at));
  };
  text += one("largest difference", *report.largest);
  if (report.tightest->element != report.largest->element ||
      report.tightest->rank != report.largest->rank) {
    text += one("nearest to its bound", *report.tightest);
  }
  return text;
}

/// By the bound of any order where that is enough, because it needs no trust in an order.
std::string defect_text(const OutputCertificate& output) {
  const bool any = !output.any_order || output.any_order->witness;
  const RoundingReport& report = any && output.any_order ? *output.any_order : output.report;
  const ComparedElement& witness = *report.witness;
  const char* who = witness.left_wrong ? (witness.right_wrong ? "A and B are" : "A is") : "B is";
  const char* why = any ? "than any order of these additions brings it"
                        : "than that order brings it; another order could, or a sum is wrong";
  return fmt::format(
      "  defect: {}:\n    {}\n  {} further from the exact sum {}\n"
      "  so far away are {} elements of A and {} of B, of {}\n",
      place_text(output, witness), values_text(witness), who, why,
      grouped_digits(report.left_wrong), grouped_digits(report.right_wrong),
      grouped_digits(report.elements));
}

std::string verdict_lines(const OutputCertificate& output) {
  const RoundingReport& report = output.report;
  switch (report.verdict) {
    case RoundingVerdict::same_bits:
      return fmt::format("  same bits: all {} elements\n", grouped_digits(report.elements));
    case RoundingVerdict::rounding_only: return "  rounding only: " + differing_text(output);
    case RoundingVerdict::defect: return defect_text(output);
    default: break;
  }
  return fmt::format(
      "  undecided: {} of {} elements have no bound, the first {}: a partial sum is not finite, "
      "or the sum can leave the range of {}\n",
      grouped_digits(report.undecided), grouped_digits(report.elements),
      place_text(output, *report.unbounded), output.type);
}

}  // namespace

std::string certify_text(const CertifyReport& report, const CertifiedVersion& left,
                         const CertifiedVersion& right, const CertifiedVersion* partials) {
  std::string text = fmt::format("  A  {}\n  B  {}\n", printable(left.path), printable(right.path));
  if (partials != nullptr) text += fmt::format("  partial sums  {}\n", printable(partials->path));
  for (const OutputCertificate& output : report.outputs) {
    text += '\n' + heading(output);
    const bool undecided = output.report.verdict == RoundingVerdict::undecided;
    if (!output.reason.empty() && undecided) {
      text += without_bounds(output);
      continue;
    }
    text += verdict_lines(output);
    if (output.reason.empty()) text += bounds_text(output);
  }
  text += '\n';
  for (const auto& [names, has] : {std::pair(report.only_left, 'A'), {report.only_right, 'B'}}) {
    for (const std::string& name : names) {
      text += fmt::format("only {} has {}\n", has, printable(name));
    }
  }
  return text + fmt::format("{}: {} same bits, {} rounding only, {} defect, {} undecided\n",
                            counted(report.outputs.size(), "output"),
                            report.count(RoundingVerdict::same_bits),
                            report.count(RoundingVerdict::rounding_only),
                            report.count(RoundingVerdict::defect),
                            report.count(RoundingVerdict::undecided));
}

}  // namespace reducecheck
