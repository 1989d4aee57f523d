// SPDX-License-Identifier: Apache-2.0
// Errors of a text that a person wrote: where, what, and what to write instead.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// A place in a file, both counted from 1; line 0 means the file as a whole.
/// Columns count bytes, as compilers do.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  auto operator<=>(const Position&) const = default;
};

/// One error: what was found and expected, with the nearest valid choice as `hint` (may be empty).
struct Diagnostic {
  Position at;
  std::string message;
  std::string hint;

  auto operator<=>(const Diagnostic&) const = default;
};

/// Collects all errors of one text, so that a person sees them together.
class Diagnostics {
 public:
  void error(Position at, std::string message, std::string hint = "");

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] std::size_t size() const { return errors_.size(); }

  /// The errors in order of their place, equal ones once.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> errors_;
};

/// Every error as `file:line:col: error: ...`, the source line, a caret and the hint. At most
/// `most` errors are shown; the rest are counted.
std::string render(const Diagnostics& diagnostics, std::string_view file, std::string_view text,
                   std::size_t most = 20);

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// ``did you mean `x`?``, or an empty string when no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace reducecheck
