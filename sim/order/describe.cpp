// SPDX-License-Identifier: Apache-2.0
#include "sim/order/describe.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reducecheck {
namespace {

std::string tree_fault(const SumTree& tree, std::size_t number) {
  const auto ranks = static_cast<std::size_t>(tree.ranks);
  if (tree.additions.size() + 1 != ranks) {
    return fmt::format("tree {} has {} additions for {} ranks", number, tree.additions.size(),
                       tree.ranks);
  }
  std::vector<bool> used(ranks + tree.additions.size(), false);
  for (std::size_t i = 0; i < tree.additions.size(); ++i) {
    for (const int operand : {tree.additions[i].left, tree.additions[i].right}) {
      if (operand < 0 || static_cast<std::size_t>(operand) >= ranks + i) {
        return fmt::format("tree {}, addition {}: no operand {} yet", number, i, operand);
      }
      if (used[static_cast<std::size_t>(operand)]) {
        return fmt::format("tree {}, addition {}: operand {} is added twice", number, i, operand);
      }
      used[static_cast<std::size_t>(operand)] = true;
    }
  }
  return "";
}

std::string runs_fault(const SumOrder& order) {
  if (order.runs.size() != 1 && order.runs.size() != static_cast<std::size_t>(order.ranks)) {
    return fmt::format("{} lists of runs for {} ranks", order.runs.size(), order.ranks);
  }
  for (const auto& runs : order.runs) {
    std::size_t sum = 0;
    for (const SumOrder::Run& run : runs) {
      if (run.tree < 0 || static_cast<std::size_t>(run.tree) >= order.trees.size()) {
        return fmt::format("a run names tree {} of {}", run.tree, order.trees.size());
      }
      sum += run.count;
    }
    if (sum != order.count) return fmt::format("runs of {} elements for {}", sum, order.count);
  }
  return "";
}

/// Operands of additions in the order of a text: the last addition's left side first.
class Writer {
 public:
  explicit Writer(const SumTree& tree) : tree_(tree) {}

  std::string text() {
    if (tree_.additions.empty()) return "x0";
    write(tree_.ranks + static_cast<int>(tree_.additions.size()) - 1, true);
    return std::move(text_);
  }

 private:
  void write(int operand, bool is_sum) {
    if (operand < tree_.ranks) {
      text_ += fmt::format("x{}", operand);
      return;
    }
    const auto [left, right] = tree_.additions[static_cast<std::size_t>(operand - tree_.ranks)];
    if (!is_sum) text_ += '(';
    write(left, false);
    text_ += " + ";
    write(right, false);
    if (!is_sum) text_ += ')';
  }

  const SumTree& tree_;
  std::string text_;
};

}  // namespace

std::string order_fault(const SumOrder& order) {
  for (std::size_t i = 0; i < order.trees.size(); ++i) {
    if (order.trees[i].ranks != order.ranks) {
      return fmt::format("tree {} is of {} ranks, not {}", i, order.trees[i].ranks, order.ranks);
    }
    std::string fault = tree_fault(order.trees[i], i);
    if (!fault.empty()) return fault;
  }
  return runs_fault(order);
}

std::string expression(const SumTree& tree) {
  return Writer(tree).text();
}

std::vector<int> additions_above(const SumTree& tree) {
  const auto ranks = static_cast<std::size_t>(tree.ranks);
  std::vector<int> above(ranks + tree.additions.size(), 0);
  for (std::size_t i = tree.additions.size(); i-- > 0;) {
    for (const int operand : {tree.additions[i].left, tree.additions[i].right}) {
      above[static_cast<std::size_t>(operand)] = above[ranks + i] + 1;
    }
  }
  above.resize(ranks);
  return above;
}

int depth(const SumTree& tree) {
  return std::ranges::max(additions_above(tree));
}

const SumTree& tree_of(const SumOrder& order, int rank, std::size_t element) {
  const auto& runs = order.runs[order.runs.size() == 1 ? 0 : static_cast<std::size_t>(rank)];
  std::size_t place = 0;
  while (element >= runs[place].count) element -= runs[place++].count;
  return order.trees[static_cast<std::size_t>(runs[place].tree)];
}

bool ranks_agree(const SumOrder& order) {
  return order.runs.size() == 1;
}

}  // namespace reducecheck
