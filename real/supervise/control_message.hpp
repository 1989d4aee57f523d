// SPDX-License-Identifier: Apache-2.0
// What ranks and the control process of a job say to each other.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "real/calls/call_header.hpp"
#include "real/supervise/socket.hpp"

namespace reducecheck::real {

enum class ControlKind : std::uint32_t {
  hello,    // from a rank: Hello
  call,     // from a rank: CallHeader, then the ranks of the group; it waits
  proceed,  // to a rank: all members call the same
  leave,    // from a rank: the call is over
  relay,    // from a rank to the rank `peer`, and on: bytes
  say,      // from a rank: it gives up; 1 where calls do not match, else 0, then a sentence
  end,      // from a rank: everything was done
  verdict,  // to a rank: the job is over; as of `say`
};

/// What a job's ranks know and strangers do not; at most that many characters.
inline constexpr std::size_t most_token_characters = 63;

/// The first words of a rank. Fixed in size; nothing in it is believed without a look.
struct Hello {
  std::uint64_t job = 0;  // a hash of what is run: ranks of one job say the same
  std::int32_t rank = 0;
  std::int32_t world = 0;
  std::int32_t process = 0;
  std::uint64_t machine = 0;  // a hash of its boot and its process ids' namespace
  std::array<char, most_token_characters + 1> token{};  // zeros behind it
};
static_assert(std::is_trivially_copyable_v<Hello>);

/// A token as a Hello has it.
std::array<char, most_token_characters + 1> token_words(const std::string& token);

/// A token that nobody can guess: 32 hexadecimal digits.
std::string random_token();

/// Tells machines apart, and containers that have process ids of their own.
std::uint64_t this_machine();

void append_call(std::vector<std::byte>& bytes, const CallHeader& header,
                 const std::vector<int>& members);

/// False where the payload is no call.
bool read_call(const Frame& frame, CallHeader& header, std::vector<int>& members);

void append_sentence(std::vector<std::byte>& bytes, ControlKind kind, bool mismatch,
                     const std::string& text);

/// Whether it tells of calls that do not match.
bool read_sentence(const Frame& frame, std::string& text);

void append_plain(std::vector<std::byte>& bytes, ControlKind kind);

}  // namespace reducecheck::real
