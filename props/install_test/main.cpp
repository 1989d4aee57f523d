// SPDX-License-Identifier: Apache-2.0
// Checks one layer that is right and one that is wrong, with installed headers and libraries only.
#include <cstdio>
#include <string>

#include "scenarios/frame/load.hpp"
#include "sim/judge/check.hpp"

namespace {

constexpr const char* text = R"toml(
title  = "A row-parallel linear layer"
source = "none"
mesh   = { axes = ["tp"], tp = [1, 2] }
input  = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }

[weights]
w = "mlp(inter / tp)"

[program]
reference = '''
y = w(x)
'''
distributed = '''
y = w(x)
if reduce: y = all_reduce(y, tp)
'''

[variant]
reduced = "reduce = True"
partial = "reduce = False"

[expect]
reduced = "holds"
partial = "missing_reduce(w) when tp > 1"
)toml";

}  // namespace

int main() {
  reducecheck::Diagnostics diagnostics;
  const auto scenario = reducecheck::load_scenario(text, "layer.toml", diagnostics);
  if (!scenario) {
    std::fputs(reducecheck::render(diagnostics, "layer.toml", text).c_str(), stderr);
    return 2;
  }
  const auto result = reducecheck::check_scenario(*scenario, {}, diagnostics);
  for (const auto& cell : result.cells) {
    std::printf("%s: %s\n", cell.variant.c_str(), reducecheck::spelling(cell.verdict));
  }
  return result.cells.size() == 4 && result.unexpected() == 0 && diagnostics.empty() ? 0 : 1;
}
