// SPDX-License-Identifier: Apache-2.0
// What a fuzz target is: one function over bytes that nobody vouches for, in a file of its own. It
// is linked with our driver (driver.cpp) or, in a build with REDUCECHECK_FUZZ=ON, with libFuzzer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// 0, always. What must not be ends the process: so do `require` and a sanitizer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace reducecheck::fuzz {

/// Whether the target holds the bug that its driver must find. A definition of the build.
inline constexpr bool planted = REDUCECHECK_PLANTED;

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process with the sentence unless `truth`: the input is a finding.
inline void require(bool truth, std::string_view why) {
  if (truth) return;
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

/// Requires a message that a terminal shows as it is: no control characters but the ends of lines.
inline void require_printable(std::string_view message) {
  for (const char c : message) {
    require(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'),
            "a message with a control character");
  }
}

}  // namespace reducecheck::fuzz
