// SPDX-License-Identifier: Apache-2.0
#include "real/standin/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <vector>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck::standin {
namespace {

const std::vector<std::string> order_words = {"rank", "ring", "tree", "random"};
const std::vector<std::string> fault_words = {"none",    "drop", "twice", "count",
                                              "corrupt", "kill", "stop",  "delay"};

/// Where a word stands in a list, which is the number of its enumerator.
std::optional<std::size_t> place_of(const std::string& word, std::span<const std::string> words) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

/// Reads variable after variable; keeps the first error.
class SettingsReader {
 public:
  SettingsReader(const std::function<const char*(const std::string&)>& variable, std::string& error)
      : variable_(variable), error_(error) {}

  void number(const std::string& name, std::uint64_t least, std::uint64_t most,
              std::uint64_t& value) {
    const char* text = begin(name);
    if (text != nullptr) read(text, least, most, value);
  }

  void order(const std::string& name, SumOrder& value) {
    const char* text = begin(name);
    if (text == nullptr) return;
    const auto place = place_of(text, order_words);
    if (!place) return refuse("rank, ring, tree or random", text, order_words);
    value = static_cast<SumOrder>(*place);
  }

  void fault(const std::string& name, PlantedFault& value) {
    const char* text = begin(name);
    if (text == nullptr) return;
    std::vector<std::string> words(1);
    for (const char* c = text; *c != '\0'; ++c) {
      if (*c == ' ') {
        words.emplace_back();
      } else {
        words.back() += *c;
      }
    }
    const auto place = place_of(words[0], fault_words);
    if (!place) {
      return refuse("drop, twice, count, corrupt, kill, stop or delay", words[0], fault_words);
    }
    value.kind = static_cast<FaultKind>(*place);
    for (std::size_t i = 1; i < words.size(); ++i) part(words[i], value);
  }

 private:
  const char* begin(const std::string& name) {
    name_ = "REDUCECHECK_STANDIN_" + name;
    return error_.empty() ? variable_(name_) : nullptr;
  }

  void part(const std::string& word, PlantedFault& fault) {
    static const std::vector<std::string> keys = {"rank", "call", "value"};
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, equals);
    const std::string text = equals == word.size() ? "" : word.substr(equals + 1);
    std::uint64_t value = 0;
    if (!place_of(key, keys)) return refuse("rank=, call= or value=", word, keys);
    read(text, 0, key == "rank" ? 4095 : std::numeric_limits<std::uint64_t>::max(), value);
    if (key == "rank") fault.rank = static_cast<int>(value);
    if (key == "call") fault.call = value;
    if (key == "value") fault.value = value;
  }

  void read(const std::string& text, std::uint64_t least, std::uint64_t most,
            std::uint64_t& value) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end || number < least || number > most) {
      const std::string range = std::to_string(least) + " to " + std::to_string(most);
      return refuse("a number from " + range, text, {});
    }
    value = number;
  }

  void refuse(const std::string& expected, const std::string& found,
              std::span<const std::string> choices) {
    error_ = name_ + ": expected " + expected + ", not " + back_quoted(found);
    const std::string hint = did_you_mean(found, choices);
    if (!hint.empty()) error_ += "; " + hint;
  }

  const std::function<const char*(const std::string&)>& variable_;
  std::string& error_;
  std::string name_;
};

}  // namespace

std::optional<Settings> parse_settings(
    const std::function<const char*(const std::string&)>& variable, std::string& error) {
  error.clear();
  SettingsReader reader(variable, error);
  Settings read;
  std::uint64_t deadline = 10'000;
  std::uint64_t chunk = read.chunk_bytes;
  std::uint64_t devices = 8;
  reader.number("SEED", 0, std::numeric_limits<std::uint64_t>::max(), read.seed);
  reader.number("DEADLINE_MS", 1, 3'600'000, deadline);
  reader.order("ORDER", read.order);
  reader.number("CHUNK_BYTES", 16, std::uint64_t{1} << 30, chunk);
  reader.number("DEVICES", 0, 1024, devices);
  reader.fault("FAULT", read.fault);
  read.deadline_milliseconds = static_cast<int>(deadline);
  read.chunk_bytes = chunk;
  read.devices = static_cast<int>(devices);
  if (!error.empty()) return std::nullopt;
  return read;
}

const Settings& settings() {
  static const Settings read = [] {
    std::string error;
    const auto variable = [](const std::string& name) { return std::getenv(name.c_str()); };
    const std::optional<Settings> valid = parse_settings(variable, error);
    if (!valid) {
      std::fprintf(stderr, "%s\n", error.c_str());
      ::_exit(2);
    }
    return *valid;
  }();
  return read;
}

}  // namespace reducecheck::standin
