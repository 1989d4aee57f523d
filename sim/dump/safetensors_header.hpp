// SPDX-License-Identifier: Apache-2.0
// The header of a safetensors file as data, checked against the bytes that follow it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck {

struct HeaderTensor {
  std::string name;
  DumpType type = DumpType::f32;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // of its bytes, counted from the end of the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<HeaderTensor> tensors;  // in the order of their bytes, which they cover without gap
};

/// The header that `text` spells, or nothing and at least one sentence, without the file's name, in
/// `errors`. `data_bytes` follow the header.
std::optional<SafetensorsHeader> parse_header(std::string_view text, std::uint64_t data_bytes,
                                              std::vector<std::string>& errors);

}  // namespace reducecheck
