// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/safetensors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "scenarios/text/printable.hpp"
#include "sim/dump/safetensors_header.hpp"

namespace reducecheck {
namespace {

constexpr std::uint64_t length_bytes = 8;

/// Fills the bytes with those from `offset` on; why that failed, or an empty string.
using ReadAt = std::function<std::string(std::uint64_t offset, std::span<std::byte> bytes)>;

std::string line(std::string_view file, std::string_view sentence) {
  return fmt::format("{}: error: {}", printable(file), sentence);
}

/// Why a header of that length cannot be in a file of that size; empty where it can.
std::string length_objection(std::uint64_t length, std::uint64_t size) {
  if (length > SafetensorsLimits::header_bytes) {
    return fmt::format(
        "its first 8 bytes say that the header has {} bytes; the format allows {}: is it a "
        "safetensors file?",
        length, SafetensorsLimits::header_bytes);
  }
  if (length > size - length_bytes) {
    return fmt::format(
        "its first 8 bytes say that the header has {} bytes, but {} follow: is the file cut off?",
        length, size - length_bytes);
  }
  return "";
}

std::optional<TensorFile> parse(std::uint64_t size, const ReadAt& read,
                                std::vector<std::string>& sentences) {
  const auto refused = [&](std::string sentence) {
    if (sentence.empty()) return false;
    sentences.push_back(std::move(sentence));
    return true;
  };
  if (size < length_bytes) {
    refused(
        fmt::format("has {} bytes; a safetensors file begins with the 8 bytes of a length", size));
    return std::nullopt;
  }
  std::vector<std::byte> prefix(length_bytes);
  if (refused(read(0, prefix))) return std::nullopt;
  std::uint64_t length = 0;
  for (std::size_t i = prefix.size(); i-- > 0;) {
    length = (length << 8U) | std::to_integer<std::uint64_t>(prefix[i]);
  }
  if (refused(length_objection(length, size))) return std::nullopt;
  std::string text(length, '\0');
  if (refused(read(length_bytes, std::as_writable_bytes(std::span(text))))) return std::nullopt;
  const std::uint64_t data = length_bytes + length;
  std::optional<SafetensorsHeader> header = parse_header(text, size - data, sentences);
  if (!header) return std::nullopt;
  TensorFile result;
  result.metadata = std::move(header->metadata);
  for (HeaderTensor& one : header->tensors) {
    DumpTensor& tensor = result.tensors[one.name];
    tensor.type = one.type;
    tensor.shape = std::move(one.shape);
    tensor.bytes.resize(one.end - one.begin);
    if (refused(read(data + one.begin, tensor.bytes))) return std::nullopt;
  }
  return result;
}

/// The sentences as lines of the file; no result where there is one.
std::optional<TensorFile> parse_as(std::string_view file, std::uint64_t size, const ReadAt& read,
                                   std::vector<std::string>& errors) {
  std::vector<std::string> sentences;
  std::optional<TensorFile> result = parse(size, read, sentences);
  for (const std::string& sentence : sentences) errors.push_back(line(file, sentence));
  return result;
}

struct Descriptor {
  int number = -1;

  explicit Descriptor(int opened) : number(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::string read_at(int file, std::uint64_t offset, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    // Above 2 GiB a call reads less than it is asked for.
    const std::size_t most = std::min(bytes.size(), std::size_t{1} << 30U);
    const ssize_t got = ::pread(file, bytes.data(), most, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fmt::format("cannot read: {}", std::strerror(errno));
    if (got == 0) return fmt::format("ended at byte {} while it was read", offset);
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return "";
}

}  // namespace

std::optional<TensorFile> parse_safetensors(std::span<const std::byte> bytes, std::string_view file,
                                            std::vector<std::string>& errors) {
  const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> into) {
    std::ranges::copy(bytes.subspan(offset, into.size()), into.begin());
    return std::string();
  };
  return parse_as(file, bytes.size(), read, errors);
}

std::optional<TensorFile> read_safetensors(const std::string& file,
                                           std::vector<std::string>& errors) {
  const auto refuse = [&](std::string_view sentence) {
    errors.push_back(line(file, sentence));
    return std::nullopt;
  };
  // Opening a pipe without a writer would wait for one.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status = {};
  if (opened.number < 0 || ::fstat(opened.number, &status) != 0) {
    return refuse(fmt::format("cannot read: {}", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) return refuse("is a directory; expected a safetensors file");
  if (!S_ISREG(status.st_mode)) return refuse("is not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > SafetensorsLimits::file_bytes) {
    return refuse(fmt::format("has {} bytes; at most {} are read: record fewer modules or tokens",
                              size, SafetensorsLimits::file_bytes));
  }
  const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> into) {
    return read_at(opened.number, offset, into);
  };
  return parse_as(file, size, read, errors);
}

}  // namespace reducecheck
