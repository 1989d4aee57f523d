// SPDX-License-Identifier: Apache-2.0
// What is not a good file ends in a line that names the file and the place, and in nothing else.
#include "sim/dump/safetensors.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "sim/dump/hand_made_test.hpp"

namespace reducecheck {
namespace {

void expect_refusal(std::string_view text, std::string_view said) {
  std::vector<std::string> errors;
  EXPECT_FALSE(parse_safetensors(bytes_in(text), "a.st", errors)) << said;
  ASSERT_FALSE(errors.empty()) << said;
  EXPECT_LE(errors.size(), SafetensorsLimits::errors);
  for (const std::string& error : errors) EXPECT_LT(error.size(), 600U) << error;
  EXPECT_EQ(errors.front(), fmt::format("a.st: error: {}", said));
}

/// One tensor `x` with these members, and 16 bytes.
std::string with_tensor(std::string_view members) {
  return file_of(fmt::format(R"({{"x":{{{}}}}})", members), std::string(16, '\1'));
}

/// Tensors of bytes with these ranges, and 16 bytes.
std::string with_ranges(const std::vector<std::pair<int, int>>& ranges) {
  std::string header;
  int index = 0;
  for (const auto& [begin, end] : ranges) {
    header += fmt::format(R"({}"t{}":{{"dtype":"U8","shape":[{}],"data_offsets":[{},{}]}})",
                          header.empty() ? "" : ",", index++, end - begin, begin, end);
  }
  return file_of("{" + header + "}", std::string(16, '\1'));
}

TEST(Safetensors, TensorsAndMetadataAreRead) {
  const std::string text = file_of(
      R"({"__metadata__":{"rank":"0"},"b":{"data_offsets":[4,12],"dtype":"F32","shape":[1,2]},)"
      R"("a":{"dtype":"BF16","shape":[],"data_offsets":[2,4]},)"
      R"("none":{"dtype":"I64","shape":[0,9223372036854775807,3],"data_offsets":[2,2]},)"
      "\"\xce\xb2\":{\"dtype\":\"F8_E5M2\",\"shape\":[2],\"data_offsets\":[0,2]}}  \n",
      std::string_view("\x01\x02\x80\x3f\0\0\0\0\0\0\x80\x3f", 12));
  std::vector<std::string> errors;
  const auto file = parse_safetensors(bytes_in(text), "a.st", errors);
  ASSERT_TRUE(file) << (errors.empty() ? "" : errors.front());
  EXPECT_EQ(errors, std::vector<std::string>());
  EXPECT_EQ(file->metadata, (std::map<std::string, std::string>{{"rank", "0"}}));
  ASSERT_EQ(file->tensors.size(), 4U);
  EXPECT_EQ(file->tensors.at("b"), floats({1, 2}, {0, 1}));
  EXPECT_EQ(values(file->tensors.at("a")), std::vector<double>{1});
  EXPECT_EQ(file->tensors.at("none").elements(), 0U);
  EXPECT_EQ(encoding(file->tensors.at("\xce\xb2"), 1), 2U);
}

TEST(Safetensors, AFileThatIsTooShortIsRefused) {
  expect_refusal("", "has 0 bytes; a safetensors file begins with the 8 bytes of a length");
  expect_refusal("1234567", "has 7 bytes; a safetensors file begins with the 8 bytes of a length");
  expect_refusal(file_of("", ""),
                 "header byte 0: found nothing; expected `{`: is it a "
                 "safetensors file?");
  expect_refusal(file_of("{}", "", 3),
                 "its first 8 bytes say that the header has 3 bytes, but 2 "
                 "follow: is the file cut off?");
  expect_refusal(file_of("{}", "", ~std::uint64_t{0}),
                 "its first 8 bytes say that the header has 18446744073709551615 bytes; the "
                 "format allows 100000000: is it a safetensors file?");
  // As long as the file could be, were the limit not there.
  expect_refusal(file_of("{}", std::string(100, ' '), std::uint64_t{1} << 30U),
                 "its first 8 bytes say that the header has 1073741824 bytes; the format allows "
                 "100000000: is it a safetensors file?");
}

TEST(Safetensors, AFileThatIsCutOffAnywhereIsRefused) {
  const std::string whole = with_ranges({{0, 4}, {4, 16}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::vector<std::string> errors;
    const std::string_view part = std::string_view(whole).substr(0, size);
    EXPECT_FALSE(parse_safetensors(bytes_in(part), "a.st", errors)) << size;
    EXPECT_EQ(errors.empty(), false) << size;
  }
  expect_refusal(std::string_view(whole).substr(0, whole.size() - 1),
                 "tensor `t1`: its bytes end at 16, but 15 bytes follow the header: is the file "
                 "cut off?");
}

TEST(Safetensors, RangesThatDoNotCoverTheBytesOnceAreRefused) {
  expect_refusal(with_ranges({{0, 9}, {8, 16}}),
                 "tensors `t0` and `t1` overlap: bytes 8 to 9 belong to both");
  expect_refusal(with_ranges({{0, 16}, {4, 8}}),
                 "tensors `t0` and `t1` overlap: bytes 4 to 8 belong to both");
  expect_refusal(with_ranges({{0, 16}, {0, 16}}),
                 "tensors `t0` and `t1` overlap: bytes 0 to 16 belong to both");
  expect_refusal(with_ranges({{0, 7}, {8, 16}}),
                 "bytes 7 to 8 before tensor `t1` belong to no tensor");
  expect_refusal(with_ranges({{1, 16}}), "bytes 0 to 1 before tensor `t0` belong to no tensor");
  expect_refusal(with_ranges({{0, 12}}), "4 bytes after the last tensor belong to no tensor");
  expect_refusal(with_ranges({{0, 17}}),
                 "tensor `t0`: its bytes end at 17, but 16 bytes follow the header: is the file "
                 "cut off?");
  expect_refusal(file_of("{}", "x"), "1 bytes after the last tensor belong to no tensor");
}

TEST(Safetensors, ShapesThatDoNotFitTheirRangeAreRefused) {
  expect_refusal(with_tensor(R"("dtype":"F32","shape":[5],"data_offsets":[0,16])"),
                 "tensor `x`: shape [5] of F32 needs 20 bytes, but `data_offsets` [0, 16] has 16");
  expect_refusal(
      with_tensor(R"("dtype":"F32","shape":[4294967296,1073741825],"data_offsets":[0,16])"),
      "tensor `x`: shape [4294967296, 1073741825] has more bytes than 64 bits count");
  // 2^64 elements of one byte, and 2^62 of four, are 0 in 64 bits.
  expect_refusal(
      with_tensor(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0])"),
      "tensor `x`: shape [4294967296, 4294967296] has more bytes than 64 bits count");
  expect_refusal(with_tensor(R"("dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0])"),
                 "tensor `x`: shape [4611686018427387904] has more bytes than 64 bits count");
  expect_refusal(with_tensor(R"("dtype":"U8","shape":[0],"data_offsets":[0,16])"),
                 "tensor `x`: shape [0] of U8 needs 0 bytes, but `data_offsets` [0, 16] has 16");
  expect_refusal(with_tensor(R"("dtype":"U8","shape":[16],"data_offsets":[16,0])"),
                 "tensor `x`: `data_offsets` is [16, 0]; expected the smaller one first");
  expect_refusal(with_tensor(R"("dtype":"U8","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,16])"),
                 "tensor `x`: shape [1, 1, 1, 1, 1, 1, 1, 1, .. 9 sizes] of U8 needs 2 bytes, but "
                 "`data_offsets` [0, 16] has 16");
  std::string ones = "1";
  for (std::size_t i = 0; i < SafetensorsLimits::dimensions; ++i) ones += ",1";
  expect_refusal(
      with_tensor(fmt::format(R"("dtype":"U8","shape":[{}],"data_offsets":[0,1])", ones)),
      "header byte 157, tensor `x`: `shape` has more than 64 sizes");
}

TEST(Safetensors, NumbersThatAreNoSizesAreRefused) {
  const std::string_view expected = "expected 2 whole numbers below 2^64";
  const std::pair<const char*, std::string> cases[] = {
      {R"("data_offsets":[-1,16])",
       fmt::format("`data_offsets` has a negative number; {}", expected)},
      {R"("data_offsets":[0,16.0])", fmt::format("`data_offsets` has `16.0`; {}", expected)},
      {R"("data_offsets":[0,1e1])", fmt::format("`data_offsets` has `1e1`; {}", expected)},
      {R"("data_offsets":[0,18446744073709551616])",
       fmt::format("`data_offsets` has `18446744073709551616`; {}", expected)},
      {R"("data_offsets":[0,"16"])", fmt::format("`data_offsets` has `16`; {}", expected)},
      {R"("data_offsets":[0,[16]])", fmt::format("`data_offsets` has a list; {}", expected)},
      {R"("data_offsets":[0,8,16])", fmt::format("`data_offsets` has 16; {}", expected)},
      {R"("data_offsets":[16])", "`data_offsets` has 1 of 2 numbers"},
      {R"("data_offsets":16)", "`data_offsets` is 16; expected a list of 2 numbers"},
      {R"("data_offsets":null)", "`data_offsets` is null; expected a list of 2 numbers"},
      {R"("shape":[true])", "`shape` has true; expected whole numbers below 2^64"},
      {R"("shape":[-0])", "`shape` has a negative number; expected whole numbers below 2^64"},
      {R"("shape":{})", "`shape` is an object; expected a list of sizes"},
      {R"("dtype":["F32"])", "`dtype` is a list; expected the name of a type"},
      {R"("dtype":7)", "`dtype` is 7; expected the name of a type"},
  };
  for (const auto& [member, said] : cases) {
    std::vector<std::string> errors;
    EXPECT_FALSE(parse_safetensors(bytes_in(with_tensor(member)), "a.st", errors)) << member;
    ASSERT_EQ(errors.size(), 1U) << member;
    EXPECT_TRUE(errors[0].starts_with("a.st: error: header byte ")) << errors[0];
    EXPECT_TRUE(errors[0].ends_with(", tensor `x`: " + said)) << errors[0] << "\n" << said;
  }
}

TEST(Safetensors, TypesThatAreNotReadAreRefused) {
  const std::string types =
      "types that are read: F64, F32, BF16, F16, F8_E4M3, F8_E5M2, I64, I32, I16, I8, U8";
  expect_refusal(
      with_tensor(R"("dtype":"BF61")"),
      "header byte 19, tensor `x`: type `BF61` is unknown; did you mean `BF16`? " + types);
  expect_refusal(with_tensor(R"("dtype":"U64")"),
                 "header byte 18, tensor `x`: type `U64` is none of a sum; " + types);
  expect_refusal(with_tensor(R"("dtype":"\u001b[2J")"),
                 "header byte 24, tensor `x`: type `\\x1b[2J` is unknown; " + types);
}

TEST(Safetensors, AHeaderThatIsNoObjectOfTensorsIsRefused) {
  const std::pair<std::string, const char*> cases[] = {
      {"[]", "header byte 0: found `[`; expected `{`: is it a safetensors file?"},
      {" {}", "header byte 0: found ` `; expected `{`: is it a safetensors file?"},
      {"\xef\xbb\xbf{}", "header byte 0: found `\\xef`; expected `{`: is it a safetensors file?"},
      {R"({"x":3})",
       "header byte 6: `x` is 3; expected an object with dtype, shape and data_offsets"},
      {R"({"x":[]})",
       "header byte 5: `x` is a list; expected an object with dtype, shape and data_offsets"},
      {R"({"__metadata__":"a"})",
       "header byte 18: `__metadata__` is `a`; expected an object with texts"},
      {R"({"__metadata__":{"a":1}})", "header byte 22, `__metadata__`: `a` is 1; expected a text"},
      {R"({"__metadata__":{"a":{}}})",
       "header byte 21, `__metadata__`: `a` is an object; expected a text"},
      {R"({"x":{}})", "header byte 6, tensor `x`: has no `dtype`"},
      {R"({"x":{"dtype":"F32","shape":[]}})", "header byte 30, tensor `x`: has no `data_offsets`"},
      {R"({"x":{"dtyp":"F32"}})",
       "header byte 11, tensor `x`: unknown key `dtyp`; expected dtype, shape and data_offsets"},
      {R"({"x":{"dtype":"F32","dtype":"F32"}})",
       "header byte 26, tensor `x`: `dtype` stands twice"},
      {R"({"__metadata__":{"a":"1","a":"2"}})", "header byte 27, `__metadata__`: `a` stands twice"},
      {R"({"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
       R"("x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
       "header byte 55: `x` stands twice"},
  };
  for (const auto& [header, said] : cases) expect_refusal(file_of(header), said);
}

TEST(Safetensors, TextThatIsNotJsonIsRefusedWithItsPlace) {
  const std::pair<std::string, const char*> cases[] = {
      {"{", "header byte 0: not JSON: syntax error while parsing object key - unexpected end"},
      {"{}}", "header byte 2: not JSON: "},
      {std::string("{} \0x", 5), "header byte 3: not JSON: a zero byte"},
      {R"({"x":NaN})", "header byte 5: not JSON: "},
      {R"({"x":{"shape":[01]}})", "header byte 17, tensor `x`: not JSON: "},
      {"{'x':1}", "header byte 1: not JSON: "},
      {"{/**/}", "header byte 1: not JSON: "},
      {"{\"\xff\":1}", "header byte 2: not JSON: "},
      {"{\"\xed\xa0\x80\":1}", "header byte 3: not JSON: "},
      {"{\"\xc0\xaf\":1}", "header byte 2: not JSON: "},
      {R"({"\ud800":1})", "header byte 8: not JSON: "},
  };
  for (const auto& [header, said] : cases) {
    std::vector<std::string> errors;
    EXPECT_FALSE(parse_safetensors(bytes_in(file_of(header)), "a.st", errors)) << header;
    ASSERT_EQ(errors.size(), 1U) << header;
    EXPECT_TRUE(errors[0].starts_with(std::string("a.st: error: ") + said)) << errors[0];
  }
}

TEST(Safetensors, NestingIsRefusedAtItsFirstNeedlessLevel) {
  const std::string deep(5'000'000, '[');
  expect_refusal(file_of(R"({"x":)" + deep),
                 "header byte 5: `x` is a list; expected an object with dtype, shape and "
                 "data_offsets");
  std::string objects = "{";
  for (int i = 0; i < 100'000; ++i) objects += R"("x":{)";
  expect_refusal(file_of(objects),
                 "header byte 8, tensor `x`: unknown key `x`; expected dtype, "
                 "shape and data_offsets");
}

std::string refusal_of_file(const std::filesystem::path& file) {
  std::vector<std::string> errors;
  EXPECT_FALSE(read_safetensors(file.string(), errors)) << file;
  EXPECT_EQ(errors.size(), 1U);
  return errors.empty() ? "" : errors.front();
}

TEST(Safetensors, WhatIsNotAFileIsRefusedWithoutWaiting) {
  const std::filesystem::path own = fresh_directory();
  const std::string name = (own / "a.st").string();
  EXPECT_EQ(refusal_of_file(name), name + ": error: cannot read: No such file or directory");
  EXPECT_EQ(refusal_of_file(own),
            own.string() + ": error: is a directory; expected a safetensors file");
  ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
  EXPECT_EQ(refusal_of_file(name), name + ": error: is not a regular file");
  std::filesystem::remove(name);
  std::filesystem::create_symlink("a.st", name);
  EXPECT_EQ(refusal_of_file(name),
            name + ": error: cannot read: Too many levels of symbolic links");
  EXPECT_EQ(refusal_of_file("/dev/zero"), "/dev/zero: error: is not a regular file");
  // Holes take no room on the disk; reading them would take it in memory.
  const std::string vast = (own / "vast.st").string();
  save(vast, file_of("{}"));
  std::filesystem::resize_file(vast, SafetensorsLimits::file_bytes + 1);
  EXPECT_EQ(refusal_of_file(vast),
            vast +
                ": error: has 8589934593 bytes; at most 8589934592 are read: "
                "record fewer modules or tokens");
}

TEST(Safetensors, AFileIsWrittenInOneStepAndLeavesNothingBehind) {
  const std::filesystem::path own = fresh_directory();
  const std::string name = (own / "a.st").string();
  TensorFile content;
  content.metadata["a"] = "b\"\n";
  content.tensors["x"] = floats({2}, {1, 2});
  std::vector<std::string> errors;
  ASSERT_TRUE(write_safetensors(name, content, errors));
  std::filesystem::create_symlink("a.st", own / "link.st");
  EXPECT_EQ(read_safetensors((own / "link.st").string(), errors), content);
  EXPECT_FALSE(write_safetensors((own / "none" / "a.st").string(), content, errors));
  std::filesystem::create_directory(own / "taken");
  EXPECT_FALSE(write_safetensors((own / "taken").string(), content, errors));
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[1], (own / "taken").string() + ": error: cannot write: Is a directory");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(own)) ++files;
  EXPECT_EQ(files, 3U);
}

}  // namespace
}  // namespace reducecheck
