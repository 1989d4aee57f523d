// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenarios/models/shape_fields.hpp"

namespace reducecheck {
namespace {

// With more differences than this a shape is simply another model.
constexpr std::size_t few = 3;

// `qwen3_5_moe` and its nested `qwen3_5_moe_text` are one family.
std::string_view family(std::string_view model_type) {
  constexpr std::string_view suffix = "_text";
  if (model_type.ends_with(suffix)) model_type.remove_suffix(suffix.size());
  return model_type;
}

// What only one side states is no difference: presets do not guess, and files leave keys out.
std::vector<std::string> differences(const ModelShape& shape, const ModelShape& preset) {
  const std::vector<ShapeField> mine = shape_fields(shape);
  const std::vector<ShapeField> theirs = shape_fields(preset);
  std::vector<std::string> result;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (!mine[i].stated || !theirs[i].stated || mine[i].value == theirs[i].value) continue;
    result.push_back(
        fmt::format("{} ({}, preset {})", mine[i].name, mine[i].value, theirs[i].value));
  }
  return result;
}

}  // namespace

std::string compare_with_presets(const ModelShape& shape) {
  std::vector<std::string> same;
  const ModelShape* nearest = nullptr;
  std::vector<std::string> least;
  for (const ModelShape& preset : model_presets()) {
    std::vector<std::string> found = differences(shape, preset);
    if (found.empty()) same.push_back(preset.name);
    const bool related = family(preset.model_type) == family(shape.model_type);
    if (found.size() > few || !related) continue;
    if (nearest == nullptr || found.size() < least.size()) {
      nearest = &preset;
      least = std::move(found);
    }
  }
  if (!same.empty()) {
    return fmt::format("same numbers as preset{} {}", same.size() > 1 ? "s" : "",
                       fmt::join(same, ", "));
  }
  if (nearest == nullptr) return {};
  return fmt::format("differs from preset {} only in {}: an altered copy, or another model",
                     nearest->name, fmt::join(least, ", "));
}

}  // namespace reducecheck
