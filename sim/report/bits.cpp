// SPDX-License-Identifier: Apache-2.0
#include "sim/report/bits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

double share(const BitComparison& bits) {
  return bits.elements == 0
             ? 0.0
             : static_cast<double>(bits.differing) / static_cast<double>(bits.elements);
}

std::string pair_text(const BitComparison& bits) {
  return fmt::format("  {} vs {}, {}{}{}: ", bits.left, bits.right, bits.dtype,
                     bits.order.empty() ? "" : ", ", bits.order);
}

std::string one_text(const BitComparison& bits, const std::string& more) {
  return fmt::format("{}{:.1f} % of {} elements differ in bits ({}{})\n", pair_text(bits),
                     100.0 * share(bits), grouped_digits(bits.elements),
                     layout_text(bits.configuration), more);
}

/// What the certificates say of the elements that differ; empty where there are none.
std::string rounding_text(const std::vector<const BitComparison*>& group) {
  const auto first = [&](RoundingVerdict verdict) {
    return std::ranges::find_if(
        group, [verdict](const auto* bits) { return bits->rounding.verdict == verdict; });
  };
  if (const auto wrong = first(RoundingVerdict::defect); wrong != group.end()) {
    const ComparedElement& at = *(*wrong)->rounding.witness;
    return fmt::format(
        "    defect: element {} on rank {} ({}): {:.9g} and {:.9g}, exact {:.9g}, bounds {:.3g} "
        "and "
        "{:.3g}\n",
        at.element, at.rank, layout_text((*wrong)->configuration), at.left, at.right, at.exact,
        at.left_bound, at.right_bound);
  }
  if (const auto open = first(RoundingVerdict::undecided); open != group.end()) {
    return fmt::format("    undecided whether rounding only: {} elements ({}): {}\n",
                       grouped_digits((*open)->rounding.undecided),
                       layout_text((*open)->configuration), (*open)->undecided);
  }
  double tightest = 0;
  for (const BitComparison* bits : group) {
    if (bits->rounding.tightest) {
      tightest = std::max(tightest, bits->rounding.tightest->share_of_bounds());
    }
  }
  if (first(RoundingVerdict::rounding_only) == group.end()) return "";
  return fmt::format(
      "    rounding only: every element within its bound, differences at most "
      "{:.0f} % of it\n",
      100 * tightest);
}

std::string refused_text(const std::vector<const BitComparison*>& refused, std::size_t layouts) {
  if (refused.empty()) return "";
  const BitComparison& first = *refused.front();
  return fmt::format("{}not compared in {} of {} layouts, first {}: {}\n", pair_text(first),
                     refused.size(), layouts, layout_text(first.configuration), first.refusal);
}

std::string compared_text(const std::vector<const BitComparison*>& group) {
  if (group.empty()) return "";
  const BitComparison& worst =
      **std::ranges::max_element(group, {}, [](const BitComparison* bits) { return share(*bits); });
  if (group.size() == 1) return one_text(worst, "") + rounding_text(group);
  const auto differing =
      std::ranges::count_if(group, [](const BitComparison* bits) { return bits->differing > 0; });
  if (differing == 0) {
    return pair_text(worst) + fmt::format("the same bits in all {} layouts\n", group.size());
  }
  return one_text(worst, fmt::format("; {} of {} layouts differ", differing, group.size())) +
         rounding_text(group);
}

std::string group_text(std::vector<const BitComparison*> group) {
  const auto refused = std::ranges::stable_partition(
      group, [](const BitComparison* bits) { return bits->refusal.empty(); });
  return compared_text({group.begin(), refused.begin()}) +
         refused_text({refused.begin(), refused.end()}, group.size());
}

}  // namespace

std::string bits_text(const ScenarioResult& result, TextOptions options) {
  std::vector<std::vector<const BitComparison*>> groups;
  for (const BitComparison& bits : result.bits) {
    const auto group = std::ranges::find_if(groups, [&](const auto& one) {
      const BitComparison& first = *one.front();
      return !options.verbose && first.left == bits.left && first.right == bits.right &&
             first.dtype == bits.dtype;
    });
    if (group == groups.end()) {
      groups.push_back({&bits});
    } else {
      group->push_back(&bits);
    }
  }
  std::string text;
  for (const auto& group : groups) text += group_text(group);
  return text;
}

}  // namespace reducecheck
