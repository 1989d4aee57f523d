// SPDX-License-Identifier: Apache-2.0
// Files of the safetensors format (https://github.com/huggingface/safetensors): 8 bytes with the
// length of a header, the header in JSON, the bytes of all tensors one after the other. The file
// may come from anywhere: everything that the header says is checked before memory is taken for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck {

struct SafetensorsLimits {
  static constexpr std::uint64_t header_bytes = 100'000'000;  // the format's own
  static constexpr std::uint64_t file_bytes = std::uint64_t{8} << 30U;
  static constexpr std::size_t dimensions = 64;
  static constexpr std::size_t errors = 8;  // that are said of one file
};

/// The tensors and the metadata in `bytes`, or nothing and at least one line in `errors`, as in
/// ``FILE: error: header byte 57, tensor `x`: ...`` with what was found and expected. Refused are a
/// header above the limit or beyond the end, what is no JSON object of tensors, a key twice,
/// unknown keys and types, shapes whose product overflows or differs from the range of bytes,
/// ranges that overlap, leave a gap or end elsewhere than the file. Takes memory in proportion to
/// `bytes`. Does not throw.
std::optional<TensorFile> parse_safetensors(std::span<const std::byte> bytes, std::string_view file,
                                            std::vector<std::string>& errors);

/// The same of a file. Refused is also what is not a regular file, such as a pipe, without waiting.
std::optional<TensorFile> read_safetensors(const std::string& file,
                                           std::vector<std::string>& errors);

/// The file as bytes: wide elements first, so that each tensor lies at a multiple of its element's
/// size, and by name among equals. Each tensor must have the bytes that its shape asks for, and
/// texts are UTF-8.
std::vector<std::byte> safetensors_bytes(const TensorFile& content);

/// `file` holds `content`; it is replaced in one step, so that no reader sees a part of it. False,
/// with a line `FILE: error: ...` in `errors`, where that fails.
bool write_safetensors(const std::string& file, const TensorFile& content,
                       std::vector<std::string>& errors);

}  // namespace reducecheck
