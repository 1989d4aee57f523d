// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin made safe for a terminal: control characters, invalid UTF-8 and characters
// that reorder or hide text are shown as escapes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reducecheck {

/// One character of a text as it may be shown.
struct Glyph {
  std::size_t bytes = 0;  // taken from the text; at least 1
  std::size_t cells = 0;  // columns of a terminal
  std::string shown;      // itself, or an escape such as `\x1b` or `\u{202e}`
  bool verbatim = false;  // shown as itself, so valid and printable
};

/// The character at `offset`, which must be less than the size of `text`.
Glyph glyph_at(std::string_view text, std::size_t offset);

/// `text` with each character as glyph_at shows it.
std::string printable(std::string_view text);

/// `text` in back quotes, printable and cut after about 40 characters, for use in a message.
std::string back_quoted(std::string_view text);

}  // namespace reducecheck
