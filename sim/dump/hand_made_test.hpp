// SPDX-License-Identifier: Apache-2.0
// For tests: safetensors files put together by hand, right or wrong.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/text/files_test.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {

/// A file with that header, said to be `length` bytes long, and `data` after it.
inline std::string file_of(std::string_view header, std::string_view data, std::uint64_t length) {
  std::string text;
  for (unsigned i = 0; i < 8; ++i) text += static_cast<char>(length >> (8U * i));
  return text.append(header).append(data);
}

inline std::string file_of(std::string_view header, std::string_view data = "") {
  return file_of(header, data, header.size());
}

inline std::span<const std::byte> bytes_in(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline void save(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  ASSERT_TRUE(stream.good()) << file;
}

/// A tensor of binary32 values.
inline DumpTensor floats(std::vector<std::uint64_t> shape, const std::vector<float>& values) {
  DumpTensor tensor{DumpType::f32, std::move(shape), {}};
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned i = 0; i < 4; ++i) {
      tensor.bytes.push_back(static_cast<std::byte>(bits >> (8U * i)));
    }
  }
  return tensor;
}

}  // namespace reducecheck
