// SPDX-License-Identifier: Apache-2.0
// What is written is read again, whatever the tensors are.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/dump/hand_made_test.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

rc::Gen<std::string> texts() {
  const auto pieces = rc::gen::element<std::string>(
      "a", "partial", "/", ".", "\"", "\\", "\n", "\x7f", "\xce\xb2", "\xf0\x9f\x98\x80", "0", " ");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(pieces),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& part : parts) text += part;
                        return text;
                      });
}

rc::Gen<DumpTensor> tensors() {
  return rc::gen::exec([] {
    DumpTensor tensor;
    tensor.type = static_cast<DumpType>(*rc::gen::inRange(0, static_cast<int>(DumpType::u8) + 1));
    tensor.shape = *rc::gen::resize(
        4, rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 5)));
    std::size_t bytes = element_bytes(tensor.type);
    for (const std::uint64_t size : tensor.shape) bytes *= size;
    const auto content =
        *rc::gen::container<std::vector<std::uint8_t>>(bytes, rc::gen::arbitrary<std::uint8_t>());
    for (const std::uint8_t byte : content) tensor.bytes.push_back(std::byte{byte});
    return tensor;
  });
}

RC_GTEST_PROP(SafetensorsRoundTrip, WhatIsWrittenIsRead, ()) {
  TensorFile content;
  content.metadata = *rc::gen::container<std::map<std::string, std::string>>(texts(), texts());
  content.tensors = *rc::gen::resize(
      8, rc::gen::container<std::map<std::string, DumpTensor>>(texts(), tensors()));
  std::vector<std::string> errors;
  const std::vector<std::byte> bytes = safetensors_bytes(content);
  const auto read = parse_safetensors(bytes, "a.st", errors);
  RC_ASSERT(errors == std::vector<std::string>());
  RC_ASSERT(read == content);
}

}  // namespace
}  // namespace reducecheck
