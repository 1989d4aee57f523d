// SPDX-License-Identifier: Apache-2.0
// Values of a config.json by meaning: one value, its many spellings, and where it came from.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// The largest number that is taken for a width or a count.
inline constexpr std::int64_t most_of_anything = std::int64_t{1} << 31U;

struct Found {
  std::string_view key;
  std::int64_t value = 0;
};

/// Reads one object. A refused value is a sentence in `errors` and reads as absent, so that all
/// errors of a file come at once. A key that is null counts as absent.
class ConfigReader {
 public:
  using Keys = std::initializer_list<std::string_view>;

  ConfigReader(const nlohmann::json& object, std::vector<std::string>& assumed,
               std::vector<std::string>& errors)
      : object_(object), assumed_(assumed), errors_(errors) {}

  /// The value under `key`, or nullptr if it is absent or null.
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const;

  /// The integer that one of `keys` states, from `least` to `most`. A list with a value for each
  /// layer counts when all are equal; spellings that disagree are an error.
  std::optional<Found> integer(Keys keys, std::int64_t least, std::int64_t most = most_of_anything);

  std::optional<double> positive_number(Keys keys);
  std::optional<bool> boolean(Keys keys);
  std::optional<std::string> text(Keys keys);

  /// The integers of the list under `key`, each from `least` to `most`.
  std::optional<std::vector<std::int64_t>> integers(std::string_view key, std::int64_t least,
                                                    std::int64_t most);
  std::optional<std::vector<std::string>> texts(std::string_view key);

  void assume(std::string sentence) { assumed_.push_back(std::move(sentence)); }
  void fail(std::string sentence) { errors_.push_back(std::move(sentence)); }
  [[nodiscard]] bool failed() const { return !errors_.empty(); }

 private:
  std::optional<std::int64_t> checked(std::string_view key, const nlohmann::json& value,
                                      std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> common(std::string_view key, const nlohmann::json& list,
                                     std::int64_t least, std::int64_t most);
  void refuse(std::string_view key, const nlohmann::json& value, std::string_view wanted);

  const nlohmann::json& object_;
  std::vector<std::string>& assumed_;
  std::vector<std::string>& errors_;
};

}  // namespace reducecheck
