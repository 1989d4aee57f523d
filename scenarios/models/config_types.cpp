// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/config_types.hpp"

#include <algorithm>
#include <array>

namespace reducecheck {
namespace {

// A router's renormalising is given here only where the published checkpoints of the type agree.
constexpr std::array<TypeRules, 27> known = {{
    {.type = "bailing_moe_v2", .router = "sigmoid+bias", .renormalise = true},
    {.type = "deepseek_v2", .router = "softmax"},
    {.type = "deepseek_v3", .router = "sigmoid noaux_tc"},
    {.type = "deepseek_v32", .router = "sigmoid noaux_tc"},
    {.type = "ernie", .router = "softmax + correction bias"},
    {.type = "ernie4_5_moe", .router = "softmax + correction bias"},
    {.type = "ernie4_5_moe_vl", .router = "softmax + correction bias"},
    {.type = "gemma4", .renormalise = true, .parallel_dense = true},
    {.type = "glm4_moe", .router = "sigmoid+bias", .renormalise = true},
    {.type = "glm4_moe_lite", .router = "sigmoid+bias"},
    {.type = "glm4v_moe", .router = "sigmoid+bias", .renormalise = true},
    {.type = "glm_moe_dsa", .router = "sigmoid noaux_tc", .renormalise = true},
    {.type = "gpt_oss", .router = "softmax over top-k", .plain_width = true, .expert_bias = true},
    {.type = "hunyuan", .router = "softmax"},
    {.type = "jamba", .router = "softmax", .plain_width = true},
    {.type = "llama4",
     .router = "weight on the input",
     .plain_width = true,
     .implicit_shared = true},
    {.type = "minimax", .router = "softmax", .plain_width = true},
    {.type = "minimax_m2", .router = "sigmoid+bias", .plain_width = true},
    {.type = "minimax_m3", .router = "sigmoid+bias", .plain_width = true},
    {.type = "mixtral", .router = "softmax over top-k", .plain_width = true},
    {.type = "nemotron_h"},
    {.type = "olmoe", .router = "softmax", .plain_width = true},
    {.type = "qwen2_moe", .router = "softmax", .renormalise = false, .shared_gate = true},
    {.type = "qwen3_5_moe", .router = "softmax", .renormalise = true, .shared_gate = true},
    {.type = "qwen3_moe", .router = "softmax", .renormalise = true},
    {.type = "qwen3_next", .router = "softmax", .renormalise = true, .shared_gate = true},
    {.type = "qwen3_vl_moe", .router = "softmax", .renormalise = true},
}};

}  // namespace

TypeRules rules_of(std::string_view model_type) {
  constexpr std::string_view suffix = "_text";
  if (model_type.ends_with(suffix)) model_type.remove_suffix(suffix.size());
  const auto* const found = std::ranges::find(known, model_type, &TypeRules::type);
  return found == known.end() ? TypeRules{.type = model_type, .router = "softmax"} : *found;
}

}  // namespace reducecheck
