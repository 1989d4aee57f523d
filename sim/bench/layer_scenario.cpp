// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/layer_scenario.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "scenarios/models/model.hpp"

namespace reducecheck::bench {

LayerSizes model_layer(const std::string& preset, int tokens) {
  const ModelShape* const shape = find_model(preset);
  if (shape == nullptr) std::abort();
  return {tokens,
          static_cast<int>(shape->hidden),
          static_cast<int>(shape->expert_width),
          static_cast<int>(shape->shared_width),
          static_cast<int>(shape->experts),
          static_cast<int>(shape->top_k)};
}

Scenario layer_scenario(const LayerSizes& s) {
  const std::string text =
      fmt::format(R"toml(
title = "layer"
source = "none"
mesh = {{ axes = ["ep", "tp"], ranks = 1024 }}
sizes = {{ tokens = {}, hidden = {}, inter = {}, shared_inter = {}, E = {}, k = {} }}
input = {{ x = "tokens, hidden" }}
output = {{ y = "tokens, hidden" }}
[weights]
gate = "linear(hidden, E)"
experts = "experts(E / ep, inter / tp)"
shared = "mlp(shared_inter / tp)"
[program]
reference = '''
p, ids = topk(gate(x), k)
y = experts(x, ids, p) + shared(x)
'''
distributed = '''
p, ids = topk(gate(x), k)
routed = experts(x, ids, p)
y = merged(routed, shared(x))
'''
[variant]
per_branch = '''
def merged(routed, s):
    return all_reduce(routed, ep * tp) + all_reduce(s, tp)
'''
merged = '''
def merged(routed, s):
    out = routed
    if rank(ep) == 0: out += s
    return all_reduce(out, ep * tp)
'''
)toml",
                  s.tokens, s.hidden, s.inter, s.shared_inter, s.experts, s.top_k);
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "layer", diagnostics);
  if (!scenario) {
    fmt::print(stderr, "{}", render(diagnostics, "layer", text));
    std::abort();
  }
  return *scenario;
}

}  // namespace reducecheck::bench
