// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "scenarios/text/diagnostic.hpp"
#include "sim/order/draft.hpp"

namespace reducecheck {
namespace ordering {
namespace {

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(between); end != std::string_view::npos;
       end = text.find(between)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

const OrderSetting& setting_named(const OrderFacts& facts, const std::string& name) {
  std::vector<std::string> names;
  for (const OrderSetting& setting : facts.settings) {
    if (setting.name == name) return setting;
    names.push_back(setting.name);
  }
  if (names.empty()) {
    throw Refusal(fmt::format("`{}` has no settings, and so no `{}`", facts.name, name));
  }
  const std::string meant = did_you_mean(name, names);
  throw Refusal(fmt::format("`{}` has no setting `{}`; {}settings: {}", facts.name, name,
                            meant.empty() ? "" : meant + " ", fmt::join(names, ", ")));
}

void check_value(const OrderSetting& setting, const std::string& value) {
  if (setting.is_ranks || std::ranges::find(setting.words, value) != setting.words.end()) return;
  const std::optional<std::size_t> number = whole_number(value);
  if (number && *number >= setting.least && *number <= setting.most) return;
  const std::string meant = number ? "" : did_you_mean(value, setting.words);
  throw Refusal(fmt::format("`{}={}`: expected {}{}{}", setting.name, value,
                            setting_values(setting), meant.empty() ? "" : "; ", meant));
}

}  // namespace

Settings::Settings(const OrderFacts& facts, const OrderRequest& request) {
  for (const OrderSetting& setting : facts.settings) values_[setting.name] = setting.default_value;
  for (const auto& [name, value] : request.settings) {
    check_value(setting_named(facts, name), value);
    values_[name] = value;
  }
}

const std::string& Settings::text(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) std::abort();  // a maker reads only what its facts declare
  return found->second;
}

std::size_t Settings::number(const std::string& name) const {
  const std::optional<std::size_t> value = whole_number(text(name));
  if (!value) std::abort();
  return *value;
}

std::size_t Settings::number_or(const std::string& name, std::size_t otherwise) const {
  return is(name, "auto") ? otherwise : number(name);
}

std::vector<std::vector<int>> Settings::rank_lists(const std::string& name, int ranks) const {
  const std::string& value = text(name);
  if (value.empty()) return {around(0, ranks)};
  std::vector<std::vector<int>> lists;
  for (const std::string_view list : split(value, '/')) {
    std::vector<bool> seen(static_cast<std::size_t>(ranks), false);
    lists.emplace_back();
    for (const std::string_view word : split(list, ',')) {
      const std::optional<std::size_t> rank = whole_number(word);
      if (!rank || *rank >= seen.size() || seen[*rank]) break;
      seen[*rank] = true;
      lists.back().push_back(static_cast<int>(*rank));
    }
    if (lists.back().size() != seen.size() || std::ranges::count(list, ',') + 1 != ranks) {
      throw Refusal(
          fmt::format("`{}={}`: expected each of 0 to {} once, between commas, and `/` between "
                      "channels",
                      name, value, ranks - 1));
    }
  }
  return lists;
}

}  // namespace ordering

std::string setting_values(const OrderSetting& setting) {
  if (setting.is_ranks) return "ranks between commas, lists of channels between `/`";
  std::vector<std::string> values = setting.words;
  if (setting.most != 0) {
    values.push_back(fmt::format("an integer, {} to {}", setting.least, setting.most));
  }
  const std::string last = values.back();
  values.pop_back();
  return values.empty() ? last : fmt::format("{} or {}", fmt::join(values, ", "), last);
}

}  // namespace reducecheck
