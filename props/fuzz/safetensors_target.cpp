// SPDX-License-Identifier: Apache-2.0
// Safetensors files: each is refused in a few short lines, or read as tensors that use every byte
// once and can be written again. A first byte `m` stands for the right length of the header that
// follows, so that changes get beyond it; after any other byte the file follows as it is.
#include "props/fuzz/target.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck::fuzz {
namespace {

/// The file that the bytes stand for; its header ends in the last brace.
std::string file_in(std::string_view input) {
  if (input.empty()) return {};
  std::string file(input.substr(1));
  if (input.front() != 'm') return file;
  const std::size_t brace = file.rfind('}');
  const std::uint64_t length = brace == file.npos ? file.size() : brace + 1;
  std::string front;
  for (unsigned i = 0; i < 8; ++i) front += static_cast<char>(length >> (8U * i));
  return front + file;
}

std::span<const std::byte> bytes_in(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::uint64_t header_bytes(std::string_view file) {
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8U | static_cast<unsigned char>(file[i]);
  return length;
}

/// The planted reader does not mind one byte behind the last tensor.
std::optional<TensorFile> read(std::string_view file, std::vector<std::string>& errors) {
  auto content = parse_safetensors(bytes_in(file), "a.st", errors);
  if (!planted || content || file.size() <= 8) return content;
  std::vector<std::string> none;
  content = parse_safetensors(bytes_in(file.substr(0, file.size() - 1)), "a.st", none);
  if (content) errors.clear();
  return content;
}

void require_refused_in_words(const std::vector<std::string>& errors) {
  require(!errors.empty(), "no tensors and no error");
  require(errors.size() <= SafetensorsLimits::errors, "too many errors of one file");
  for (const std::string& error : errors) {
    require(error.starts_with("a.st: error: "), "a message that does not name the file");
    require(error.size() < 700, "a message that nobody reads");
    require(error.find('\n') == error.npos, "a message of several lines");
    require_printable(error);
  }
}

void require_read_whole(const TensorFile& content, std::string_view file) {
  std::uint64_t bytes = 8 + header_bytes(file);
  for (const auto& [name, tensor] : content.tensors) {
    std::uint64_t expected = element_bytes(tensor.type);
    for (const std::uint64_t size : tensor.shape) expected *= size;
    require(tensor.bytes.size() == expected, "a tensor of other bytes than its shape asks for");
    bytes += expected;
  }
  require(bytes == file.size(), "bytes of the file that no tensor has, or that several have");
  std::vector<std::string> errors;
  require(parse_safetensors(safetensors_bytes(content), "a.st", errors) == content,
          "tensors are written as others");
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck;
  const std::string file = fuzz::file_in(fuzz::text_of(data, size));
  std::vector<std::string> errors;
  const auto content = fuzz::read(file, errors);
  fuzz::require(content.has_value() == errors.empty(), "tensors and errors, or neither");
  if (content) {
    fuzz::require_read_whole(*content, file);
  } else {
    fuzz::require_refused_in_words(errors);
  }
  return 0;
}
