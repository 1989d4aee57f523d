// SPDX-License-Identifier: Apache-2.0
// Each family spells the same facts in its own keys; each must come out as the numbers of its
// preset. The configurations are written here in the families' spellings, cut to what is read.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/models/model.hpp"

namespace reducecheck {
namespace {

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += sentence + '\n';
  return text;
}

bool contains(const std::vector<std::string>& sentences, std::string_view sentence) {
  return std::ranges::find(sentences, sentence) != sentences.end();
}

std::string list_of(int count, std::string_view entry) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) text += fmt::format("{}{}", i > 0 ? "," : "", entry);
  return text + "]";
}

ImportedModel imported(std::string_view json) {
  ImportedModel model = import_config(json, "config.json");
  EXPECT_TRUE(model.errors.empty()) << joined(model.errors);
  EXPECT_EQ(model.shape.source, "config.json");
  EXPECT_EQ(model.shape.checksum, shape_checksum(model.shape));
  return model;
}

// The comparison leaves out what one side does not state, so the stated core is compared again.
void expect_preset(const ImportedModel& model, std::string_view name) {
  const ModelShape* preset = find_model(name);
  ASSERT_NE(preset, nullptr);
  EXPECT_NE(model.comparison.find(name), std::string::npos) << model.comparison;
  EXPECT_TRUE(model.comparison.starts_with("same numbers as preset")) << model.comparison;
  EXPECT_EQ(language_sizes(model.shape), language_sizes(*preset));
  EXPECT_EQ(model.shape.router, preset->router);
  EXPECT_EQ(model.shape.shared_gate, preset->shared_gate);
}

TEST(ImportConfig, ReadsGlm) {
  const ImportedModel model = imported(R"({"model_type": "glm4_moe", "hidden_size": 4096,
    "intermediate_size": 10944, "num_hidden_layers": 46, "moe_intermediate_size": 1408,
    "n_routed_experts": 128, "n_shared_experts": 1, "num_experts_per_tok": 8, "n_group": 1,
    "topk_group": 1, "first_k_dense_replace": 1, "norm_topk_prob": true,
    "routed_scaling_factor": 1.0, "num_attention_heads": 96})");
  expect_preset(model, "glm-4.5-air");
  EXPECT_EQ(model.shape.routed_scale, 1.0);
  EXPECT_EQ(joined(model.assumed), "scoring_func: absent, assumed sigmoid+bias for glm4_moe\n");
}

constexpr std::string_view deepseek = R"({"model_type": "deepseek_v3", "hidden_size": 7168,
    "intermediate_size": 18432, "num_hidden_layers": 61, "moe_intermediate_size": 2048,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "n_group": 8,
    "topk_group": 4, "first_k_dense_replace": 3, "moe_layer_freq": 1, "norm_topk_prob": true,
    "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "topk_method": "noaux_tc"})";

TEST(ImportConfig, ReadsDeepseekWithNothingAssumed) {
  const ImportedModel model = imported(deepseek);
  expect_preset(model, "deepseek-v3");
  EXPECT_EQ(joined(model.assumed), "");
}

TEST(ImportConfig, NamesTheNumbersOfAnAlteredCopy) {
  std::string altered(deepseek);
  altered.replace(altered.find(": 2.5"), 5, ": 3.4");
  altered.replace(altered.find("256"), 3, "264");
  EXPECT_EQ(imported(altered).comparison,
            "differs from preset deepseek-r1 only in experts (264, preset 256), routed scale (3.4, "
            "preset 2.5): an altered copy, or another model");
  altered.replace(altered.find("264"), 3, "258");
  EXPECT_EQ(joined(import_config(altered, "config.json").errors),
            "config.json: 258 experts do not divide into `n_group` 8\n");
}

TEST(ImportConfig, ReadsQwenMixtureWithoutSharedExpert) {
  const std::string_view text = R"({"model_type": "qwen3_moe", "hidden_size": 6144,
    "intermediate_size": 8192, "num_hidden_layers": 62, "moe_intermediate_size": 2560,
    "num_experts": 160, "num_experts_per_tok": 8, "shared_expert_intermediate_size": 0,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "norm_topk_prob": true})";
  expect_preset(imported(text), "qwen3-coder-480b");
}

TEST(ImportConfig, ReadsQwenWithGateAndSkippedLayers) {
  const ImportedModel model = imported(R"({"model_type": "qwen2_moe", "hidden_size": 2048,
    "intermediate_size": 5632, "num_hidden_layers": 24, "moe_intermediate_size": 1408,
    "num_experts": 60, "num_experts_per_tok": 4, "shared_expert_intermediate_size": 5632,
    "decoder_sparse_step": 1, "norm_topk_prob": false})");
  expect_preset(model, "qwen1.5-moe-a2.7b");
  EXPECT_TRUE(contains(model.assumed, "shared gate: no key, a sigmoid gate assumed for qwen2_moe"));
  const ImportedModel sparse = imported(R"({"model_type": "qwen2_moe", "hidden_size": 64,
    "intermediate_size": 128, "num_hidden_layers": 8, "moe_intermediate_size": 32,
    "num_experts": 4, "num_experts_per_tok": 2, "decoder_sparse_step": 2,
    "mlp_only_layers": [0, 3]})");
  EXPECT_EQ(sparse.shape.moe_layers, 3);
  EXPECT_EQ(sparse.shape.dense_layers, 5);
  EXPECT_EQ(sparse.shape.dense_width, 128);
}

TEST(ImportConfig, SaysWhatIsAssumedForQwenInsideAWrapper) {
  const ImportedModel model = imported(R"({"model_type": "qwen3_5_moe", "vision_config": {},
    "text_config": {"model_type": "qwen3_5_moe_text", "hidden_size": 2048,
    "num_hidden_layers": 40, "moe_intermediate_size": 512, "num_experts": 256,
    "num_experts_per_tok": 8, "shared_expert_intermediate_size": 512, "mlp_only_layers": []}})");
  expect_preset(model, "qwen3.5-35b-a3b");
  EXPECT_TRUE(contains(model.assumed, "norm_topk_prob: absent, assumed true for qwen3_5_moe"));
  EXPECT_EQ(model.shape.renormalise, true);
}

TEST(ImportConfig, TakesPlainIntermediateSizeAsExpertWidth) {
  expect_preset(imported(R"({"model_type": "mixtral", "hidden_size": 4096,
    "intermediate_size": 14336, "num_hidden_layers": 32, "num_local_experts": 8,
    "num_experts_per_tok": 2})"),
                "mixtral-8x7b");
  const ImportedModel gpt = imported(R"({"model_type": "gpt_oss", "hidden_size": 2880,
    "intermediate_size": 2880, "num_hidden_layers": 24, "num_local_experts": 32,
    "num_experts_per_tok": 4, "experts_per_token": 4, "swiglu_limit": 7.0})");
  expect_preset(gpt, "gpt-oss-20b");
  EXPECT_TRUE(gpt.shape.expert_bias);
  expect_preset(imported(R"({"model_type": "minimax_m2", "hidden_size": 3072,
    "intermediate_size": 1536, "num_hidden_layers": 62, "num_local_experts": 256,
    "num_experts_per_tok": 8, "shared_intermediate_size": 0, "scoring_func": "sigmoid",
    "use_routing_bias": true})"),
                "minimax-m2.5");
}

TEST(ImportConfig, SaysThatPlainIntermediateSizeIsAGuessForAnUnknownType) {
  const ImportedModel model = imported(R"({"model_type": "new_moe", "hidden_size": 64,
    "intermediate_size": 32, "num_hidden_layers": 2, "num_experts": 4, "moe_k": 2})");
  EXPECT_TRUE(contains(model.assumed,
                       "moe_intermediate_size: absent, `intermediate_size` taken as expert width"));
  EXPECT_TRUE(contains(model.assumed, "scoring_func: absent, assumed softmax for new_moe"));
  EXPECT_TRUE(contains(model.assumed, "norm_topk_prob: absent, left open for new_moe"));
  EXPECT_EQ(model.comparison, "");
}

TEST(ImportConfig, ReadsLlamaWithItsUnnamedSharedExpert) {
  const ImportedModel model = imported(R"({"model_type": "llama4", "text_config": {
    "model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192,
    "intermediate_size_mlp": 16384, "interleave_moe_layer_step": 2, "num_hidden_layers": 48,
    "num_local_experts": 128, "num_experts_per_tok": 1}})");
  expect_preset(model, "llama4-maverick");
  EXPECT_EQ(model.shape.dense_width, 16384);
  EXPECT_TRUE(contains(model.assumed,
                       "shared experts: no key names any, one of width 8192 assumed for llama4"));
}

TEST(ImportConfig, LeavesOutTheTailThatErnieRemoves) {
  const ImportedModel model = imported(R"({"model_type": "ernie", "hidden_size": 8192,
    "intermediate_size": 28672, "num_hidden_layers": 56, "remove_tail_layer": 2,
    "moe_num_experts": 64, "moe_num_shared_experts": 0, "moe_layer_start_index": 3,
    "moe_intermediate_size": 3584, "moe_k": 8, "moe_layer_interval": 1})");
  expect_preset(model, "ernie-4.5-300b-a47b");
  EXPECT_TRUE(contains(model.assumed, "remove_tail_layer: 2 of 56 layers left out"));
}

TEST(ImportConfig, TakesTheTextEntryOfErnieVision) {
  const ImportedModel model = imported(R"({"model_type": "ernie4_5_moe_vl", "hidden_size": 2560,
    "intermediate_size": 12288, "num_hidden_layers": 28, "moe_num_experts": [64, 64],
    "moe_intermediate_size": [1536, 512], "moe_k": 6, "moe_num_shared_experts": 2,
    "moe_layer_start_index": [1, 1], "moe_layer_end_index": [29, 28]})");
  expect_preset(model, "ernie-4.5-21b-a3b");
  EXPECT_TRUE(contains(model.assumed, "`moe_intermediate_size`: `[1536,512]`, the first taken"));
}

TEST(ImportConfig, ReadsHunyuanListsPerLayer) {
  const ImportedModel model = imported(fmt::format(
      R"({{"model_type": "hunyuan", "hidden_size": 4096, "intermediate_size": 3072,
      "num_hidden_layers": 32, "num_experts": 64, "moe_topk": {}, "moe_intermediate_size": {},
      "num_shared_expert": {}, "moe_layer_num_skipped": 0, "n_group": null, "topk_group": null,
      "routed_scaling_factor": 1.0, "norm_topk_prob": true}})",
      list_of(32, "8"), list_of(32, "3072"), list_of(32, "1")));
  expect_preset(model, "hunyuan-a13b");
  EXPECT_FALSE(model.shape.n_group);
}

TEST(ImportConfig, ReadsHybrids) {
  expect_preset(imported(R"({"model_type": "jamba", "hidden_size": 4096,
    "intermediate_size": 14336, "num_hidden_layers": 32, "num_experts": 16,
    "num_experts_per_tok": 2, "expert_layer_period": 2, "expert_layer_offset": 1,
    "layers_block_type": ["mamba", "attention"]})"),
                "jamba-v0.1");
  // `n_groups` belongs to Mamba and `Infinity` to Python; `layers` stands in the pattern alone.
  const ImportedModel nano = imported(R"({"model_type": "nemotron_h", "hidden_size": 2688,
    "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
    "intermediate_size": 1856, "moe_intermediate_size": 1856, "n_routed_experts": 128,
    "n_shared_experts": 1, "moe_shared_expert_intermediate_size": 3712, "n_groups": 8,
    "n_group": 1, "topk_group": 1, "num_experts_per_tok": 6, "norm_topk_prob": true,
    "routed_scaling_factor": 2.5, "time_step_limit": [0.0, Infinity]})");
  expect_preset(nano, "nemotron-3-nano");
  EXPECT_EQ(nano.shape.n_group, 1);
}

TEST(ImportConfig, ReadsLayerKindsAndLatentWidth) {
  const ImportedModel model = imported(R"({"model_type": "nemotron_h", "hidden_size": 64,
    "layers_block_type": ["mamba", "moe", "attention", "mlp", "mamba", "moe"],
    "intermediate_size": 96, "moe_intermediate_size": 32, "n_routed_experts": 8,
    "num_experts_per_tok": 3, "moe_latent_size": 16, "routed_scaling_factor": null})");
  EXPECT_EQ(model.shape.layers, 6);
  EXPECT_EQ(model.shape.moe_layers, 2);
  EXPECT_EQ(model.shape.dense_layers, 1);
  EXPECT_EQ(model.shape.latent_width, 16);
  EXPECT_FALSE(model.shape.routed_scale);
}

TEST(ImportConfig, ReadsFrequencyAsList) {
  const ImportedModel model = imported(fmt::format(
      R"({{"model_type": "mimo_v2_flash", "hidden_size": 4096, "intermediate_size": 16384,
      "num_hidden_layers": 48, "moe_layer_freq": [0, {}, "moe_intermediate_size": 2048,
      "n_routed_experts": 256, "n_shared_experts": null, "num_experts_per_tok": 8,
      "norm_topk_prob": true, "scoring_func": "sigmoid", "topk_method": "noaux_tc", "n_group": 1,
      "topk_group": 1, "routed_scaling_factor": null}})",
      list_of(47, "1").substr(1)));
  expect_preset(model, "mimo-v2-flash");
  EXPECT_TRUE(
      contains(model.assumed, "routed_scaling_factor: absent, left open for mimo_v2_flash"));
}

TEST(ImportConfig, TakesTheParallelMlpOfGemmaAsSharedBranch) {
  expect_preset(imported(R"({"model_type": "gemma4", "text_config": {
    "model_type": "gemma4_text", "enable_moe_block": true, "hidden_size": 2816,
    "intermediate_size": 2112, "moe_intermediate_size": 704, "num_experts": 128,
    "num_hidden_layers": 30, "top_k_experts": 8}})"),
                "gemma-4-26b-a4b");
}

}  // namespace
}  // namespace reducecheck
