// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace reducecheck {
namespace {

const ModelShape& preset(std::string_view name) {
  const ModelShape* shape = find_model(name);
  if (shape != nullptr) return *shape;
  ADD_FAILURE() << "no preset " << name;
  return model_presets().front();
}

TEST(ModelPresets, EveryChecksumIsThatOfTheNumbers) {
  for (const ModelShape& shape : model_presets()) {
    EXPECT_EQ(shape.checksum, shape_checksum(shape)) << shape.name;
  }
}

TEST(ModelPresets, AreSortedByUniqueName) {
  const std::vector<ModelShape>& presets = model_presets();
  EXPECT_GE(presets.size(), 40U);
  for (std::size_t i = 1; i < presets.size(); ++i) {
    EXPECT_LT(presets[i - 1].name, presets[i].name);
  }
}

TEST(ModelPresets, EachNamesAFileOfItsOwnAtAFixedCommit) {
  std::set<std::string> sources;
  for (const ModelShape& shape : model_presets()) {
    EXPECT_TRUE(shape.source.starts_with("https://github.com/")) << shape.name;
    const std::size_t commit = shape.source.find("/blob/") + 6;
    EXPECT_EQ(shape.source.find('/', commit) - commit, 40U) << shape.source;
    EXPECT_TRUE(sources.insert(shape.source).second) << shape.source;
  }
}

TEST(ModelPresets, NumbersAgreeWithEachOther) {
  for (const ModelShape& shape : model_presets()) {
    SCOPED_TRACE(shape.name);
    EXPECT_GT(shape.hidden, 0);
    EXPECT_GT(shape.expert_width, 0);
    EXPECT_GT(shape.moe_layers, 0);
    EXPECT_LE(shape.moe_layers + shape.dense_layers, shape.layers);
    EXPECT_GT(shape.top_k, 0);
    EXPECT_LT(shape.top_k, shape.experts);
    EXPECT_EQ(shape.dense_width > 0, shape.dense_layers > 0);
    EXPECT_TRUE(shape.shared_width > 0 || !shape.shared_gate);
    EXPECT_EQ(shape.experts % shape.n_group.value_or(1), 0);
    EXPECT_LE(shape.topk_group.value_or(1), shape.n_group.value_or(1));
  }
}

TEST(ModelPresets, AreFoundByName) {
  EXPECT_EQ(preset("glm-4.5-air").expert_width, 1408);
  EXPECT_EQ(preset("nemotron-3-nano").moe_layers, 23);
  EXPECT_EQ(preset("llama4-maverick").moe_layers, 24);
  EXPECT_EQ(find_model("glm-4.5-ai"), nullptr);
  EXPECT_EQ(find_model(""), nullptr);
}

TEST(ModelPresets, SayNothingThatTheSourceDoesNotSay) {
  EXPECT_FALSE(preset("glm-4.5-air").routed_scale);
  EXPECT_FALSE(preset("qwen3.5-35b-a3b").renormalise);
  EXPECT_EQ(find_model("deepseek-v2"), nullptr);
  EXPECT_EQ(find_model("arctic"), nullptr);
}

TEST(ShapeChecksum, ChangesWithEveryNumber) {
  const std::vector<std::function<void(ModelShape&)>> edits = {
      [](ModelShape& shape) { ++shape.layers; },
      [](ModelShape& shape) { ++shape.moe_layers; },
      [](ModelShape& shape) { ++shape.hidden; },
      [](ModelShape& shape) { ++shape.dense_width; },
      [](ModelShape& shape) { ++shape.dense_layers; },
      [](ModelShape& shape) { shape.experts += 2; },
      [](ModelShape& shape) { ++shape.top_k; },
      [](ModelShape& shape) { ++shape.expert_width; },
      [](ModelShape& shape) { ++shape.shared_width; },
      [](ModelShape& shape) { shape.shared_gate = true; },
      [](ModelShape& shape) { shape.expert_bias = true; },
      [](ModelShape& shape) { shape.latent_width = 1; },
      [](ModelShape& shape) { shape.latent_norm = true; },
      [](ModelShape& shape) { shape.n_group.reset(); },
      [](ModelShape& shape) { shape.topk_group = 3; },
      [](ModelShape& shape) { shape.routed_scale = 3.4; },
      [](ModelShape& shape) { shape.renormalise = false; }};
  const ModelShape& original = preset("deepseek-v3");
  std::set<std::uint64_t> seen{original.checksum};
  for (std::size_t i = 0; i < edits.size(); ++i) {
    ModelShape edited = original;
    edits[i](edited);
    EXPECT_TRUE(seen.insert(shape_checksum(edited)).second) << "edit " << i;
  }
}

TEST(ShapeChecksum, DoesNotDependOnNames) {
  ModelShape renamed = preset("deepseek-v3");
  renamed.name = "mine";
  renamed.source = "elsewhere";
  EXPECT_EQ(shape_checksum(renamed), preset("deepseek-v3").checksum);
}

TEST(LanguageSizes, AreTheFiveOfTheLanguage) {
  const std::map<std::string, std::int64_t> expected = {
      {"hidden", 2560}, {"inter", 1536}, {"shared_inter", 3072}, {"E", 64}, {"k", 6}};
  EXPECT_EQ(language_sizes(preset("ernie-4.5-21b-a3b")), expected);
}

TEST(LanguageSizes, SharedWidthFallsBackToTheExpertWidth) {
  EXPECT_EQ(language_sizes(preset("mixtral-8x7b")).at("shared_inter"), 14336);
}

TEST(DescribeModel, NamesEveryPartAndTheSource) {
  const ModelShape& shape = preset("glm-4.5-air");
  EXPECT_EQ(
      describe(shape),
      "glm-4.5-air (glm4_moe)\n"
      "  layers        46: 45 with experts, 1 dense\n"
      "  hidden        4096\n"
      "  experts       128, top-8\n"
      "  expert width  1408\n"
      "  shared width  1408\n"
      "  dense width   10944\n"
      "  router        sigmoid+bias; 1 group, a token uses 1; scale not stated; renormalised\n"
      "  source        " +
          shape.source +
          "\n"
          "  checksum      0x81c812b1c8443a58\n");
}

TEST(DescribeModel, SaysWhatIsUnusual) {
  const auto says = [](std::string_view name, std::string_view part) {
    const std::string text = describe(preset(name));
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  says("nemotron-3-nano", "52: 23 with experts, 29 with no MLP");
  says("qwen1.5-moe-a2.7b", "5632, behind a sigmoid gate");
  says("gpt-oss-20b", "2880, with biases");
  says("kimi-k3", "3584, a norm follows the sum");
  says("mixtral-8x7b", "32, all with experts");
}

TEST(ListModels, HasOneAlignedLineForEachPreset) {
  const std::string text = list_models();
  const std::size_t width = text.find('\n');
  std::size_t lines = 0;
  for (std::size_t start = 0; start < text.size(); start += width + 1) {
    EXPECT_EQ(text.find('\n', start), start + width);
    ++lines;
  }
  EXPECT_EQ(lines, model_presets().size() + 1);
  EXPECT_TRUE(text.starts_with("name "));
}

}  // namespace
}  // namespace reducecheck
