// SPDX-License-Identifier: Apache-2.0
// Shapes of published models: facts with a source, and the import of a config.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// The geometry of one mixture-of-experts model, all widths in elements.
struct ModelShape {
  std::string name;        // `glm-4.5-air`
  std::string model_type;  // as in config.json
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t dense_width = 0;   // of a dense layer's MLP; 0 when there is none
  std::int64_t dense_layers = 0;  // how many layers are dense
  std::int64_t experts = 0;       // routed experts a layer
  std::int64_t top_k = 0;
  std::int64_t expert_width = 0;
  std::int64_t shared_width = 0;  // of all shared experts together; 0 when there is none
  bool shared_gate = false;       // the shared branch is multiplied by a sigmoid gate
  std::string router;             // `sigmoid+bias`, `softmax`, ... as the source spells it
  std::optional<double> routed_scale;       // absent: the source does not say
  std::optional<bool> renormalise;          // top-k weights divided by their sum
  std::string source;      // URL of the file the numbers were read from
  std::uint64_t checksum = 0;     // shape_checksum of the numbers, so that an edit shows
};

/// FNV-1a over the canonical text of the numbers; `source` and `name` do not count.
std::uint64_t shape_checksum(const ModelShape& shape);

/// All presets, by name.
const std::vector<ModelShape>& model_presets();

/// The preset of that name, or nullptr.
const ModelShape* find_model(std::string_view name);

/// The built-in sizes of the language at this model's dimensions: hidden, inter (expert width),
/// shared_inter, E, k.
std::map<std::string, std::int64_t> language_sizes(const ModelShape& shape);

/// A shape read from a config.json, with one sentence for each value that was assumed or ignored.
struct ImportedModel {
  ModelShape shape;
  std::vector<std::string> assumed;
  std::vector<std::string> errors;  // not empty: `shape` is not usable
};

/// Reads a Hugging Face config.json. Never throws for what the text says; sizes are bounded.
ImportedModel import_config(std::string_view json, std::string_view file);

}  // namespace reducecheck
