// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/model.hpp"
#include "scenarios/models/preset_table.hpp"

namespace reducecheck {
namespace {

ModelShape shape_of(const Preset& preset) {
  const auto& [name, stack, experts, router, source, checksum] = preset;
  ModelShape shape;
  shape.name = name.name;
  shape.model_type = name.model_type;
  shape.layers = stack.layers;
  shape.moe_layers = stack.with_experts.value_or(stack.layers - stack.dense_layers);
  shape.hidden = stack.hidden;
  shape.dense_width = stack.dense_width;
  shape.dense_layers = stack.dense_layers;
  shape.experts = experts.count;
  shape.top_k = experts.top_k;
  shape.expert_width = experts.width;
  shape.shared_width = experts.shared_width;
  shape.shared_gate = experts.shared_gate;
  shape.expert_bias = experts.bias;
  shape.latent_width = experts.latent_width;
  shape.latent_norm = experts.latent_norm;
  shape.router = router.score;
  shape.n_group = router.groups.count;
  shape.topk_group = router.groups.of_a_token;
  shape.routed_scale = router.scale;
  shape.renormalise = router.renormalise;
  shape.source = std::string(source.home) + std::string(source.file);
  shape.checksum = checksum;
  return shape;
}

}  // namespace

const std::vector<ModelShape>& model_presets() {
  static const std::vector<ModelShape> shapes = [] {
    std::vector<ModelShape> list;
    for (const Preset& preset : preset_table()) list.push_back(shape_of(preset));
    return list;
  }();
  return shapes;
}

}  // namespace reducecheck
