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

/// The geometry of one mixture-of-experts model, all widths in elements. What is optional and
/// absent is what the source does not say.
struct ModelShape {
  std::string name;        // `glm-4.5-air`
  std::string model_type;  // as in config.json
  std::int64_t layers = 0;
  std::int64_t moe_layers = 0;  // with routed experts; mixers of a hybrid are neither moe nor dense
  std::int64_t hidden = 0;
  std::int64_t dense_width = 0;   // of a dense layer's MLP; 0 when there is none
  std::int64_t dense_layers = 0;  // how many layers are dense
  std::int64_t experts = 0;       // routed experts a layer
  std::int64_t top_k = 0;
  std::int64_t expert_width = 0;
  std::int64_t shared_width = 0;  // of all shared experts together; 0 when there is none
  bool shared_gate = false;       // the shared branch is multiplied by a sigmoid gate
  bool expert_bias = false;       // the experts' linear layers add a bias: once, not once a rank
  std::int64_t latent_width = 0;  // what the routed experts read and write; 0: `hidden`
  bool latent_norm = false;       // a norm follows the latent sum: reduce before it
  std::string router;             // `sigmoid+bias`, `softmax`, ... as the source spells it
  std::optional<std::int64_t> n_group;     // groups the experts are chosen from
  std::optional<std::int64_t> topk_group;  // groups a token may use
  std::optional<double> routed_scale;
  std::optional<bool> renormalise;  // top-k weights divided by their sum
  std::string source;               // URL of the file the numbers were read from
  std::uint64_t checksum = 0;       // shape_checksum of the numbers, so that an edit shows
};

/// FNV-1a, 64 bits, over the canonical text of the numbers and switches; `name`, `model_type`,
/// `router`, `source` and `checksum` do not count.
std::uint64_t shape_checksum(const ModelShape& shape);

/// All presets, by name.
const std::vector<ModelShape>& model_presets();

/// The preset of that name, or nullptr.
const ModelShape* find_model(std::string_view name);

/// The built-in sizes of the language at this model's dimensions: hidden, inter (expert width),
/// shared_inter (expert width too when there is no shared expert), E, k.
std::map<std::string, std::int64_t> language_sizes(const ModelShape& shape);

/// The shape in aligned lines, with its source.
std::string describe(const ModelShape& shape);

/// An aligned table of all presets, one a line under a heading.
std::string list_models();

/// A shape read from a config.json, with one sentence for each value that was assumed or ignored.
struct ImportedModel {
  ModelShape shape;
  std::vector<std::string> assumed;
  std::vector<std::string> errors;  // not empty: `shape` is not usable
  /// `same numbers as preset glm-4.5-air`, or in what few values it differs from the preset of its
  /// type that is nearest: altered copies of published files exist. Empty when none is near.
  std::string comparison;
};

/// Reads a Hugging Face config.json of at most 1 MiB. Never throws for what the text says. Numbers
/// come from the file only; a rule that the file leaves open is taken by `model_type`, and
/// `assumed` says so. A model without experts is an error.
ImportedModel import_config(std::string_view json, std::string_view file);

}  // namespace reducecheck
