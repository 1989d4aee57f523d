// SPDX-License-Identifier: Apache-2.0
#include "props/fuzz/mutator.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "sim/domain/hash.hpp"

namespace reducecheck::fuzz {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 10U;

/// What breaks readers of any format: limits of numbers, quotes, escapes, brackets, bad UTF-8.
const std::vector<std::string>& odd_words() {
  static const std::vector<std::string> words = {"0",       "1",     "2",
                                                 "17",      "-1",    "1.5",
                                                 "1e9",     "1e999", "4294967296",
                                                 "nan",     "inf",   "0x1",
                                                 "1_0",     "null",  "true",
                                                 "{",       "}",     "9223372036854775807",
                                                 "[",       "]",     "(",
                                                 ")",       ",",     ":",
                                                 "\"",      "'",     "9223372036854775808",
                                                 "'''",     "\\",    "\\\\",
                                                 "\\u0000", "\n",    "\r\n",
                                                 "\t",      "#",     "18446744073709551616",
                                                 "{}",      "[]",    "\xff",
                                                 "\xc3",    " ",     "=",
                                                 "==",      "!=",    "<=",
                                                 ".",       "-",     "+",
                                                 "*",       "/",     "//",
                                                 "%",       "not ",  "\\ud800",
                                                 "\x1b",    "\x7f",  "\xe2\x80\xae",
                                                 "    ",    ";",     "if ",
                                                 "else",    "def ",  "_"};
  return words;
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Runs of letters and digits, and each other character by itself.
void collect_words(const std::string& text, std::set<std::string>& into) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (in_word(text[i]) && end < text.size() && in_word(text[end])) ++end;
    if (end - i <= 64) into.insert(text.substr(i, end - i));
    i = end;
  }
}

/// The word or number that begins at or behind `at` becomes `by`.
void replace_word(std::string& text, std::size_t at, const std::string& by) {
  while (at < text.size() && !in_word(text[at])) ++at;
  std::size_t end = at;
  while (end < text.size() && in_word(text[end])) ++end;
  text.replace(at, end - at, by);
}

/// Begin and length, with its end, of the line that `at` is in.
std::pair<std::size_t, std::size_t> line_at(const std::string& text, std::size_t at) {
  const std::size_t before = at == 0 ? text.npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == text.npos ? 0 : before + 1;
  const std::size_t end = text.find('\n', begin);
  return {begin, end == text.npos ? text.size() - begin : end + 1 - begin};
}

}  // namespace

std::size_t Chance::below(std::size_t end) {
  return mix(state_ += golden) % end;
}

Mutator::Mutator(std::vector<std::string> corpus) : corpus_(std::move(corpus)) {
  std::set<std::string> words(odd_words().begin(), odd_words().end());
  for (const std::string& text : corpus_) collect_words(text, words);
  words_.assign(words.begin(), words.end());
}

const std::string& Mutator::any_word(Chance& chance) const {
  const std::vector<std::string>& from = chance.below(2) == 0 ? odd_words() : words_;
  return from[chance.below(from.size())];
}

void Mutator::change_bytes(std::string& text, std::size_t how, Chance& chance) const {
  const std::size_t at = chance.below(text.size() + 1);
  const std::size_t length = 1 + chance.below(32);
  const std::string& other = corpus_[chance.below(corpus_.size())];
  switch (how) {
    case 0: text.erase(at, length); break;
    case 1: text.insert(at, text.substr(chance.below(text.size() + 1), length)); break;
    case 2: text.insert(at, other.substr(chance.below(other.size() + 1), 4 * length)); break;
    case 3:
      if (at < text.size()) text[at] = static_cast<char>(chance.below(256));
      break;
    case 4:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << chance.below(8)));
      break;
    default: text.insert(at, 1, static_cast<char>(chance.below(256))); break;
  }
}

void Mutator::change(std::string& text, Chance& chance) const {
  const std::size_t at = chance.below(text.size() + 1);
  const std::size_t how = chance.below(64);
  if (how < 24) return change_bytes(text, how % 6, chance);
  if (how < 36) return replace_word(text, at, any_word(chance));
  if (how < 46) {
    text.insert(at, any_word(chance));
    return;
  }
  const auto [begin, length] = line_at(text, at);
  if (how < 50) {
    text.erase(begin, length);
  } else if (how < 54) {
    text.insert(line_at(text, chance.below(text.size() + 1)).first, text.substr(begin, length));
  } else if (how < 60) {
    const std::string& other = corpus_[chance.below(corpus_.size())];
    const auto [from, many] = line_at(other, chance.below(other.size() + 1));
    text.insert(begin, other.substr(from, many));
  } else if (how < 63 || chance.below(8) != 0) {
    text.resize(at);
  } else {
    // Long enough for the limits, and seldom.
    const std::string part = text.substr(at, 1 + chance.below(16));
    for (std::size_t left = std::size_t{1} << chance.below(13); left > 0; --left) {
      text.insert(at, part);
    }
  }
}

void Mutator::write(std::uint64_t seed, std::uint64_t number, std::string& text) const {
  Chance chance(mix(seed) ^ mix(number));
  text = corpus_[chance.below(corpus_.size())];
  for (std::size_t left = std::size_t{1} << chance.below(4); left > 0; --left) change(text, chance);
  if (text.size() > most_bytes) text.resize(most_bytes);
}

}  // namespace reducecheck::fuzz
