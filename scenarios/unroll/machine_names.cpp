// SPDX-License-Identifier: Apache-2.0
// What the names of a text mean, looked up once for all ranks.
#include <algorithm>

#include "scenarios/frame/frame_names.hpp"
#include "scenarios/unroll/machine.hpp"

namespace reducecheck {
namespace {

std::optional<Value> weight_of(const std::string& name, const std::vector<std::string>& weights) {
  const bool slots = name.ends_with(".slots");
  const auto found = std::ranges::find(weights, slots ? name.substr(0, name.size() - 6) : name);
  if (found == weights.end()) return std::nullopt;
  return Value{WeightRef{static_cast<int>(found - weights.begin()), 0, slots}};
}

}  // namespace

SharedText::SharedText(const Code& text, const Scope& frame, const std::vector<std::string>& names)
    : code(text), scope(frame), weights(names) {
  for (const std::string& name : code.names) {
    NameMeaning& meaning = meanings.emplace_back();
    meaning.value = scope.find(name, 0);
    meaning.by_rank = meaning.value && meaning.value->rank_local && !scope.find(name, -1);
    if (meaning.by_rank) meaning.value.reset();
    meaning.weight = weight_of(name, weights);
    const auto function = code.functions.find(name);
    if (function != code.functions.end()) meaning.function = &function->second;
    meaning.built_in = is_function(name);
  }
}

}  // namespace reducecheck
