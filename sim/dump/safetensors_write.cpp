// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/text/printable.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

constexpr std::size_t alignment = 8;  // of the widest element

std::string json_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Why the file does not hold the bytes; empty where it does.
std::string write_bytes(const std::string& file, const std::vector<std::byte>& bytes) {
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (stream == nullptr) return std::strerror(errno);
  errno = 0;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  // A full disk may show only when the buffer is flushed.
  const bool closed = std::fclose(stream) == 0;
  if (written && closed) return "";
  return errno != 0 ? std::strerror(errno) : "write error";
}

}  // namespace

std::vector<std::byte> safetensors_bytes(const TensorFile& content) {
  using Entry = std::pair<const std::string, DumpTensor>;
  std::vector<const Entry*> order;
  for (const Entry& entry : content.tensors) order.push_back(&entry);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const Entry* entry) { return element_bytes(entry->second.type); });
  std::vector<std::string> items;
  if (!content.metadata.empty()) {
    items.push_back(fmt::format("\"__metadata__\":{}", json_text(content.metadata)));
  }
  std::uint64_t offset = 0;
  for (const Entry* entry : order) {
    const DumpTensor& tensor = entry->second;
    const std::uint64_t end = offset + tensor.bytes.size();
    items.push_back(fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                                json_text(entry->first), spelling(tensor.type),
                                fmt::join(tensor.shape, ","), offset, end));
    offset = end;
  }
  std::string text = fmt::format("{{{}}}", fmt::join(items, ","));
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');

  std::vector<std::byte> bytes;
  bytes.reserve(alignment + text.size() + offset);
  for (std::size_t i = 0; i < alignment; ++i) {
    bytes.push_back(static_cast<std::byte>(std::uint64_t{text.size()} >> (8 * i)));
  }
  std::ranges::copy(std::as_bytes(std::span(text)), std::back_inserter(bytes));
  for (const Entry* entry : order) {
    bytes.insert(bytes.end(), entry->second.bytes.begin(), entry->second.bytes.end());
  }
  return bytes;
}

bool write_safetensors(const std::string& file, const TensorFile& content,
                       std::vector<std::string>& errors) {
  const std::string unfinished = fmt::format("{}.{}.part", file, ::getpid());
  std::string reason = write_bytes(unfinished, safetensors_bytes(content));
  if (reason.empty() && std::rename(unfinished.c_str(), file.c_str()) != 0) {
    reason = std::strerror(errno);
  }
  if (reason.empty()) return true;
  static_cast<void>(std::remove(unfinished.c_str()));
  errors.push_back(fmt::format("{}: error: cannot write: {}", printable(file), reason));
  return false;
}

}  // namespace reducecheck
