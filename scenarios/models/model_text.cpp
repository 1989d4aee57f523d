// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/models/model.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t columns = 9;
using Row = std::array<std::string, columns>;

std::string width_or_dash(std::int64_t width) {
  return width > 0 ? fmt::format("{}", width) : "-";
}

std::string dense(const ModelShape& shape) {
  return shape.dense_layers > 0 ? fmt::format("{} x {}", shape.dense_width, shape.dense_layers)
                                : "-";
}

Row row_of(const ModelShape& shape) {
  return {shape.name,
          shape.model_type.empty() ? "-" : shape.model_type,
          fmt::format("{}", shape.layers),
          fmt::format("{}", shape.hidden),
          fmt::format("{}", shape.experts),
          fmt::format("{}", shape.top_k),
          fmt::format("{}", shape.expert_width),
          width_or_dash(shape.shared_width) + (shape.shared_gate ? " gated" : ""),
          dense(shape)};
}

std::string layers_text(const ModelShape& shape) {
  std::string text = fmt::format("{}", shape.layers);
  const std::int64_t others = shape.layers - shape.moe_layers - shape.dense_layers;
  if (shape.moe_layers == shape.layers) return text + ", all with experts";
  text += fmt::format(": {} with experts", shape.moe_layers);
  if (shape.dense_layers > 0) text += fmt::format(", {} dense", shape.dense_layers);
  if (others > 0) text += fmt::format(", {} with no MLP", others);
  return text;
}

std::string router_text(const ModelShape& shape) {
  std::string text = shape.router.empty() ? "score not stated" : printable(shape.router);
  if (shape.n_group) {
    text += fmt::format("; {} group{}", *shape.n_group, *shape.n_group == 1 ? "" : "s");
    if (shape.topk_group) text += fmt::format(", a token uses {}", *shape.topk_group);
  }
  text += shape.routed_scale ? fmt::format("; scale {}", *shape.routed_scale)
                             : std::string("; scale not stated");
  if (!shape.renormalise) return text + "; renormalising not stated";
  return text + (*shape.renormalise ? "; renormalised" : "; not renormalised");
}

}  // namespace

std::string describe(const ModelShape& shape) {
  std::string text = printable(shape.name);
  if (!shape.model_type.empty()) text += fmt::format(" ({})", printable(shape.model_type));
  text += '\n';
  const auto line = [&text](std::string_view label, const std::string& value) {
    text += fmt::format("  {:<13} {}\n", label, value);
  };
  line("layers", layers_text(shape));
  line("hidden", fmt::format("{}", shape.hidden));
  line("experts", fmt::format("{}, top-{}", shape.experts, shape.top_k));
  line("expert width",
       fmt::format("{}{}", shape.expert_width, shape.expert_bias ? ", with biases" : ""));
  if (shape.latent_width > 0) {
    line("latent width", fmt::format("{}{}", shape.latent_width,
                                     shape.latent_norm ? ", a norm follows the sum" : ""));
  }
  line("shared width", shape.shared_width > 0
                           ? fmt::format("{}{}", shape.shared_width,
                                         shape.shared_gate ? ", behind a sigmoid gate" : "")
                           : "none");
  line("dense width", shape.dense_layers > 0 ? fmt::format("{}", shape.dense_width) : "none");
  line("router", router_text(shape));
  line("source", printable(shape.source));
  line("checksum", fmt::format("0x{:016x}", shape.checksum));
  return text;
}

std::string list_models() {
  std::vector<Row> rows{{"name", "type", "layers", "hidden", "experts", "top-k", "expert width",
                         "shared width", "dense"}};
  for (const ModelShape& shape : model_presets()) rows.push_back(row_of(shape));
  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{:<{}}  {:<{}}", row[0], widths[0], row[1], widths[1]);
    for (std::size_t i = 2; i < columns; ++i) {
      line += fmt::format("  {:>{}}", row[i], widths[i]);
    }
    text += line + '\n';
  }
  return text;
}

}  // namespace reducecheck
