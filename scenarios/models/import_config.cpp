// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/models/config_layers.hpp"
#include "scenarios/models/config_reader.hpp"
#include "scenarios/models/config_text.hpp"
#include "scenarios/models/config_types.hpp"
#include "scenarios/models/model.hpp"
#include "scenarios/models/shape_fields.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

/// Fills a shape from one object, meaning by meaning.
class Importer {
 public:
  Importer(ConfigReader& reader, std::string_view type, ModelShape& shape)
      : reader_(reader), rules_(rules_of(type)), shape_(shape) {}

  void read() {
    if (!read_experts()) return;
    shape_.hidden = required({"hidden_size"}, "the hidden size");
    shape_.top_k = required({"num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k",
                             "moe_top_k", "top_k_experts", "experts_per_token"},
                            "the number of experts of a token");
    const std::optional<LayerCounts> counts = read_layers(reader_);
    if (counts) {
      shape_.layers = counts->layers;
      shape_.moe_layers = counts->with_experts;
      shape_.dense_layers = counts->dense;
    }
    read_expert_width();
    read_dense_width();
    read_shared_width();
    read_latent();
    read_router();
    read_groups();
    check();
  }

 private:
  std::int64_t required(ConfigReader::Keys keys, std::string_view meaning) {
    if (const std::optional<Found> found = reader_.integer(keys, 1)) return found->value;
    // A key that is there with a refused value has its own sentence.
    if (std::ranges::none_of(keys, [this](auto key) { return reader_.find(key) != nullptr; })) {
      reader_.fail(
          fmt::format("no key gives {}: `{}` is needed", meaning, fmt::join(keys, "` or `")));
    }
    return 0;
  }

  bool read_experts() {
    const std::optional<Found> found = reader_.integer(
        {"n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"}, 0);
    if (reader_.failed()) return false;
    if (reader_.boolean({"enable_moe_block"}) == false) {
      reader_.fail("a dense model: `enable_moe_block` is false");
    } else if (!found) {
      reader_.fail(
          "a dense model: none of `n_routed_experts`, `num_experts`, `num_local_experts`, "
          "`moe_num_experts` gives routed experts");
    } else if (found->value <= 1) {
      reader_.fail(fmt::format("a dense model: `{}` is {}", found->key, found->value));
    } else {
      shape_.experts = found->value;
    }
    return !reader_.failed();
  }

  void read_expert_width() {
    if (const auto found = reader_.integer({"moe_intermediate_size"}, 1)) {
      shape_.expert_width = found->value;
      return;
    }
    if (reader_.find("moe_intermediate_size") != nullptr) return;  // refused above
    shape_.expert_width = required({"intermediate_size"}, "the width of an expert");
    if (!rules_.plain_width && shape_.expert_width > 0) {
      reader_.assume("moe_intermediate_size: absent, `intermediate_size` taken as expert width");
    }
  }

  void read_dense_width() {
    if (shape_.dense_layers == 0) return;
    for (const std::string_view key : {"intermediate_size_mlp", "dense_intermediate_size"}) {
      if (const auto found = reader_.integer({key}, 1)) {
        shape_.dense_width = found->value;
        return;
      }
    }
    shape_.dense_width = required({"intermediate_size"}, "the width of a dense layer");
  }

  void read_shared_width() {
    const std::optional<Found> width =
        reader_.integer({"shared_expert_intermediate_size", "moe_shared_expert_intermediate_size",
                         "share_expert_dim", "shared_intermediate_size"},
                        0);
    const std::optional<Found> count = reader_.integer(
        {"n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts"},
        0);
    if (width) {
      shape_.shared_width = width->value;
      if (count && (count->value > 1 || (count->value == 0 && width->value > 0))) {
        reader_.assume(fmt::format("{}: {}, but `{}` {} taken as the whole shared width",
                                   count->key, count->value, width->key, width->value));
      }
    } else if (count) {
      shape_.shared_width = shared_by_count(*count);
    } else if (rules_.implicit_shared) {
      shape_.shared_width = shape_.expert_width;
      reader_.assume(fmt::format("shared experts: no key names any, one of width {} assumed for {}",
                                 shape_.shared_width, rules_.type));
    } else if (rules_.parallel_dense) {
      shape_.shared_width = required({"intermediate_size"}, "the width of the parallel dense MLP");
      reader_.assume(fmt::format(
          "shared experts: no key names any, the dense MLP of width {} is the shared branch in {}",
          shape_.shared_width, rules_.type));
    }
    if (shape_.shared_width > 0 && rules_.shared_gate) {
      shape_.shared_gate = true;
      reader_.assume(
          fmt::format("shared gate: no key, a sigmoid gate assumed for {}", rules_.type));
    }
  }

  std::int64_t shared_by_count(const Found& count) {
    if (count.value <= most_of_anything / std::max<std::int64_t>(shape_.expert_width, 1)) {
      return count.value * shape_.expert_width;
    }
    reader_.fail(fmt::format("`{}` is {}: that many of width {} are too wide", count.key,
                             count.value, shape_.expert_width));
    return 0;
  }

  void read_latent() {
    if (const auto found = reader_.integer({"moe_latent_size", "routed_expert_hidden_size"}, 1)) {
      shape_.latent_width = found->value;
      shape_.latent_norm = reader_.boolean({"latent_moe_use_norm"}).value_or(false);
    }
    if (rules_.expert_bias) {
      shape_.expert_bias = true;
      reader_.assume(
          fmt::format("expert biases: no key, assumed for the experts of {}", rules_.type));
    }
  }

  void read_router() {
    const auto score = reader_.text({"scoring_func", "moe_router_activation_func"});
    if (score) {
      shape_.router = *score;
      const bool bias =
          reader_
              .boolean({"use_routing_bias", "use_moe_router_bias", "moe_router_enable_expert_bias"})
              .value_or(false);
      const bool corrected = reader_.text({"topk_method"}) == "noaux_tc";
      shape_.router += corrected ? " noaux_tc" : bias ? "+bias" : "";
    } else {
      shape_.router = rules_.router;
      assume_or_leave_open("scoring_func", shape_.router);
    }
    shape_.routed_scale =
        reader_.positive_number({"routed_scaling_factor", "moe_router_scaling_factor"});
    // A softmax has no scale unless the file gives one.
    if (!shape_.routed_scale && shape_.router.starts_with("s") &&
        !shape_.router.starts_with("softmax")) {
      assume_or_leave_open("routed_scaling_factor", {});
    }
    shape_.renormalise = reader_.boolean({"norm_topk_prob", "moe_renormalize"});
    // The softmax over the chosen has the sum 1 already.
    if (shape_.renormalise || shape_.router == "softmax over top-k") return;
    shape_.renormalise = rules_.renormalise;
    const std::string_view text = rules_.renormalise.value_or(false) ? "true" : "false";
    assume_or_leave_open("norm_topk_prob", rules_.renormalise ? text : "");
  }

  void assume_or_leave_open(std::string_view key, std::string_view value) {
    const std::string type =
        rules_.type.empty() ? "a file without model_type" : printable(rules_.type);
    reader_.assume(value.empty() ? fmt::format("{}: absent, left open for {}", key, type)
                                 : fmt::format("{}: absent, assumed {} for {}", key, value, type));
  }

  void read_groups() {
    const auto groups = reader_.integer({"n_group", "num_expert_group"}, 0);
    const auto used = reader_.integer({"topk_group"}, 0);
    if (groups && groups->value > 0) shape_.n_group = groups->value;
    if (used && used->value > 0) shape_.topk_group = used->value;
  }

  // Numbers that cannot stand together, as in copies that were altered.
  void check() {
    if (reader_.failed()) return;
    if (shape_.top_k > shape_.experts) {
      reader_.fail(fmt::format("a token takes {} of {} experts", shape_.top_k, shape_.experts));
    }
    if (shape_.n_group && shape_.experts % *shape_.n_group != 0) {
      reader_.fail(fmt::format("{} experts do not divide into `n_group` {}", shape_.experts,
                               *shape_.n_group));
    }
    if (shape_.n_group && shape_.topk_group && *shape_.topk_group > *shape_.n_group) {
      reader_.fail(fmt::format("`topk_group` is {} but `n_group` is {}", *shape_.topk_group,
                               *shape_.n_group));
    }
  }

  ConfigReader& reader_;
  TypeRules rules_;
  ModelShape& shape_;
};

// Multimodal models wrap the language model, some of them twice.
const json& language_part(const json& root, std::string& type) {
  constexpr std::array<std::string_view, 4> wrappers = {"text_config", "llm_config",
                                                        "language_config", "thinker_config"};
  const json* part = &root;
  while (true) {
    if (const auto found = part->find("model_type"); found != part->end() && found->is_string()) {
      type = found->get_ref<const std::string&>().substr(0, 64);
    }
    const json* inner = nullptr;
    for (const std::string_view wrapper : wrappers) {
      const auto found = part->find(wrapper);
      const bool usable = found != part->end() && found->is_object() && !found->empty();
      if (usable && inner == nullptr) inner = &*found;
    }
    if (inner == nullptr) return *part;
    part = inner;  // ends: the depth of the text is bounded
  }
}

}  // namespace

ImportedModel import_config(std::string_view json_text, std::string_view file) {
  ImportedModel result;
  if (const std::optional<json> root = read_json_object(json_text, result.errors)) {
    ModelShape& shape = result.shape;
    const json& part = language_part(*root, shape.model_type);
    ConfigReader reader(part, result.assumed, result.errors);
    Importer(reader, shape.model_type, shape).read();
    shape.name = file;
    shape.source = file;
    shape.checksum = shape_checksum(shape);
    if (result.errors.empty()) result.comparison = compare_with_presets(shape);
  }
  for (std::string& error : result.errors) error = fmt::format("{}: {}", printable(file), error);
  return result;
}

}  // namespace reducecheck
