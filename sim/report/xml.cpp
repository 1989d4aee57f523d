// SPDX-License-Identifier: Apache-2.0
#include "sim/report/xml.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace reducecheck {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

struct Decoded {
  std::size_t length = 0;  // bytes; 0: not a character that XML may hold
  std::uint32_t code = 0;
};

std::uint32_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// The multi-byte character at `i` by RFC 3629: shortest form, no surrogates, at most U+10FFFF.
Decoded decoded(std::string_view text, std::size_t i) {
  const std::uint32_t lead = byte_at(text, i);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return {};
  std::uint32_t code = lead & (0x7fU >> length);
  for (std::size_t j = 1; j < length; ++j) {
    const std::uint32_t next = byte_at(text, i + j);
    if ((next & 0xc0U) != 0x80U) return {};
    code = code << 6U | (next & 0x3fU);
  }
  const std::uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least || code > 0x10ffff || surrogate || code == 0xfffe || code == 0xffff) return {};
  return {length, code};
}

std::string ascii_escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\n':
      return "&#10;";
    case '\t':
      return "&#9;";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) return fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
  return {c};
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (byte_at(text, i) < 0x80) {
      escaped += ascii_escaped(text[i++]);
      continue;
    }
    const Decoded character = decoded(text, i);
    if (character.length == 0) {
      escaped += replacement;
      ++i;
    } else if (character.code < 0xa0) {  // C1 controls
      escaped += fmt::format("\\x{:02x}", character.code);
      i += character.length;
    } else {
      escaped += text.substr(i, character.length);
      i += character.length;
    }
  }
  return escaped;
}

}  // namespace reducecheck
