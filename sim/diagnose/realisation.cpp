// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/realisation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "sim/report/words.hpp"

namespace reducecheck::diagnosing {
namespace {

using Block = Realisation::Block;
using Join = Realisation::Join;
using Scaling = Realisation::Scaling;

constexpr std::size_t most_ways = 2048;
constexpr std::size_t most_permuted = 5;
constexpr std::size_t most_split = 3;

bool is_one(const Fraction& factor) {
  return factor == Fraction(1);
}

/// Every order of `count` operands of a left fold that differs in some sum.
std::vector<std::vector<int>> folds(std::size_t count) {
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  if (count > most_permuted) return {order};
  std::vector<std::vector<int>> all;
  do {
    if (count < 2 || order[0] < order[1]) all.push_back(order);
  } while (std::ranges::next_permutation(order).found);
  return all;
}

/// Every way to cut a few items into sets; of many, together and each alone.
std::vector<std::vector<std::vector<int>>> cuts(const std::vector<int>& items) {
  std::vector<std::vector<std::vector<int>>> all = {{items}};
  if (items.size() > most_split) {
    auto& alone = all.emplace_back();
    for (const int item : items) alone.push_back({item});
    return all;
  }
  all.assign(1, {});
  for (const int item : items) {
    std::vector<std::vector<std::vector<int>>> longer;
    for (const auto& cut : all) {
      for (std::size_t into = 0; into <= cut.size(); ++into) {
        auto next = cut;
        if (into == cut.size()) next.emplace_back();
        next[into].push_back(item);
        longer.push_back(std::move(next));
      }
    }
    all = std::move(longer);
  }
  return all;
}

class Enumeration {
 public:
  Enumeration(const Case& one, const Faults& faults) : one_(one), right_(faults.empty()) {
    for (std::size_t t = 0; t < one.terms.size(); ++t) {
      Delivery& delivered = deliveries_.emplace_back(delivery(one, faults, t));
      if (delivered.over == 0) std::swap(delivered.over, delivered.again);
    }
  }

  std::vector<Realisation> all() {
    blocks_of({}, 0);
    return std::move(ways_);
  }

 private:
  [[nodiscard]] const Delivery& of(int term) const {
    return deliveries_[static_cast<std::size_t>(term)];
  }

  /// Terms from `first` on that are still to be put into blocks, those with equal sums together.
  void blocks_of(const std::vector<Block>& blocks, std::size_t first) {
    while (first < deliveries_.size() && placed(blocks, static_cast<int>(first))) ++first;
    if (first == deliveries_.size()) return joined(blocks);
    const Delivery& own = deliveries_[first];
    if (own.factor == Fraction(0)) {
      std::vector<Block> more = blocks;
      more.push_back({{{static_cast<int>(first), Join::plain}}, 0, 0});
      return blocks_of(more, first + 1);
    }
    std::vector<int> alike;
    for (std::size_t t = first; t < deliveries_.size(); ++t) {
      const Delivery& other = deliveries_[t];
      const bool same = other.over == own.over && other.again == own.again;
      if (same && !(other.factor == Fraction(0))) alike.push_back(static_cast<int>(t));
    }
    if (own.over == 0) alike.resize(1);
    for (const auto& cut : cuts(alike)) {
      std::vector<Block> more = blocks;
      for (const std::vector<int>& set : cut) {
        Block& block = more.emplace_back();
        for (const int t : set) block.items.push_back({t, Join::plain});
        block.over = own.over;
        block.again = own.again;
      }
      blocks_of(more, first + 1);
    }
  }

  static bool placed(const std::vector<Block>& blocks, int term) {
    return std::ranges::any_of(blocks, [&](const Block& block) {
      return std::ranges::any_of(block.items, [&](const auto& item) { return item.term == term; });
    });
  }

  /// Blocks as they are; and what is summed twice as an operand of another sum; and, of a
  /// right sum, addends as operands that count once.
  void joined(const std::vector<Block>& blocks) {
    folded(blocks);
    for (std::size_t from = 0; from < blocks.size(); ++from) {
      for (std::size_t into = 0; into < blocks.size(); ++into) {
        if (from == into || blocks[into].over == 0 || blocks[into].again != 0) continue;
        if (blocks[from].again != 0 && blocks[from].again == blocks[into].over) {
          moved(blocks, from, into, Join::summed_first);
        }
        const int term = blocks[from].items.front().term;
        const bool whole = blocks[from].over == 0 && of(term).factor == Fraction(1);
        if (!right_ || !whole || !one_.terms[static_cast<std::size_t>(term)].addend) continue;
        moved(blocks, from, into, Join::first_only);
        moved(blocks, from, into, Join::divided);
      }
    }
  }

  void moved(const std::vector<Block>& blocks, std::size_t from, std::size_t into, Join join) {
    std::vector<Block> less = blocks;
    for (auto item : less[from].items) {
      item.join = join;
      less[into].items.push_back(item);
    }
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(from));
    folded(less);
  }

  /// Every order of the additions within blocks and between them.
  void folded(const std::vector<Block>& blocks) {
    std::vector<std::vector<Block>> inner(1);
    for (const Block& block : blocks) {
      std::vector<std::vector<Block>> longer;
      for (const auto& before : inner) {
        for (const std::vector<int>& order : folds(block.items.size())) {
          longer.push_back(before);
          Block& copy = longer.back().emplace_back(block);
          for (std::size_t i = 0; i < order.size(); ++i) {
            copy.items[i] = block.items[static_cast<std::size_t>(order[i])];
          }
        }
      }
      inner = std::move(longer);
    }
    for (const auto& each : inner) {
      for (const std::vector<int>& order : folds(each.size())) scaled({each, order});
    }
  }

  void scaled(const Realisation& way) {
    if (ways_.size() >= most_ways) return;
    const bool any = std::ranges::any_of(deliveries_, [](const Delivery& d) {
      return !is_one(d.factor) && !(d.factor == Fraction(0));
    });
    ways_.push_back(way);
    if (!any) return;
    const auto factor_of = [&](const auto& item) {
      return deliveries_[static_cast<std::size_t>(item.term)].factor;
    };
    // The sum of a block is scaled by one factor, that of all its terms.
    const bool by_blocks = std::ranges::all_of(way.blocks, [&](const Block& block) {
      return std::ranges::all_of(block.items, [&](const auto& item) {
        return factor_of(item) == factor_of(block.items.front());
      });
    });
    if (by_blocks) {
      ways_.push_back(way);
      ways_.back().scaling = Scaling::sums;
    }
    const bool all_alike = std::ranges::all_of(
        deliveries_, [&](const Delivery& d) { return d.factor == deliveries_.front().factor; });
    if (!all_alike) return;
    ways_.push_back(way);
    ways_.back().scaling = Scaling::output;
  }

  const Case& one_;
  const bool right_;
  std::vector<Delivery> deliveries_;
  std::vector<Realisation> ways_;
};

std::string sum_text(const Ranks& ranks, AxisSet set, AxisSet group, const std::string& argument) {
  if (set == 0) return argument;
  return set == group ? fmt::format("all_reduce({})", argument)
                      : fmt::format("all_reduce({}, {})", argument, ranks.name(set));
}

}  // namespace

std::vector<Realisation> realisations(const Case& one, const Faults& faults) {
  return Enumeration(one, faults).all();
}

std::string realisation_text(const Case& one, const Faults& faults, const Realisation& way) {
  const Ranks& ranks = *one.ranks;
  std::vector<std::string> parts;
  const bool scaled_output = way.scaling == Scaling::output;
  Fraction output_factor(1);
  for (const int b : way.order) {
    const Block& block = way.blocks[static_cast<std::size_t>(b)];
    std::vector<std::string> items;
    Fraction factor(1);
    for (const auto& item : block.items) {
      const auto t = static_cast<std::size_t>(item.term);
      const Delivery delivered = delivery(one, faults, t);
      if (delivered.factor == Fraction(0)) continue;
      factor = delivered.factor;
      std::string text = one_line(one.terms[t].name);
      if (item.join == Join::summed_first) text = sum_text(ranks, delivered.over, one.group, text);
      if (item.join == Join::divided) text += fmt::format(" / {}", ranks.size_of(block.over));
      if (item.join == Join::first_only) text += " on the first rank";
      if (!is_one(factor) && way.scaling == Scaling::shares) {
        text = fmt::format("{} * {}", to_string(factor), text);
      }
      items.push_back(std::move(text));
    }
    if (items.empty()) continue;
    output_factor = factor;
    std::string text = fmt::format("{}", fmt::join(items, " + "));
    text = sum_text(ranks, block.over, one.group, text);
    text = sum_text(ranks, block.again, one.group, text);
    if (!is_one(factor) && way.scaling == Scaling::sums) {
      text = fmt::format("{} * {}", to_string(factor), text);
    }
    parts.push_back(std::move(text));
  }
  const std::string sum = parts.empty() ? "0" : fmt::format("{}", fmt::join(parts, " + "));
  return scaled_output ? fmt::format("{} * ({})", to_string(output_factor), sum) : sum;
}

}  // namespace reducecheck::diagnosing
