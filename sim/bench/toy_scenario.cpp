// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/toy_scenario.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace reducecheck::bench {

Scenario toy_scenario(const ToySizes& s) {
  const std::string text = fmt::format(R"toml(
title = "toy layer"
source = "none"
mesh = {{ axes = ["ep", "tp"], ranks = 1024 }}
sizes = {{ tokens = {}, hidden = {}, inter = {}, E = {}, k = {} }}
input = {{ x = "tokens, hidden" }}
output = {{ y = "tokens, hidden" }}
[weights]
gate = "linear(hidden, E)"
experts = "experts(E / ep, inter / tp)"
shared = "mlp(inter / tp)"
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
                                       s.tokens, s.hidden, s.inter, s.experts, s.top_k);
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "toy", diagnostics);
  if (!scenario) {
    fmt::print(stderr, "{}", render(diagnostics, "toy", text));
    std::abort();
  }
  return *scenario;
}

}  // namespace reducecheck::bench
