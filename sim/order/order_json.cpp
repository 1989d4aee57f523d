// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/order/describe.hpp"
#include "sim/order/order_text.hpp"

namespace reducecheck {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const OrderSetting& setting) {
  return {{"name", setting.name},
          {"sentence", setting.sentence},
          {"default", setting.default_value},
          {"values", setting_values(setting)}};
}

ordered_json json_of(const OrderFacts& facts) {
  ordered_json json = {{"name", facts.name},
                       {"sentence", facts.sentence},
                       {"collective", facts.reduce_scatter ? "reduce_scatter" : "all_reduce"},
                       {"ranks_agree", facts.ranks_agree},
                       {"predictable", facts.predictable},
                       {"source", facts.source}};
  if (!facts.world_sizes.empty()) json["world_sizes"] = facts.world_sizes;
  if (facts.only_16_bytes) json["multiple_of_bytes"] = 16;
  for (const Format format : facts.formats) json["dtypes"].push_back(traits(format).name);
  json["settings"] = ordered_json::array();
  for (const OrderSetting& setting : facts.settings) json["settings"].push_back(json_of(setting));
  return json;
}

ordered_json json_of(const SumTree& tree) {
  ordered_json additions = ordered_json::array();
  for (const SumTree::Addition& one : tree.additions) additions.push_back({one.left, one.right});
  return {{"expression", expression(tree)},
          {"depth", depth(tree)},
          {"additions_above", additions_above(tree)},
          {"additions", std::move(additions)}};
}

ordered_json json_of(const std::vector<SumOrder::Run>& runs) {
  ordered_json json = ordered_json::array();
  std::size_t first = 0;
  for (const SumOrder::Run& run : runs) {
    json.push_back({{"first", first}, {"count", run.count}, {"tree", run.tree}});
    first += run.count;
  }
  return json;
}

const char* minus_zero_text(MinusZero manner) {
  switch (manner) {
    case MinusZero::lost: return "lost";
    case MinusZero::lost_in_words: return "lost_in_words";
    case MinusZero::kept: break;
  }
  return "kept";
}

}  // namespace

std::string orders_json(const std::string& version) {
  ordered_json json = {{"format", "reducecheck.orders/1"}, {"version", version}};
  json["orders"] = ordered_json::array();
  for (const OrderFacts& facts : known_orders()) json["orders"].push_back(json_of(facts));
  return json.dump(2) + '\n';
}

std::string order_json(const OrderFacts& facts, const OrderRequest& request, const SumOrder& order,
                       const std::string& version) {
  ordered_json json = {{"format", "reducecheck.order/1"}, {"version", version}};
  json["order"] = json_of(facts);
  json["ranks"] = order.ranks;
  json["count"] = order.count;
  json["dtype"] = traits(order.format).name;
  json["settings"] = ordered_json::object();
  for (const auto& [name, value] : request.settings) json["settings"][name] = value;
  json["rounding"] = order.rounding == SumRounding::once ? "once" : "each_addition";
  json["from_zero"] = order.from_zero;
  json["minus_zero"] = minus_zero_text(order.minus_zero);
  json["ranks_agree"] = ranks_agree(order);
  json["trees"] = ordered_json::array();
  for (const SumTree& tree : order.trees) json["trees"].push_back(json_of(tree));
  json["runs"] = ordered_json::array();
  for (const auto& runs : order.runs) json["runs"].push_back(json_of(runs));
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
