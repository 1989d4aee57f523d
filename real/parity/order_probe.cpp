// SPDX-License-Identifier: Apache-2.0
#include "real/parity/order_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/order/describe.hpp"

namespace reducecheck::real {
namespace {

/// M of each type: 15 ones are less than half of its last place, above it and below (so it is no
/// power of two where that is close), and it is far from overflow.
float swallowing(ElementType type) {
  switch (type) {
    case ElementType::fp8_e4m3: return 384;
    case ElementType::fp8_e5m2: return 8192;
    case ElementType::fp16: return 49152;
    default: return std::ldexp(1.0F, 60);
  }
}

/// The ranks below each operand of a tree, leaves first.
std::vector<std::vector<int>> ranks_below(const SumTree& tree) {
  std::vector<std::vector<int>> below;
  for (int r = 0; r < tree.ranks; ++r) below.push_back({r});
  for (const SumTree::Addition& one : tree.additions) {
    std::vector<int> both = below[static_cast<std::size_t>(one.left)];
    const std::vector<int>& right = below[static_cast<std::size_t>(one.right)];
    both.insert(both.end(), right.begin(), right.end());
    below.push_back(std::move(both));
  }
  return below;
}

/// By pair, of one tree.
std::vector<int> meetings_of(const SumTree& tree) {
  const auto below = ranks_below(tree);
  std::vector<int> sizes;
  for (int i = 0; i < tree.ranks; ++i) {
    for (int j = i + 1; j < tree.ranks; ++j) {
      // The first that has both, because additions come in order.
      for (const std::vector<int>& ranks : below) {
        const auto has = [&](int r) { return std::ranges::find(ranks, r) != ranks.end(); };
        if (!has(i) || !has(j)) continue;
        sizes.push_back(static_cast<int>(ranks.size()));
        break;
      }
    }
  }
  return sizes;
}

class Recovery {
 public:
  Recovery(const Meetings& meetings, int ranks, std::size_t element)
      : meetings_(meetings), ranks_(ranks), element_(element) {}

  /// The expression of these ranks, empty where they are no tree.
  [[nodiscard]] std::string expression(const std::vector<int>& ranks, bool outermost) const {
    if (ranks.size() == 1) return fmt::format("x{}", ranks.front());
    // Who meets the first rank in the last addition is on its other side.
    std::vector<int> near = {ranks.front()};
    std::vector<int> far;
    for (std::size_t k = 1; k < ranks.size(); ++k) {
      const int size = meeting(ranks.front(), ranks[k]);
      (size == static_cast<int>(ranks.size()) ? far : near).push_back(ranks[k]);
    }
    if (far.empty() || !all_meet(near, far, static_cast<int>(ranks.size()))) return "";
    const std::string left = expression(near, false);
    const std::string right = expression(far, false);
    if (left.empty() || right.empty()) return "";
    return outermost ? fmt::format("{} + {}", left, right) : fmt::format("({} + {})", left, right);
  }

 private:
  [[nodiscard]] int meeting(int i, int j) const {
    const int low = std::min(i, j);
    const int high = std::max(i, j);
    const int pair = low * ranks_ - low * (low + 1) / 2 + high - low - 1;
    return meetings_[static_cast<std::size_t>(pair)][element_];
  }

  [[nodiscard]] bool all_meet(const std::vector<int>& near, const std::vector<int>& far,
                              int size) const {
    return std::ranges::all_of(near, [&](int i) {
      return std::ranges::all_of(far, [&](int j) { return meeting(i, j) == size; });
    });
  }

  const Meetings& meetings_;
  int ranks_;
  std::size_t element_;
};

}  // namespace

Meetings observed_meetings(const SumOfRanks& sum, ElementType type, int rank, int ranks,
                           std::size_t count) {
  Meetings meetings;
  const float large = swallowing(type);
  for (int i = 0; i < ranks; ++i) {
    for (int j = i + 1; j < ranks; ++j) {
      const float own = rank == i ? large : rank == j ? -large : 1;
      std::vector<std::byte> elements(count * facts(type).bytes);
      for (std::size_t e = 0; e < count; ++e) store(type, elements.data(), e, encode(type, own));
      sum(elements);
      std::vector<int>& sizes = meetings.emplace_back();
      for (std::size_t e = 0; e < count; ++e) {
        const float came = decode(type, load(type, elements.data(), e));
        const bool number = came >= 0 && came <= static_cast<float>(ranks);
        sizes.push_back(number ? ranks - static_cast<int>(came) : -1);
      }
    }
  }
  return meetings;
}

Meetings predicted_meetings(const SumOrder& order, int rank) {
  std::vector<std::vector<int>> of_trees;
  for (const SumTree& tree : order.trees) of_trees.push_back(meetings_of(tree));
  Meetings meetings(static_cast<std::size_t>(order.ranks * (order.ranks - 1) / 2));
  const auto list = order.runs.size() == 1 ? 0 : static_cast<std::size_t>(rank);
  for (const SumOrder::Run& run : order.runs[list]) {
    const std::vector<int>& sizes = of_trees[static_cast<std::size_t>(run.tree)];
    for (std::size_t pair = 0; pair < meetings.size(); ++pair) {
      meetings[pair].insert(meetings[pair].end(), run.count, sizes[pair]);
    }
  }
  return meetings;
}

std::string recovered_expression(const Meetings& meetings, int ranks, std::size_t element) {
  std::vector<int> all(static_cast<std::size_t>(ranks));
  std::iota(all.begin(), all.end(), 0);
  const std::string text = Recovery(meetings, ranks, element).expression(all, true);
  return text.empty() ? "no tree" : text;
}

}  // namespace reducecheck::real
