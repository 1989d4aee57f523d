// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/control_message.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

std::uint32_t number_of(ControlKind kind) {
  return static_cast<std::uint32_t>(kind);
}

/// Words of a peer end where they say they do.
template <std::size_t size>
void end_words(char (&words)[size]) {
  words[size - 1] = '\0';
}

}  // namespace

std::array<char, most_token_characters + 1> token_words(const std::string& token) {
  std::array<char, most_token_characters + 1> words{};
  std::ranges::copy(token.substr(0, most_token_characters), words.begin());
  return words;
}

std::string random_token() {
  std::array<unsigned char, 16> bytes{};
  // Asks for less than what the system gives in one piece.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort();
  std::string token;
  for (const unsigned char byte : bytes) {
    token += "0123456789abcdef"[byte / 16];
    token += "0123456789abcdef"[byte % 16];
  }
  return token;
}

std::uint64_t this_machine() {
  std::ifstream boot("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(boot, text);
  std::array<char, 64> space{};
  const auto read = ::readlink("/proc/self/ns/pid", space.data(), space.size() - 1);
  if (read > 0) text += space.data();
  return name_hash(text);
}

void append_call(std::vector<std::byte>& bytes, const CallHeader& header,
                 const std::vector<int>& members) {
  std::vector<std::byte> payload(sizeof header + members.size() * sizeof(int));
  std::memcpy(payload.data(), &header, sizeof header);
  if (!members.empty()) {
    std::memcpy(payload.data() + sizeof header, members.data(), members.size() * sizeof(int));
  }
  append_frame(bytes, number_of(ControlKind::call), 0, payload.data(), payload.size());
}

bool read_call(const Frame& frame, CallHeader& header, std::vector<int>& members) {
  if (frame.payload.size() < sizeof header) return false;
  const std::size_t rest = frame.payload.size() - sizeof header;
  if (rest % sizeof(int) != 0) return false;
  std::memcpy(&header, frame.payload.data(), sizeof header);
  end_words(header.operation);
  end_words(header.reduction);
  end_words(header.type);
  end_words(header.text);
  members.resize(rest / sizeof(int));
  if (rest > 0) std::memcpy(members.data(), frame.payload.data() + sizeof header, rest);
  return true;
}

void append_sentence(std::vector<std::byte>& bytes, ControlKind kind, bool mismatch,
                     const std::string& text) {
  const std::string payload =
      (mismatch ? '1' : '0') + text.substr(0, std::min(text.size(), most_frame_bytes - 1));
  append_frame(bytes, number_of(kind), 0, payload.data(), payload.size());
}

bool read_sentence(const Frame& frame, std::string& text) {
  text.clear();
  for (std::size_t i = 1; i < frame.payload.size(); ++i) {
    text += static_cast<char>(frame.payload[i]);
  }
  return !frame.payload.empty() && frame.payload[0] == std::byte{'1'};
}

void append_plain(std::vector<std::byte>& bytes, ControlKind kind) {
  append_frame(bytes, number_of(kind), 0, nullptr, 0);
}

}  // namespace reducecheck::real
