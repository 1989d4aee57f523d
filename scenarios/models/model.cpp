// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/models/shape_fields.hpp"

namespace reducecheck {
namespace {

ShapeField number(std::string_view name, std::int64_t value) {
  return {name, fmt::format("{}", value), true};
}

ShapeField yes_or_no(std::string_view name, bool value) {
  return {name, value ? "yes" : "no", true};
}

// The shortest text that reads back as the same double: the same on every machine.
ShapeField real(std::string_view name, const std::optional<double>& value) {
  return value ? ShapeField{name, fmt::format("{}", *value), true} : ShapeField{name, "-", false};
}

ShapeField number(std::string_view name, const std::optional<std::int64_t>& value) {
  return value ? number(name, *value) : ShapeField{name, "-", false};
}

ShapeField yes_or_no(std::string_view name, const std::optional<bool>& value) {
  return value ? yes_or_no(name, *value) : ShapeField{name, "-", false};
}

}  // namespace

std::vector<ShapeField> shape_fields(const ModelShape& shape) {
  return {number("layers", shape.layers),
          number("expert layers", shape.moe_layers),
          number("hidden", shape.hidden),
          number("dense width", shape.dense_width),
          number("dense layers", shape.dense_layers),
          number("experts", shape.experts),
          number("top-k", shape.top_k),
          number("expert width", shape.expert_width),
          number("shared width", shape.shared_width),
          yes_or_no("shared gate", shape.shared_gate),
          yes_or_no("expert bias", shape.expert_bias),
          number("latent width", shape.latent_width),
          yes_or_no("latent norm", shape.latent_norm),
          number("groups", shape.n_group),
          number("groups of a token", shape.topk_group),
          real("routed scale", shape.routed_scale),
          yes_or_no("renormalised", shape.renormalise)};
}

std::uint64_t shape_checksum(const ModelShape& shape) {
  // Offset basis and prime of FNV-1a for 64 bits.
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const ShapeField& field : shape_fields(shape)) {
    for (const char character : fmt::format("{}={}\n", field.name, field.value)) {
      hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001B3U;
    }
  }
  return hash;
}

const ModelShape* find_model(std::string_view name) {
  const std::vector<ModelShape>& presets = model_presets();
  const auto found = std::ranges::find(presets, name, &ModelShape::name);
  return found == presets.end() ? nullptr : &*found;
}

std::map<std::string, std::int64_t> language_sizes(const ModelShape& shape) {
  return {{"hidden", shape.hidden},
          {"inter", shape.expert_width},
          {"shared_inter", shape.shared_width > 0 ? shape.shared_width : shape.expert_width},
          {"E", shape.experts},
          {"k", shape.top_k}};
}

}  // namespace reducecheck
