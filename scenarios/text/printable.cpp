// SPDX-License-Identifier: Apache-2.0
#include "scenarios/text/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace reducecheck {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Characters that are invisible or that change the order of what is shown: with them a text can
// look like another one (the "Trojan Source" trick).
constexpr std::array<Range, 8> hidden = {{{0x80, 0x9F},
                                          {0xAD, 0xAD},
                                          {0x61C, 0x61C},
                                          {0x200B, 0x200F},
                                          {0x2028, 0x202E},
                                          {0x2060, 0x206F},
                                          {0xFEFF, 0xFEFF},
                                          {0xE0000, 0x10FFFF}}};

// East Asian wide characters and emoji, coarsely: an error here only shifts a caret.
constexpr std::array<Range, 8> wide = {{{0x1100, 0x115F},
                                        {0x2E80, 0xA4CF},
                                        {0xAC00, 0xD7A3},
                                        {0xF900, 0xFAFF},
                                        {0xFE30, 0xFE6F},
                                        {0xFF00, 0xFF60},
                                        {0x1F300, 0x1FAFF},
                                        {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 3> combining = {{{0x300, 0x36F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

bool contains(std::span<const Range> ranges, std::uint32_t code) {
  return std::ranges::any_of(
      ranges, [code](const Range& range) { return range.first <= code && code <= range.last; });
}

struct CodePoint {
  std::uint32_t code;
  std::size_t bytes;
};

// Overlong forms, surrogates and values beyond Unicode are not UTF-8 (RFC 3629, section 3).
std::optional<CodePoint> decode(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return std::nullopt;
  std::uint32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    return std::nullopt;
  }
  return CodePoint{code, bytes};
}

Glyph escape(std::size_t bytes, std::string shown) {
  return Glyph{bytes, shown.size(), std::move(shown), false};
}

}  // namespace

Glyph glyph_at(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(offset);
  const std::optional<CodePoint> point = decode(rest);
  if (!point) return escape(1, fmt::format("\\x{:02x}", static_cast<unsigned char>(rest[0])));
  if (point->code == '\n') return escape(1, "\\n");
  if (point->code == '\r') return escape(1, "\\r");
  if (point->code == '\t') return escape(1, "\\t");
  if (point->code < 0x20 || point->code == 0x7F) {
    return escape(1, fmt::format("\\x{:02x}", point->code));
  }
  if (contains(hidden, point->code)) {
    return escape(point->bytes, fmt::format("\\u{{{:x}}}", point->code));
  }
  const std::size_t cells = contains(combining, point->code) ? 0U
                            : contains(wide, point->code)    ? 2U
                                                             : 1U;
  return Glyph{point->bytes, cells, std::string(rest.substr(0, point->bytes)), true};
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t offset = 0; offset < text.size();) {
    const Glyph glyph = glyph_at(text, offset);
    result += glyph.shown;
    offset += glyph.bytes;
  }
  return result;
}

std::string back_quoted(std::string_view text) {
  constexpr std::size_t most = 40;  // enough to recognise a name, and a message stays one line
  std::string result = "`";
  std::size_t offset = 0;
  while (offset < text.size() && offset < most) {
    const Glyph glyph = glyph_at(text, offset);
    result += glyph.shown;
    offset += glyph.bytes;
  }
  return result + (offset < text.size() ? "...`" : "`");
}

}  // namespace reducecheck
