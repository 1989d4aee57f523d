// SPDX-License-Identifier: Apache-2.0
// The table behind model_presets, in a form that is a constant and reads as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace reducecheck {

/// See ModelShape for the meaning of each value; here they are grouped, one group a line.
struct Preset {
  struct Name {
    std::string_view name = {};
    std::string_view model_type = {};
  };
  struct Stack {
    std::int64_t layers = 0;
    std::optional<std::int64_t> with_experts = {};  // absent: all that are not dense
    std::int64_t hidden = 0;
    std::int64_t dense_width = 0;
    std::int64_t dense_layers = 0;
  };
  struct Experts {
    std::int64_t count = 0;
    std::int64_t top_k = 0;
    std::int64_t width = 0;
    std::int64_t shared_width = 0;
    bool shared_gate = false;
    bool bias = false;
    std::int64_t latent_width = 0;
    bool latent_norm = false;
  };
  struct Groups {
    std::optional<std::int64_t> count = {};
    std::optional<std::int64_t> of_a_token = {};
  };
  struct Router {
    std::string_view score = {};
    Groups groups = {};
    std::optional<double> scale = {};
    std::optional<bool> renormalise = {};
  };
  struct Source {
    std::string_view home = {};
    std::string_view file = {};  // below `home`
  };

  Name name = {};
  Stack stack = {};
  Experts experts = {};
  Router router = {};
  Source source = {};
  std::uint64_t checksum = 0;
};

std::span<const Preset> preset_table();

}  // namespace reducecheck
