// SPDX-License-Identifier: Apache-2.0
// What ranks tell each other before a collective, so that calls that do not match end in a sentence
// and not in a hang or a wrong sum.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "real/execute/transport.hpp"

namespace reducecheck::real {

/// A call in a fixed number of bytes; longer words are cut.
struct CallHeader {
  std::uint64_t sequence = 0;  // how many calls this rank made before
  std::uint64_t count = 0;
  std::uint64_t members = 0;  // a hash of their ranks in order
  std::int64_t root = -1;     // -1: none
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  char operation[24] = {};
  char reduction[8] = {};
  char type[16] = {};
  char text[128] = {};
};
static_assert(std::is_trivially_copyable_v<CallHeader>);

CallHeader header_of(const Call& call, std::uint64_t sequence);

/// `all_reduce of 24 fp32, sum: all_reduce(y, tp) at 24:15`.
std::string told(const CallHeader& header);

/// What two calls must have alike and have not, in a few words (`counts`), or an empty string.
/// Texts and places may differ: ranks may run different branches that match.
std::string disagreement(const CallHeader& a, const CallHeader& b);

}  // namespace reducecheck::real
