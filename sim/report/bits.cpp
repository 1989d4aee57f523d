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
  return fmt::format("  {} vs {}, {}: ", bits.left, bits.right, bits.dtype);
}

std::string one_text(const BitComparison& bits, const std::string& more) {
  return fmt::format("{}{:.1f} % of {} elements differ in bits ({}{})\n", pair_text(bits),
                     100.0 * share(bits), grouped_digits(bits.elements),
                     layout_text(bits.configuration), more);
}

std::string group_text(const std::vector<const BitComparison*>& group) {
  const BitComparison& worst =
      **std::ranges::max_element(group, {}, [](const BitComparison* bits) { return share(*bits); });
  if (group.size() == 1) return one_text(worst, "");
  const auto differing =
      std::ranges::count_if(group, [](const BitComparison* bits) { return bits->differing > 0; });
  if (differing == 0) {
    return pair_text(worst) + fmt::format("the same bits in all {} layouts\n", group.size());
  }
  return one_text(worst, fmt::format("; {} of {} layouts differ", differing, group.size()));
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
