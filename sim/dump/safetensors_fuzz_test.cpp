// SPDX-License-Identifier: Apache-2.0
// Good files changed at random: each is refused in words, or read as tensors that use every byte
// once and can be written again. Under a sanitizer this also shows that nothing is read outside.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "sim/domain/hash.hpp"
#include "sim/dump/hand_made_test.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

constexpr int inputs = 550'000;  // a seed; some 20 s in all under AddressSanitizer

constexpr std::array<std::string_view, 40> tokens = {
    "0",
    "1",
    "2",
    "16",
    "17",
    "-1",
    "1.5",
    "1e9",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "\"dtype\":",
    "\"shape\":",
    "\"data_offsets\":",
    "\"__metadata__\":",
    "\"F32\"",
    "\"BF16\"",
    "\"I64\"",
    "\"U8\"",
    "\"F4\"",
    "[0,0]",
    "[]",
    "{}",
    "\xff",
    "\xc3",
    " ",
    "\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"};

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(mix(seed)) {}

  /// A number below `end`, which must not be 0.
  std::size_t below(std::size_t end) { return mix(state_ += golden) % end; }

 private:
  std::uint64_t state_;
};

std::vector<std::string> good_files() {
  return {file_of("{}"),
          file_of(R"({"__metadata__":{"format":"reducecheck.dump/1","rank":"0","mesh":"tp=2"},)"
                  R"("m/partial/x":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
                  R"("m/output/y":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})",
                  std::string(16, '\3')),
          file_of(R"({"x":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},)"
                  R"("none":{"dtype":"F64","shape":[4,0],"data_offsets":[16,16]},)"
                  R"("one":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}   )",
                  std::string(24, '\5'))};
}

/// The digits at `at` and after it become another number.
void replace_number(std::string& text, std::size_t at, Draws& draws) {
  const std::size_t start = text.find_first_of("0123456789", at);
  if (start == text.npos) return;
  std::size_t end = text.find_first_not_of("0123456789", start);
  if (end == text.npos) end = text.size();
  text.replace(start, end - start, tokens[draws.below(12)]);
}

void mutate(std::string& text, const std::string& other, Draws& draws) {
  const std::size_t at = draws.below(text.size() + 1);
  const std::size_t length = draws.below(16) + 1;
  switch (draws.below(9)) {
    case 0: text.insert(at, tokens[draws.below(tokens.size())]); break;
    case 1:
      text.replace(std::min(at, text.size()), length, tokens[draws.below(tokens.size())]);
      break;
    case 2: text.erase(at, length); break;
    case 3: text.insert(at, text.substr(at, 4 * length)); break;
    case 4: text.resize(at); break;
    case 5: text.insert(at, other.substr(draws.below(other.size()), 4 * length)); break;
    case 6:
      if (at < text.size()) text[at] = static_cast<char>(draws.below(256));
      break;
    case 7: text.append(length, '\7'); break;
    default: replace_number(text, at, draws); break;
  }
}

/// The length at the front is again that of the header, as far as that ends in the last brace.
void mend_length(std::string& text) {
  const std::size_t brace = text.rfind('}');
  if (text.size() < 8 || brace == text.npos || brace < 8) return;
  text.replace(0, 8, file_of("", "", brace - 7));
}

std::size_t header_bytes(const std::string& text) {
  std::size_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8U | static_cast<unsigned char>(text[i]);
  return length;
}

void expect_refused_in_words(const std::string& text, const std::vector<std::string>& errors) {
  ASSERT_FALSE(errors.empty()) << testing::PrintToString(text);
  ASSERT_LE(errors.size(), SafetensorsLimits::errors);
  for (const std::string& error : errors) {
    ASSERT_TRUE(error.starts_with("a.st: error: ")) << error;
    ASSERT_LT(error.size(), 700U) << error;
    for (const char c : error) ASSERT_TRUE(static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  }
}

void expect_read_whole(const std::string& text, const TensorFile& file) {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : file.tensors) {
    std::uint64_t expected = element_bytes(tensor.type);
    for (const std::uint64_t size : tensor.shape) expected *= size;
    ASSERT_EQ(tensor.bytes.size(), expected) << testing::PrintToString(text);
    bytes += tensor.bytes.size();
  }
  ASSERT_EQ(8 + header_bytes(text) + bytes, text.size()) << testing::PrintToString(text);
  std::vector<std::string> errors;
  ASSERT_EQ(parse_safetensors(safetensors_bytes(file), "a.st", errors), file)
      << testing::PrintToString(text);
}

class SafetensorsFuzz : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SafetensorsFuzz, AChangedFileIsRefusedOrReadWhole) {
  const std::vector<std::string> files = good_files();
  int read = 0;
  for (int i = 0; i < inputs; ++i) {
    Draws draws(mix(GetParam()) ^ static_cast<std::uint64_t>(i));
    std::string text = files[draws.below(files.size())];
    const std::string& other = files[draws.below(files.size())];
    for (std::size_t left = draws.below(4) + 1; left > 0; --left) mutate(text, other, draws);
    if (draws.below(4) != 0) mend_length(text);
    std::vector<std::string> errors;
    const auto file = parse_safetensors(bytes_in(text), "a.st", errors);
    ASSERT_EQ(file.has_value(), errors.empty());
    if (file) {
      ++read;
      ASSERT_NO_FATAL_FAILURE(expect_read_whole(text, *file));
    } else {
      ASSERT_NO_FATAL_FAILURE(expect_refused_in_words(text, errors));
    }
  }
  fmt::print("{} inputs, {} of them read\n", inputs, read);
  // Both ends are reached: changes that keep a file good are not rare.
  EXPECT_GT(read, inputs / 100);
  EXPECT_LT(read, inputs / 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SafetensorsFuzz, testing::Values(1, 2));

}  // namespace
}  // namespace reducecheck
