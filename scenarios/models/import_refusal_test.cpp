// SPDX-License-Identifier: Apache-2.0
// What is not a usable config.json ends in a sentence that names the file and the key, and in
// nothing else.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "scenarios/models/model.hpp"

namespace reducecheck {
namespace {

constexpr std::string_view good = R"({"model_type": "mixtral", "hidden_size": 4096,
 "intermediate_size": 14336, "num_hidden_layers": 32, "num_local_experts": 8,
 "num_experts_per_tok": 2, "n_group": 4, "routed_scaling_factor": 2.5, "norm_topk_prob": true,
 "scoring_func": "softmax", "mlp_only_layers": [1, 2], "time_step_limit": [0.0, -Infinity]})";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  const std::size_t found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return text.replace(found, from.size(), to);
}

void expect_error(std::string_view json, std::string_view part) {
  const ImportedModel model = import_config(json, "my.json");
  ASSERT_FALSE(model.errors.empty()) << "expected: " << part;
  EXPECT_LE(model.errors.size(), 12U);
  bool found = false;
  for (const std::string& error : model.errors) {
    EXPECT_TRUE(error.starts_with("my.json: ")) << error;
    EXPECT_LT(error.size(), 400U) << error;
    found = found || error.find(part) != std::string::npos;
  }
  EXPECT_TRUE(found) << "expected: " << part << "\nfirst: " << model.errors.front();
  EXPECT_EQ(model.comparison, "");
}

TEST(ImportRefusal, TheUneditedTextIsGood) {
  EXPECT_TRUE(import_config(good, "my.json").errors.empty());
}

TEST(ImportRefusal, DenseModels) {
  expect_error(R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
    "num_hidden_layers": 32})",
               "a dense model: none of `n_routed_experts`");
  expect_error(with("\"num_local_experts\": 8", "\"num_local_experts\": 0"),
               "a dense model: `num_local_experts` is 0");
  expect_error(with("{\"model", "{\"enable_moe_block\": false, \"model"),
               "a dense model: `enable_moe_block` is false");
  expect_error(with("\"n_group\": 4", "\"first_k_dense_replace\": 32"), "no layer has experts");
  expect_error("{}", "a dense model");
}

TEST(ImportRefusal, TextThatIsNoJsonObject) {
  expect_error("", "is empty");
  expect_error(" \n\t ", "is empty");
  expect_error("[1, 2]", "holds array, not an object");
  expect_error("17", "holds number, not an object");
  expect_error("null", "holds null, not an object");
  expect_error("{\"a\": 1} {", "not JSON at line 1, column 10");
  expect_error("{\"a\": 1,\n  b}", "not JSON at line 2, column 3");
  expect_error(std::string_view("{\"a\": \0 1}", 10), "not JSON");
  expect_error("{\"a\": \"\xff\xfe\"}", "not JSON");
  expect_error("{\"a\": 1e999}", "not JSON");
  expect_error("{\"a\": Infinityy}", "not JSON");
}

TEST(ImportRefusal, BracketsWithoutEnd) {
  expect_error(std::string(100000, '['), "nested deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  expect_error(objects, "nested deeper than 64 levels");
  expect_error(std::string(64, '[') + std::string(64, ']'), "holds array");
}

TEST(ImportRefusal, MoreThanOneMebibyte) {
  const std::string padding((std::size_t{1} << 20U) - good.size(), ' ');
  EXPECT_TRUE(import_config(std::string(good) + padding, "my.json").errors.empty());
  expect_error(std::string(good) + padding + " ", "has 1048577 bytes; at most 1048576 are read");
}

TEST(ImportRefusal, DuplicateKeysAreNamed) {
  expect_error(with("\"n_group\": 4", "\"hidden_size\": 4097"), "`hidden_size` appears twice");
  expect_error(R"({"a": {"b": 1, "b": 1}})", "`b` appears twice in one object");
  expect_error(R"({"a\u001b[31m": 1, "a\u001b[31m": 2})", "\\x1b[31m` appears twice");
  EXPECT_TRUE(import_config(with("{\"model", "{\"rope\": {\"n_group\": 1}, \"model"), "my.json")
                  .errors.empty());
  std::string many = "{\"a\": 0";
  for (int i = 0; i < 5000; ++i) many += ", \"a\": 0";
  expect_error(many + "}", "`a` appears twice");
}

TEST(ImportRefusal, WrongTypesAndNumbersNameKeyAndValue) {
  const std::string_view range = "which is not an integer from 1 to 2147483648";
  for (const std::string_view value :
       {"\"4096\"", "4096.0", "0", "-1", "2147483649", "1e30", "18446744073709551615",
        "99999999999999999999999", "true", "{}", "NaN", "-9223372036854775808"}) {
    SCOPED_TRACE(value);
    expect_error(with("4096", value), "`hidden_size` is ");
    expect_error(with("4096", value), range);
  }
  expect_error(with("4096", "[]"), "`hidden_size` is `[]`");
  expect_error(with("4096", "[1, 1, 2]"), "`hidden_size` is 1 in entry 0 but 2 in entry 2");
  expect_error(with("32", "1000000"), "`num_hidden_layers` is `1000000`");
  expect_error(with("2.5", "0"), "`routed_scaling_factor` is `0`");
  expect_error(with("2.5", "\"large\""), "`routed_scaling_factor` is `\"large\"`");
  expect_error(with("true", "1"), "`norm_topk_prob` is `1`, which is not true or false");
  expect_error(with("\"softmax\"", "[1]"), "`scoring_func` is `[1]`");
  expect_error(with("[1, 2]", "[1, 32]"), "`mlp_only_layers` is `32`");
  expect_error(with("[1, 2]", "3"), "`mlp_only_layers` is `3`, which is not a list of integers");
}

TEST(ImportRefusal, NumbersThatContradictEachOther) {
  expect_error(with("_tok\": 2", "_tok\": 9"), "a token takes 9 of 8 experts");
  expect_error(with("\"n_group\": 4", "\"n_group\": 3"), "8 experts do not divide into");
  expect_error(with("\"n_group\": 4", "\"n_group\": 4, \"topk_group\": 5"), "`topk_group` is 5");
  expect_error(with("\"n_group\": 4", "\"num_experts\": 16"),
               "`num_experts` is 16 but `num_local_experts` is 8: two spellings of one value");
  expect_error(with("\"n_group\": 4", "\"moe_layer_freq\": [1, 0]"), "has 2 entries for 32 layers");
  expect_error(with("\"n_group\": 4", "\"hybrid_override_pattern\": \"ME\""),
               "`num_hidden_layers` is 32 but 2 layers are listed");
  expect_error(with("\"n_group\": 4", "\"hybrid_override_pattern\": \"MX\""),
               "`hybrid_override_pattern` has `X` in entry 1");
  expect_error(with("\"n_group\": 4", "\"n_shared_experts\": 2147483648"), "are too wide");
}

TEST(ImportRefusal, MissingKeysNameTheChoices) {
  expect_error(with("hidden_size", "hidden_sizes"), "no key gives the hidden size: `hidden_size`");
  expect_error(with("num_experts_per_tok", "k"), "`moe_k` or `moe_top_k`");
  expect_error(with("num_hidden_layers", "layers"), "`num_hidden_layers` is needed");
}

TEST(ImportRefusal, AllErrorsOfAFileComeAtOnce) {
  std::string text = with("4096", "-1");
  text.replace(text.find("14336"), 5, "\"wide\"");
  EXPECT_EQ(import_config(text, "my.json").errors.size(), 2U);
}

TEST(ImportRefusal, EveryTruncationIsAnError) {
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(import_config(good.substr(0, size), "my.json").errors.empty()) << size;
  }
}

// Random edits: the outcome is free, but it is an outcome, and a usable shape can be shown.
TEST(ImportRefusal, RandomEditsEndInShapeOrSentence) {
  std::mt19937 random(7);
  const std::string_view bytes = "{}[]\",:0123456789-.eE\\ ntfNI\xff\x01";
  for (int round = 0; round < 3000; ++round) {
    std::string text(good);
    for (auto edits = 1 + random() % 3; edits > 0; --edits) {
      text[random() % text.size()] = bytes[random() % bytes.size()];
    }
    const ImportedModel model = import_config(text, "my.json");
    EXPECT_FALSE(model.errors.empty() && describe(model.shape).empty());
  }
}

}  // namespace
}  // namespace reducecheck
