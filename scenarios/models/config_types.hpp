// SPDX-License-Identifier: Apache-2.0
// What a config.json leaves to the code of its model.
#pragma once

#include <optional>
#include <string_view>

namespace reducecheck {

/// The rules of one `model_type`, used only where the file is silent.
struct TypeRules {
  std::string_view type = {};
  std::string_view router = {};          // empty: not known
  std::optional<bool> renormalise = {};  // absent: not known
  bool plain_width = false;              // `intermediate_size` is an expert's width
  bool shared_gate = false;              // its shared branch has a sigmoid gate
  bool implicit_shared = false;          // one shared expert that no key names
  bool parallel_dense = false;           // the dense MLP is a branch of every layer
  bool expert_bias = false;
};

/// The rules of `model_type` (a suffix `_text` does not count); for a type that is not known, the
/// router is a softmax and the rest is left open.
TypeRules rules_of(std::string_view model_type);

}  // namespace reducecheck
