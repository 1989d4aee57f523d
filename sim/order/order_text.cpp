// SPDX-License-Identifier: Apache-2.0
#include "sim/order/order_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/order/describe.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t most_runs_shown = 16;
constexpr int most_ranks_drawn = 16;

/// `name` in a column of its own, the words beside it in as many lines as they need.
std::string beside(std::string_view name, std::string_view words, std::size_t column) {
  std::string text = wrapped(words, column, 100);
  text.replace(2, name.size(), name);
  return text;
}

std::string value_text(const OrderSetting& setting, const std::string& value) {
  return value.empty() && setting.is_ranks ? "0,1,2,.." : value;
}

std::string setting_text(const OrderSetting& setting, const OrderRequest& request) {
  const auto given = request.settings.find(setting.name);
  const bool is_given = given != request.settings.end();
  const std::string value = value_text(setting, is_given ? given->second : setting.default_value);
  return beside(fmt::format("  {}={}", setting.name, value),
                fmt::format("{}; {}", setting.sentence, setting_values(setting)), 30);
}

std::string rounding_text(const SumOrder& order) {
  std::string text = order.rounding == SumRounding::once
                         ? fmt::format("once, to {}; added in fp32", traits(order.format).name)
                         : fmt::format("each addition, to {}", traits(order.format).name);
  if (order.from_zero) text += "; sums begin at +0, so that -0 is lost";
  if (order.minus_zero == MinusZero::lost) text += "; an operand -0 counts as +0";
  if (order.minus_zero == MinusZero::lost_in_words) {
    text += "; a 32-bit word 0x80000000 counts as 0";
  }
  return text;
}

std::string agreement_text(const SumOrder& order) {
  return ranks_agree(order) ? "yes: a sum has the same bits on every rank that holds it"
                            : "no: each rank adds in its own order";
}

/// The runs of one list: `elements 0..3  x1 + x0`, an expression that is too long on lines of its
/// own.
std::string runs_text(const SumOrder& order, const std::vector<SumOrder::Run>& runs,
                      std::string_view whose, std::size_t most) {
  std::string text;
  std::size_t first = 0;
  for (std::size_t i = 0; i < std::min(runs.size(), most); ++i) {
    const std::size_t last = first + runs[i].count - 1;
    const std::string elements = fmt::format("{}elements {}..{}", whose, first, last);
    const SumTree& tree = order.trees[static_cast<std::size_t>(runs[i].tree)];
    const std::string sum = expression(tree);
    const std::size_t column = std::max<std::size_t>(elements.size() + 4, 26);
    text += column + sum.size() <= 100 ? fmt::format("  {:<{}}{}\n", elements, column - 2, sum)
                                       : fmt::format("  {}\n{}", elements, wrapped(sum, 4, 100));
    first = last + 1;
  }
  if (runs.size() > most) {
    text += fmt::format("  {}{} runs more\n", whose, runs.size() - most);
  }
  return text;
}

std::string trees_text(const SumOrder& order) {
  if (ranks_agree(order)) return runs_text(order, order.runs[0], "", most_runs_shown);
  std::string text;
  const std::size_t shown = std::min(order.runs.size(), most_runs_shown);
  for (std::size_t rank = 0; rank < shown; ++rank) {
    text += runs_text(order, order.runs[rank], fmt::format("rank {}, ", rank), 1);
  }
  if (shown < order.runs.size())
    text += fmt::format("  {} ranks more\n", order.runs.size() - shown);
  return text;
}

std::string first_tree_text(const SumOrder& order) {
  if (order.trees.empty() || order.ranks == 1) return "";
  const SumTree& tree = order.trees.front();
  const auto [least, most] = std::ranges::minmax(additions_above(tree));
  std::string text = fmt::format(
      "\n  depth {}: {} to {} additions above a rank, {}\n", depth(tree), least, most,
      order.rounding == SumRounding::once ? "one rounding at the end" : "each a rounding");
  if (order.ranks > most_ranks_drawn) {
    return text + fmt::format("  drawn for up to {} ranks\n", most_ranks_drawn);
  }
  return text +
         fmt::format("  {}, with the additions above each rank\n\n",
                     order.trees.size() == 1 ? "the tree" : "the first of the trees") +
         drawing(tree);
}

}  // namespace

std::string orders_text() {
  std::string text;
  for (const OrderFacts& facts : known_orders()) text += beside(facts.name, facts.sentence, 33);
  return text;
}

std::string order_text(const OrderFacts& facts, const OrderRequest& request,
                       const SumOrder& order) {
  const auto bytes = static_cast<std::size_t>(traits(order.format).bytes);
  std::string text = wrapped(fmt::format("{}: {}", facts.name, facts.sentence), 0, 100);
  const auto fact = [&](std::string_view name, const std::string& words) {
    text += beside(name, words, 16);
  };
  fact("collective",
       fmt::format("{} of {} {} of {} ({} bytes) over {}",
                   facts.reduce_scatter ? "reduce_scatter" : "all_reduce", order.count,
                   order.count == 1 ? "element" : "elements", traits(order.format).name,
                   order.count * bytes, counted(static_cast<std::size_t>(order.ranks), "rank")));
  fact("rounding", rounding_text(order));
  fact("ranks agree", agreement_text(order));
  fact("predictable", facts.predictable);
  fact("source", facts.source);
  if (!facts.settings.empty()) text += "  settings\n";
  for (const OrderSetting& setting : facts.settings) text += setting_text(setting, request);
  return text + '\n' + trees_text(order) + first_tree_text(order);
}

}  // namespace reducecheck
