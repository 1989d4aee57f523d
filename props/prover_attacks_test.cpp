// SPDX-License-Identifier: Apache-2.0
// Programs that are wrong by what a rule of the prover once left out: the order of a cut, what a
// name stands for, which rank a number belongs to. Each was called right, or wrong where it is not.
#include <gtest/gtest.h>

#include "props/prover_agreement.hpp"
#include "props/prover_small.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::props {
namespace {

const std::vector<Small>& attacks() {
  static const std::vector<Small> all = {
      {"double holder",
       "y = x",
       R"(h = all_gather(chunk(chunk(x, a), a), a)
y = all_gather(all_gather(chunk(h, b), a), b))"},
      {"max times gate",
       "y = max(x) * g",
       "y = all_reduce(max(x) * g, a, op=\"max\")",
       "",
       R"(input = { x = "tokens, hidden / a", g = "tokens, 1" }
output = { y = "tokens, 1" })"},
      {"max matmul",
       "y = w(max(x))",
       "y = all_reduce(w(max(x)), a, op=\"max\")",
       R"(w = "linear(1, hidden)")",
       R"(input = { x = "tokens, hidden / a" }
output = { y = "tokens, hidden" })"},
      {"sum parts order",
       "y = x",
       "y = x + sum(chunk(x, a * b, dim=cols)) - sum(chunk(x, b * a, dim=cols))"},
      {"max parts order",
       "y = x",
       "y = x + max(chunk(x, a * b, dim=cols)) - max(chunk(x, b * a, dim=cols))"},
      {"sum rows parts order",
       "y = x",
       "y = x + sum(chunk(x, a * b), rows) - sum(chunk(x, b * a), rows)"},
      {"rank scaled",
       "y = x",
       "y = x + all_reduce(x * rank(a), a) - a * x * rank(a)"},
      {"rank column",
       "y = x",
       "y = x + all_reduce(take(x, rank(a)), a) - a * take(x, rank(a))"},
      {"floor",
       "y = x",
       "y = all_reduce(x, a) / a if a // 4 > 0 else 2 * x"},
      {"uneven rows number",
       "y = x",
       R"(h = chunk(x, a)
y = x if rows(h) == ceil_div(4, a) else 2 * x)",
       "",
       R"(sizes = { tokens = 4 })"},
      {"root at 5",
       "y = x",
       "y = x * a / 5"},
      {"root at 11",
       "y = x",
       "y = x * a / 11"},
      {"root nested",
       "y = act(x)",
       "y = act(x * a / 5)"},
      {"shadowed local",
       R"(z = x
y = x + z)",
       R"(z = x
def f(q):
    if rank(a) == 0: z = q + q
    return z
y = x + f(x))"},
      {"pad sigmoid",
       "y = x",
       "y = x + sum(sigmoid(pad(x, 6)) - pad(sigmoid(x), 6), rows)",
       "",
       R"(sizes = { tokens = 4 })"},
      {"pad act bias reduced",
       "y = x",
       R"(h = act(pad(x, 6) + v) - pad(act(x + v), 6)
y = x + h[2:6])",
       R"(v = "vector(hidden)")",
       R"(sizes = { tokens = 4 })"},
      {"unknown slices 2",
       "y = x",
       R"(u = act(x if rank(a) == 0 else 2 * x)
h = u[0:2] - u[2:4]
y = cat(x[0:2] + h, x[2:4]))",
       "",
       R"(sizes = { tokens = 4 })"},
      {"unknown broadcast axis",
       "y = x",
       R"(u = act(x if rank(a * b) == 0 else 2 * x)
y = x + broadcast(u, a) - broadcast(u, b))"},
      {"unknown max axis",
       "y = x",
       R"(u = act(x if rank(a * b) == 0 else 2 * x)
y = x + all_reduce(u, a, op="max") - all_reduce(u, b, op="max"))"},
      {"unknown layer",
       "y = x",
       R"(u = act(x if rank(a) == 0 else 2 * x)
y = x + m[0](u) - m[1](u))",
       R"(m = "mlp(inter)")"},
      {"unknown experts ids",
       "y = x",
       R"(p, ids = topk(gate(x), k)
p2, ids2 = topk(gate2(x), k)
u = act(x if rank(a) == 0 else 2 * x)
y = x + e(u, ids, p) - e(u, ids2, p))",
       R"(gate = "linear(hidden, E)"
gate2 = "linear(hidden, E)"
e = "experts(E / a, inter)")"},
      {"dispatch const id",
       R"(p, ids = topk(gate(x), k)
y = e(x, E, 1))",
       R"(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
y = combine(e(rx, E, 1), ids, e, a))",
       R"(gate = "linear(hidden, E)"
e = "experts(block(E, a) + [E], inter)")",
       R"(input = { x = "tokens / a, hidden" }
output = { y = "tokens / a, hidden" })"},
      {"combine guard",
       "y = x",
       R"(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
y = combine(rx if rank(a) == 0 else 0 * rx, ids, e, a))",
       R"(gate = "linear(hidden, E)"
e = "experts(E / a, inter)")"},
      {"rids mask",
       "y = x",
       R"(p, ids = topk(gate(x), 1)
rx, rids, rp = dispatch(x, ids, p, e, a)
h = where(rids >= 0, rx, 0)
y = x + chunk(all_reduce(h, a) - a * h, a))",
       R"(gate = "linear(hidden, E)"
e = "experts(E / a, inter)")"},
      {"mask by rank",
       "y = x",
       R"(p, ids = topk(gate(x), 1)
h = where(ids == rank(a), x, 0)
y = x + all_reduce(h, a) - a * h)",
       R"(gate = "linear(hidden, E)")"},
      {"rows guard collective",
       "y = x",
       R"(if rows(x) == 3:
    y = x
else:
    y = all_reduce(x, a) - all_reduce(x, a) + x)",
       "",
       R"(mesh = { axes = ["a", "b"] }
sizes = { tokens = [3,4] }
input = { x = "tokens / a, hidden" }
output = { y = "tokens / a, hidden" })"},
      {"scatterv ceil",
       "y = x",
       R"(h = reduce_scatterv(x / a, a, ceil_div(4, a))
y = all_gatherv(h, a))",
       "",
       R"(sizes = { tokens = 4 })"},
      {"two cuts of free rows",
       "y = x",
       "y = chunk(chunk(x, a), a)",
       "",
       R"(output = { y = "tokens // a // a, hidden" })"},
      {"number elsewhere",
       "y = x",
       "y = all_reduce(x if rank(a) == 0 else 0, a)"},
      {"owned rows cut by owner",
       "y = x",
       "y = chunk(x, a)",
       "",
       R"(input = { x = "tokens / a, hidden" }
output = { y = "tokens / a // a, hidden" })"},
      {"root in an unknown",
       "y = x",
       "y = pad(x * 3 / a, 6, garbage)[:4]",
       "",
       R"(sizes = { tokens = 4 })"},
      {"parts of a value",
       "y = x",
       R"(u = chunk(x, a * b, dim=cols)
v = chunk(x, b * a, dim=cols)
y = x + sum(all_reduce(u * u, b)) - sum(all_reduce(v * v, b)))",
       R"(w = "linear(hidden, inter)")"},
      {"dispatched table",
       "y = x",
       R"(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
h = t(rids, rp)
y = x + chunk(all_reduce(h, a) - a * h, a))",
       R"(gate = "linear(hidden, E)"
e = "experts(E / a, inter)"
t = "table(E, hidden)")",
       R"(mesh = { axes = ["a"] })"},
  };
  return all;
}

TEST(ProverAttacks, NoneIsCalledRightWhereItIsWrong) {
  for (const Small& small : attacks()) {
    const Scenario scenario = scenario_of(small);
    const Variant& variant = *prove::variants_of(scenario).front();
    const Agreement one = compared(scenario, variant, configurations(scenario, 9));
    EXPECT_TRUE(one.disagreements.empty()) << one.disagreements.front() << '\n'
                                           << scenario_text(small);
    EXPECT_GT(one.wrong, 0U) << small.name;
  }
}

}  // namespace
}  // namespace reducecheck::props
