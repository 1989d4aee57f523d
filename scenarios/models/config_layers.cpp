// SPDX-License-Identifier: Apache-2.0
#include "scenarios/models/config_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

enum class Kind { experts, dense, mixer };
using Kinds = std::vector<Kind>;

// A hundred times the deepest published model; the rules are applied layer by layer.
constexpr std::int64_t most_layers = 16384;

std::optional<Kind> kind_of(std::string_view block) {
  if (block == "E" || block == "moe" || block == "sparse") return Kind::experts;
  if (block == "-" || block == "mlp" || block == "dense") return Kind::dense;
  if (block == "M" || block == "mamba" || block == "*" || block == "attention") return Kind::mixer;
  return std::nullopt;
}

Kinds kinds_of(ConfigReader& reader, std::string_view key, const std::vector<std::string>& blocks) {
  Kinds kinds;
  for (const std::string& block : blocks) {
    const std::optional<Kind> kind = kind_of(block);
    if (!kind) {
      reader.fail(fmt::format("`{}` has {} in entry {}, which is no known kind of layer", key,
                              back_quoted(block), kinds.size()));
      return {};
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

// The keys that give each layer's kind, so also their number. Jamba's `layers_block_type` tells
// attention from Mamba only: without `moe` in it, it says nothing here.
Kinds listed_kinds(ConfigReader& reader) {
  if (const nlohmann::json* pattern = reader.find("hybrid_override_pattern");
      pattern != nullptr && pattern->is_string()) {
    std::vector<std::string> letters;
    for (const char letter : pattern->get_ref<const std::string&>())
      letters.emplace_back(1, letter);
    return kinds_of(reader, "hybrid_override_pattern", letters);
  }
  for (const std::string_view key : {"layers_block_type", "mlp_layer_types"}) {
    const std::optional<std::vector<std::string>> blocks = reader.texts(key);
    if (!blocks) continue;
    const bool about_experts = key == "mlp_layer_types" || std::ranges::count(*blocks, "moe") > 0;
    if (about_experts) return kinds_of(reader, key, *blocks);
  }
  return {};
}

std::int64_t removed_at_tail(ConfigReader& reader, std::int64_t layers) {
  const nlohmann::json* value = reader.find("remove_tail_layer");
  if (value == nullptr) return 0;
  const std::int64_t removed =
      value->is_boolean()
          ? std::int64_t{value->get<bool>()}
          : reader.integer({"remove_tail_layer"}, 0, layers - 1).value_or(Found{}).value;
  if (removed > 0) {
    reader.assume(fmt::format("remove_tail_layer: {} of {} layers left out", removed, layers));
  }
  return removed;
}

/// Turns layers dense, rule by rule.
class LayerRules {
 public:
  LayerRules(ConfigReader& reader, Kinds& kinds) : reader_(reader), kinds_(kinds) {}

  void apply() {
    skipped_front();
    frequency();
    qwen();
    llama4();
    jamba();
    ernie();
    if (reader_.find("moe_layers_enum") != nullptr) {
      reader_.fail("`moe_layers_enum` is not read: name the dense layers in `mlp_only_layers`");
    }
  }

  [[nodiscard]] bool any() const { return any_; }

 private:
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(kinds_.size()); }

  template <class Rule>
  void keep_experts_where(Rule has_experts) {
    any_ = true;
    for (std::int64_t layer = 0; layer < count(); ++layer) {
      Kind& kind = kinds_[static_cast<std::size_t>(layer)];
      if (kind == Kind::experts && !has_experts(layer)) kind = Kind::dense;
    }
  }

  void skipped_front() {
    for (const std::string_view key : {"first_k_dense_replace", "moe_layer_num_skipped"}) {
      const std::optional<Found> skipped = reader_.integer({key}, 0);
      if (!skipped) continue;
      keep_experts_where([&](std::int64_t layer) { return layer >= skipped->value; });
    }
  }

  void frequency() {
    constexpr std::string_view key = "moe_layer_freq";
    const nlohmann::json* value = reader_.find(key);
    if (value == nullptr) return;
    if (!value->is_array()) {
      const std::optional<Found> step = reader_.integer({key}, 1);
      if (step) keep_experts_where([&](std::int64_t layer) { return layer % step->value == 0; });
      return;
    }
    const std::optional<std::vector<std::int64_t>> flags = reader_.integers(key, 0, 1);
    if (!flags) return;
    if (flags->size() != kinds_.size()) {
      reader_.fail(
          fmt::format("`{}` has {} entries for {} layers", key, flags->size(), kinds_.size()));
      return;
    }
    keep_experts_where(
        [&](std::int64_t layer) { return (*flags)[static_cast<std::size_t>(layer)] == 1; });
  }

  void qwen() {
    if (const auto step = reader_.integer({"decoder_sparse_step"}, 1)) {
      keep_experts_where([&](std::int64_t layer) { return (layer + 1) % step->value == 0; });
    }
    if (const auto dense = reader_.integers("mlp_only_layers", 0, count() - 1)) {
      std::vector<bool> listed(kinds_.size());
      for (const std::int64_t layer : *dense) listed[static_cast<std::size_t>(layer)] = true;
      keep_experts_where(
          [&](std::int64_t layer) { return !listed[static_cast<std::size_t>(layer)]; });
    }
  }

  void llama4() {
    if (const auto with_experts = reader_.integers("moe_layers", 0, count() - 1)) {
      std::vector<bool> listed(kinds_.size());
      for (const std::int64_t layer : *with_experts) listed[static_cast<std::size_t>(layer)] = true;
      keep_experts_where(
          [&](std::int64_t layer) { return listed[static_cast<std::size_t>(layer)]; });
    } else if (const auto step = reader_.integer({"interleave_moe_layer_step"}, 1)) {
      keep_experts_where([&](std::int64_t layer) { return (layer + 1) % step->value == 0; });
    }
  }

  void jamba() {
    const std::optional<Found> period = reader_.integer({"expert_layer_period"}, 1);
    const std::optional<Found> offset = reader_.integer({"expert_layer_offset"}, 0);
    if (!period && !offset) return;
    if (!period || !offset || offset->value >= period->value) {
      reader_.fail("`expert_layer_period` and a smaller `expert_layer_offset` belong together");
      return;
    }
    keep_experts_where([&](std::int64_t layer) { return layer % period->value == offset->value; });
  }

  void ernie() {
    if (const auto start = reader_.integer({"moe_layer_start_index"}, 0)) {
      keep_experts_where([&](std::int64_t layer) { return layer >= start->value; });
    }
    // -1 stands for the last layer.
    if (const auto end = reader_.integer({"moe_layer_end_index"}, -1); end && end->value >= 0) {
      keep_experts_where([&](std::int64_t layer) { return layer <= end->value; });
    }
    if (const auto step = reader_.integer({"moe_layer_interval"}, 1)) {
      keep_experts_where([&](std::int64_t layer) { return (layer + 1) % step->value == 0; });
    }
  }

  ConfigReader& reader_;
  Kinds& kinds_;
  bool any_ = false;
};

}  // namespace

std::optional<LayerCounts> read_layers(ConfigReader& reader) {
  Kinds kinds = listed_kinds(reader);
  const bool listed = !kinds.empty();
  const std::optional<Found> stated = reader.integer({"num_hidden_layers"}, 1, most_layers);
  if (reader.failed()) return std::nullopt;
  if (!stated && !listed) {
    reader.fail("no key gives the number of layers: `num_hidden_layers` is needed");
    return std::nullopt;
  }
  if (!listed) kinds.assign(static_cast<std::size_t>(stated->value), Kind::experts);
  if (stated && static_cast<std::int64_t>(kinds.size()) != stated->value) {
    reader.fail(fmt::format("`num_hidden_layers` is {} but {} layers are listed", stated->value,
                            kinds.size()));
    return std::nullopt;
  }
  const auto layers = static_cast<std::int64_t>(kinds.size());
  kinds.resize(static_cast<std::size_t>(layers - removed_at_tail(reader, layers)));
  LayerRules rules(reader, kinds);
  rules.apply();
  if (!listed && !rules.any()) {
    reader.assume("dense layers: no key names any, every layer taken to have experts");
  }
  LayerCounts counts{static_cast<std::int64_t>(kinds.size()),
                     std::ranges::count(kinds, Kind::experts),
                     std::ranges::count(kinds, Kind::dense)};
  if (counts.with_experts == 0 && !reader.failed()) {
    reader.fail("no layer has experts: a dense model has no branches to merge");
  }
  return reader.failed() ? std::nullopt : std::optional(counts);
}

}  // namespace reducecheck
