// SPDX-License-Identifier: Apache-2.0
#include "props/oracle_program_generator.hpp"

#include <fmt/format.h>

#include <vector>

namespace reducecheck::oracle {
namespace {

// Each takes the rows `h` of `hidden` features to rows `h`; `p, ids` are a routing of some h.
const std::vector<std::string> whole_numbers = {
    "h = h + bias",
    "h = h * s",
    "h = 3 - h",
    "h = -h",
    "h = h * w",
    "h = h - max(h)",
    "h = h * sum(h)",
    "h = h + sum(h * h, rows)",
    "h = quant(h, amax(h))",
    "h = quant(h)",
    "h = act(h) * sigmoid(sgate(h))",
    "h = gelu(h) + tanh(relu(h))",
    "h = h * rsqrt(exp(h)) + log(h)",
    "h += shared(h) if L > 1 else shared[L](h)",
    "h = down(silu(up(h)))",
    "h = h @ quant(square, amax(square))",
    "h = cat(h[1:], h[:1])",
    "h = cat(h[-1:], h[:-1])",
    "h = h + experts(h, E, 1)",
    "h = h + experts(h, E, sgate(h))",
    "h += experts(h, ids, p)",
    "h += experts[1](h, ids, 1) - b_down(ids, p)",
    "h = h * b_down[2](ids)",
    "p, ids = topk(gate(h), k)\nh += experts(h, ids, p) * s",
    "p, ids = topk(sigmoid(gate[1](h)), k)\nh = experts(h, ids, p) + shared(h)",
    "p, ids = topk(gate(h), 1)\nh = experts(h, ids, p) + h",
    "p = p * s",
    "ids = (ids * 2 + 1) % E",
    "ids = where(ids > 1, ids, -1)",
    "ids = take([2, 0, -1, 1], ids)",
    "h = where(take(ids, 0) == 1, h, h * 2)",
    "h = h * take(p, 0)",
    "h = h + take(cat(h, 2, dim=cols), 0)",
    "for i in range(L):\n    h += shared[i](h)",
    "for i in range(1, L + 1):\n    if i % 2 == 0 or i in [1, 7]: h = h + bias[i]\n"
    "    else: h = act(h)",
    "h = layer_of(h, 1)",
    "h = layer_of(h, i=2, scale=L)",
    "h = layer_of(layer_of(h, 0), len([1, 2, 3]), 5)",
};

const std::vector<std::string> divisions = {
    "h = norm(h)",
    "h = norm(h, w)",
    "h = norm(h, s)",
    "h += shared(norm(h))",
    "h = norm(h) * h + norm(h * 6) - norm(h / 35, w)",
    "h = h + norm(h / s) + norm(h * s * s * 2)",
    "h = norm(h) + norm(1 - h) * 2 + norm(h - 1)",
    "h = h / 3",
    "h = h * (2 / 7)",
    "h = 1 / (2 - h)",
    "h = h / (sum(h * h) / width(h))",
    "h = h - sum(h, rows) / rows(h)",
    "p = p / sum(p)",
    "h = h / amax(square)",
    "p, ids = topk(gate(norm(h)), k)\np = p / sum(p)\nh += experts(h, ids, p * s)",
    "h = layer_of(h, 0, scale=1 / 3)",
    "for i in range(L):\n    n = norm(h)\n    p, ids = topk(gate[i](n), k)\n"
    "    h += experts[i](n, ids, p) + shared[i](n)",
};

/// What a file may assume of norms.
const std::vector<std::string> assumptions = {
    "",
    "assume = { scale_free = [\"norm\"] }",
    "assume = { scale_free = [\"norm\"], positive = [\"s\"] }",
};

std::string frame(const std::string& statements) {
  const auto size = [](int low, int high) { return *rc::gen::inRange(low, high + 1); };
  const int experts = size(1, 6);
  return fmt::format(
      R"toml(title = "random"
mesh = {{ axes = ["dp"], dp = [{}] }}
sizes = {{ hidden = {}, inter = {}, shared_inter = {}, E = {}, k = {}, tokens = {}, L = {} }}
input = {{ x = "tokens / dp, hidden" }}
output = {{ y = "tokens / dp, hidden" }}
{}

[weights]
gate = "linear(hidden, E)"
sgate = "linear(hidden, 1)"
up = "linear(hidden, inter)"
down = "linear(inter, hidden)"
square = "linear(hidden, hidden)"
experts = "experts(E + 1, inter)"
shared = "mlp(shared_inter)"
b_down = "table(E, hidden)"
w = "vector(hidden)"
bias = "vector(hidden)"
s = "scalar"

[program]
reference = '''
def layer_of(v, i, scale=2):
    if i == 0: return v + bias
    return v + shared[i](v) * scale

h = x
p, ids = topk(gate(h), k)
{}
y = h
'''
distributed = "y = x"

[variant]
only = "pass"
)toml",
      size(1, 3), size(1, 6), size(1, 5), size(1, 4), experts, size(1, experts), size(1, 5),
      size(1, 3), *rc::gen::elementOf(assumptions), statements);
}

}  // namespace

rc::Gen<std::string> random_scenario() {
  return rc::gen::exec([] {
    const bool divides = *rc::gen::arbitrary<bool>();
    const int count = *rc::gen::inRange(1, 7);
    std::string statements;
    for (int i = 0; i < count; ++i) {
      const bool divide = divides && *rc::gen::arbitrary<bool>();
      statements += *rc::gen::elementOf(divide ? divisions : whole_numbers) + '\n';
    }
    return frame(statements);
  });
}

}  // namespace reducecheck::oracle
