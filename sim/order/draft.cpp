// SPDX-License-Identifier: Apache-2.0
#include "sim/order/draft.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace reducecheck::ordering {
namespace {

constexpr std::size_t most_runs = std::size_t{1} << 22;
constexpr std::size_t most_additions = std::size_t{1} << 24;

}  // namespace

int Adder::add(int left, int right) {
  tree_.additions.push_back({left, right});
  return tree_.ranks + static_cast<int>(tree_.additions.size()) - 1;
}

int Adder::fold(std::span<const int> operands) {
  int sum = operands.front();
  for (const int operand : operands.subspan(1)) sum = add(sum, operand);
  return sum;
}

int Adder::fold_right(std::span<const int> operands) {
  int sum = operands.back();
  for (std::size_t i = operands.size() - 1; i-- > 0;) sum = add(operands[i], sum);
  return sum;
}

std::vector<int> around(int first, int ranks, int step) {
  std::vector<int> all(static_cast<std::size_t>(ranks));
  for (int i = 0; i < ranks; ++i) {
    all[static_cast<std::size_t>(i)] = ((first + i * step) % ranks + ranks) % ranks;
  }
  return all;
}

SumTree fold_tree(std::span<const int> operands) {
  Adder adder(static_cast<int>(operands.size()));
  adder.fold(operands);
  return adder.take();
}

Draft::Draft(const OrderFacts& facts, const OrderRequest& request) : settings_(facts, request) {
  order_.name = facts.name;
  order_.ranks = request.ranks;
  order_.count = request.count;
  order_.format = request.format;
  const bool differ = !facts.ranks_agree && request.ranks > 1;
  order_.runs.resize(differ ? static_cast<std::size_t>(request.ranks) : 1);
}

std::size_t Draft::element_bytes() const {
  return static_cast<std::size_t>(traits(order_.format).bytes);
}

int Draft::tree(std::uint64_t key, const std::function<SumTree()>& make) {
  const auto [at, is_new] = numbers_.try_emplace(key, static_cast<int>(order_.trees.size()));
  if (!is_new) return at->second;
  order_.trees.push_back(make());
  additions_ += order_.trees.back().additions.size();
  if (additions_ > most_additions) {
    throw Refusal(fmt::format(
        "more than {} additions to keep: fewer ranks or channels are possible", most_additions));
  }
  return at->second;
}

void Draft::run(std::size_t count, int tree, int rank) {
  if (count == 0) return;
  auto& runs = order_.runs[static_cast<std::size_t>(rank)];
  if (!runs.empty() && runs.back().tree == tree) {
    runs.back().count += count;
    return;
  }
  if (runs.size() == most_runs) {
    throw Refusal(fmt::format(
        "the order changes more than {} times: a smaller count or larger buffers are possible",
        most_runs));
  }
  runs.push_back({count, tree});
}

void Draft::run_all(SumTree tree) {
  run(order_.count, this->tree(0, [&] { return std::move(tree); }));
}

OrderSetting accumulate_setting(std::string default_value) {
  return {.name = "accumulate",
          .sentence = "element: every addition is rounded; fp32: the sum is, once",
          .default_value = std::move(default_value),
          .words = {"element", "fp32"}};
}

void accumulate(Draft& draft) {
  draft.order().rounding =
      draft.settings().is("accumulate", "fp32") ? SumRounding::once : SumRounding::each_addition;
}

}  // namespace reducecheck::ordering
