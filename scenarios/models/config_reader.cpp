// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/config_reader.hpp"

#include <fmt/format.h>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

// `4096.5`, `"many"`, cut so that a long value stays one line of a message.
std::string shown(const json& value) {
  return back_quoted(value.dump(-1, ' ', true, json::error_handler_t::replace));
}

}  // namespace

const json* ConfigReader::find(std::string_view key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void ConfigReader::refuse(std::string_view key, const json& value, std::string_view wanted) {
  fail(fmt::format("`{}` is {}, which is not {}", key, shown(value), wanted));
}

std::optional<std::int64_t> ConfigReader::checked(std::string_view key, const json& value,
                                                  std::int64_t least, std::int64_t most) {
  if (value.is_number_integer()) {
    const bool fits = !value.is_number_unsigned() ||
                      value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
    const std::int64_t number = fits ? value.get<std::int64_t>() : 0;
    if (fits && least <= number && number <= most) return number;
  }
  refuse(key, value, fmt::format("an integer from {} to {}", least, most));
  return std::nullopt;
}

std::optional<std::int64_t> ConfigReader::common(std::string_view key, const json& list,
                                                 std::int64_t least, std::int64_t most) {
  if (list.empty()) {
    refuse(key, list, "a number or a list with one for each layer");
    return std::nullopt;
  }
  const std::optional<std::int64_t> first = checked(key, list.front(), least, most);
  if (!first) return std::nullopt;
  for (std::size_t i = 1; i < list.size(); ++i) {
    const std::optional<std::int64_t> other = checked(key, list[i], least, most);
    if (!other) return std::nullopt;
    if (*other == *first) continue;
    if (list.size() == 2) {
      // ERNIE-VL: one entry for text, one for vision.
      assume(fmt::format("`{}`: {}, the first taken", key, shown(list)));
      return first;
    }
    fail(fmt::format("`{}` is {} in entry 0 but {} in entry {}: a shape holds one value", key,
                     *first, *other, i));
    return std::nullopt;
  }
  return first;
}

std::optional<Found> ConfigReader::integer(Keys keys, std::int64_t least, std::int64_t most) {
  std::optional<Found> result;
  for (const std::string_view key : keys) {
    const json* value = find(key);
    if (value == nullptr) continue;
    const std::optional<std::int64_t> number =
        value->is_array() ? common(key, *value, least, most) : checked(key, *value, least, most);
    if (!number) continue;
    if (!result) {
      result = Found{key, *number};
    } else if (result->value != *number) {
      fail(fmt::format("`{}` is {} but `{}` is {}: two spellings of one value", result->key,
                       result->value, key, *number));
    }
  }
  return result;
}

std::optional<double> ConfigReader::positive_number(Keys keys) {
  for (const std::string_view key : keys) {
    const json* value = find(key);
    if (value == nullptr) continue;
    constexpr double most = 1e6;  // far above any published scale
    const double number = value->is_number() ? value->get<double>() : 0.0;
    if (number > 0.0 && number <= most) return number;
    refuse(key, *value, "a number above 0 and at most 1000000");
  }
  return std::nullopt;
}

std::optional<bool> ConfigReader::boolean(Keys keys) {
  for (const std::string_view key : keys) {
    const json* value = find(key);
    if (value == nullptr) continue;
    if (value->is_boolean()) return value->get<bool>();
    refuse(key, *value, "true or false");
  }
  return std::nullopt;
}

std::optional<std::string> ConfigReader::text(Keys keys) {
  for (const std::string_view key : keys) {
    const json* value = find(key);
    if (value == nullptr) continue;
    constexpr std::size_t most = 64;  // names of types and functions
    if (value->is_string() && value->get_ref<const std::string&>().size() <= most) {
      return value->get<std::string>();
    }
    refuse(key, *value, fmt::format("a text of at most {} bytes", most));
  }
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> ConfigReader::integers(std::string_view key,
                                                                std::int64_t least,
                                                                std::int64_t most) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    refuse(key, *value, "a list of integers");
    return std::nullopt;
  }
  std::vector<std::int64_t> result;
  for (const json& element : *value) {
    const std::optional<std::int64_t> number = checked(key, element, least, most);
    if (!number) return std::nullopt;
    result.push_back(*number);
  }
  return result;
}

std::optional<std::vector<std::string>> ConfigReader::texts(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> result;
  bool good = value->is_array();
  for (std::size_t i = 0; good && i < value->size(); ++i) {
    good = (*value)[i].is_string();
    if (good) result.push_back((*value)[i].get<std::string>());
  }
  if (good) return result;
  refuse(key, *value, "a list of texts");
  return std::nullopt;
}

}  // namespace reducecheck
