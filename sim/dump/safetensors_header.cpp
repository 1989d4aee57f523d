// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/safetensors_header.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "scenarios/text/printable.hpp"
#include "sim/dump/header_json.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

/// `[64, 128]`; of many sizes the first few.
std::string shape_text(const std::vector<std::uint64_t>& shape) {
  constexpr std::size_t shown = 8;
  const std::span<const std::uint64_t> first(shape.data(), std::min(shape.size(), shown));
  return fmt::format("[{}{}]", fmt::join(first, ", "),
                     shape.size() > shown ? fmt::format(", .. {} sizes", shape.size()) : "");
}

/// The bytes of a tensor, or nothing where they are more than 64 bits count.
std::optional<std::uint64_t> bytes_of(const HeaderTensor& tensor) {
  std::uint64_t bytes = element_bytes(tensor.type);
  // A zero makes the product zero, whatever the others are.
  if (std::ranges::find(tensor.shape, 0U) != tensor.shape.end()) return 0;
  for (const std::uint64_t size : tensor.shape) {
    if (bytes > std::numeric_limits<std::uint64_t>::max() / size) return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

/// Why a tensor alone makes no sense; empty where it does.
std::string objection(const HeaderTensor& tensor, std::uint64_t data_bytes) {
  const std::string name = fmt::format("tensor {}: ", back_quoted(tensor.name));
  if (tensor.begin > tensor.end) {
    return fmt::format("{}`data_offsets` is [{}, {}]; expected the smaller one first", name,
                       tensor.begin, tensor.end);
  }
  if (tensor.end > data_bytes) {
    return fmt::format(
        "{}its bytes end at {}, but {} bytes follow the header: is the file cut off?", name,
        tensor.end, data_bytes);
  }
  const std::optional<std::uint64_t> bytes = bytes_of(tensor);
  if (!bytes) {
    return fmt::format("{}shape {} has more bytes than 64 bits count", name,
                       shape_text(tensor.shape));
  }
  if (*bytes != tensor.end - tensor.begin) {
    return fmt::format("{}shape {} of {} needs {} bytes, but `data_offsets` [{}, {}] has {}", name,
                       shape_text(tensor.shape), spelling(tensor.type), *bytes, tensor.begin,
                       tensor.end, tensor.end - tensor.begin);
  }
  return "";
}

/// Why the tensors, in the order of their bytes, do not cover the data exactly once.
std::string cover_objection(const std::vector<HeaderTensor>& tensors, std::uint64_t data_bytes) {
  std::uint64_t covered = 0;
  const HeaderTensor* previous = nullptr;
  for (const HeaderTensor& tensor : tensors) {
    if (tensor.begin < covered) {
      return fmt::format("tensors {} and {} overlap: bytes {} to {} belong to both",
                         back_quoted(previous->name), back_quoted(tensor.name), tensor.begin,
                         std::min(covered, tensor.end));
    }
    if (tensor.begin > covered) {
      return fmt::format("bytes {} to {} before tensor {} belong to no tensor", covered,
                         tensor.begin, back_quoted(tensor.name));
    }
    covered = tensor.end;
    previous = &tensor;
  }
  if (covered == data_bytes) return "";
  return fmt::format("{} bytes after the last tensor belong to no tensor", data_bytes - covered);
}

}  // namespace

std::optional<SafetensorsHeader> parse_header(std::string_view text, std::uint64_t data_bytes,
                                              std::vector<std::string>& errors) {
  std::optional<SafetensorsHeader> header = read_header_json(text, errors);
  if (!header) return std::nullopt;
  const std::size_t before = errors.size();
  for (const HeaderTensor& tensor : header->tensors) {
    std::string sentence = objection(tensor, data_bytes);
    if (!sentence.empty()) errors.push_back(std::move(sentence));
    if (errors.size() - before == SafetensorsLimits::errors) break;
  }
  if (errors.size() > before) return std::nullopt;
  std::ranges::stable_sort(header->tensors, {}, [](const HeaderTensor& tensor) {
    return std::pair(tensor.begin, tensor.end);
  });
  std::string sentence = cover_objection(header->tensors, data_bytes);
  if (!sentence.empty()) {
    errors.push_back(std::move(sentence));
    return std::nullopt;
  }
  return header;
}

}  // namespace reducecheck
