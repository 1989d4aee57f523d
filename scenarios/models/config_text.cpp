// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

// A config.json of a model has some kilobytes and four levels. The limits keep a hostile one from
// costing more than a moment, and its errors from filling a screen.
constexpr std::size_t most_bytes = std::size_t{1} << 20U;
constexpr std::size_t most_levels = 64;
constexpr std::size_t most_errors = 8;

std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1,
                     before.size() - start + 1);
}

// `[json.exception.parse_error.101] parse error at line 1, column 2: REASON; last read: '...'`.
// The library's positions count from where it stopped reading, so they are replaced by ours.
std::string reason(std::string_view what) {
  if (const std::size_t colon = what.find(": "); colon != std::string_view::npos) {
    what.remove_prefix(colon + 2);
  }
  return printable(what.substr(0, 160));
}

// Python writes `Infinity` and `NaN`, which are not JSON, and published files have them. None of
// our values may be one, so each becomes a text, which no number accepts; all positions stay.
std::string without_python_numbers(std::string_view text) {
  std::string result(text);
  bool in_string = false;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == '"') in_string = !in_string;
    if (in_string) {
      if (result[i] == '\\') ++i;
      continue;
    }
    for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
      if (std::string_view(result).substr(i, word.size()) != word) continue;
      result.replace(i, word.size(), "\"\"" + std::string(word.size() - 2, ' '));
      i += word.size() - 1;
      break;
    }
  }
  return result;
}

// Walks the text without building anything: depth, keys and grammar are known to be good before
// the tree is built, and the library's parser does not recurse.
class Inspector : public nlohmann::json_sax<json> {
 public:
  Inspector(std::string_view text, std::vector<std::string>& errors)
      : text_(text), errors_(errors) {}

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*digits*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t /*elements*/) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second) {
      errors_.push_back(fmt::format("{} appears twice in one object", back_quoted(name)));
    }
    return errors_.size() < most_errors;
  }

  bool parse_error(std::size_t offset, const std::string& /*token*/,
                   const json::exception& error) override {
    errors_.push_back(fmt::format(
        "not JSON at {}: {}", position(text_, offset > 0 ? offset - 1 : 0), reason(error.what())));
    return false;
  }

 private:
  bool enter() {
    if (keys_.size() == most_levels) {
      errors_.push_back(fmt::format("nested deeper than {} levels", most_levels));
      return false;
    }
    keys_.emplace_back();
    return true;
  }

  bool leave() {
    keys_.pop_back();
    return true;
  }

  std::string_view text_;
  std::vector<std::string>& errors_;
  std::vector<std::set<std::string>> keys_;  // of each open object; empty for a list
};

}  // namespace

std::optional<json> read_json_object(std::string_view original, std::vector<std::string>& errors) {
  if (original.size() > most_bytes) {
    errors.push_back(fmt::format("has {} bytes; at most {} are read", original.size(), most_bytes));
    return std::nullopt;
  }
  const std::string text = without_python_numbers(original);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    errors.emplace_back("is empty");
    return std::nullopt;
  }
  Inspector inspector(text, errors);
  if (!json::sax_parse(text, &inspector) || !errors.empty()) {
    if (errors.empty()) errors.emplace_back("is not JSON");
    return std::nullopt;
  }
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) {
    errors.push_back(fmt::format("holds {}, not an object", value.type_name()));
    return std::nullopt;
  }
  return value;
}

}  // namespace reducecheck
