// SPDX-License-Identifier: Apache-2.0
#include "real/calls/call_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "scenarios/text/printable.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

template <std::size_t size>
void put(char (&words)[size], const std::string& text) {
  std::copy_n(text.data(), std::min(text.size(), size - 1), words);
}

}  // namespace

CallHeader header_of(const Call& call, std::uint64_t sequence) {
  CallHeader header;
  header.sequence = sequence;
  header.count = call.count;
  header.members = mix(call.members.size());
  for (const int rank : call.members) {
    header.members = mix(header.members ^ static_cast<std::uint64_t>(rank));
  }
  header.root = call.root;
  header.line = call.at.line;
  header.column = call.at.column;
  put(header.operation, call.operation);
  put(header.reduction, call.reduction);
  put(header.type, call.type);
  put(header.text, call.text);
  return header;
}

std::string told(const CallHeader& header) {
  std::string text = header.operation;
  if (header.count > 0) text += fmt::format(" of {} {}", header.count, header.type);
  if (header.reduction[0] != '\0') text += fmt::format(", {}", header.reduction);
  if (header.root >= 0) text += fmt::format(" from rank {}", header.root);
  if (header.text[0] != '\0') text += fmt::format(": {}", printable(header.text));
  if (header.line > 0) text += fmt::format(" at {}:{}", header.line, header.column);
  return text;
}

std::string disagreement(const CallHeader& a, const CallHeader& b) {
  if (std::strcmp(a.operation, b.operation) != 0) return "operations";
  if (a.members != b.members) return "groups";
  if (std::strcmp(a.reduction, b.reduction) != 0) return "reductions";
  if (std::strcmp(a.type, b.type) != 0) return "element types";
  if (a.count != b.count) return "counts";
  if (a.root != b.root) return "roots";
  return "";
}

}  // namespace reducecheck::real
