// SPDX-License-Identifier: Apache-2.0
// Programs that are wrong by what a rule of the prover once left out: the order of a cut, what a
// name stands for, which rank a number belongs to. Each was called right, or wrong where it is not.
#include <gtest/gtest.h>

#include "props/prover_agreement.hpp"
#include "props/prover_small.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::props {
namespace {

const std::vector<Small> attacks = {
    {"double holder", "y = x",
     R"t(h = all_gather(chunk(chunk(x, a), a), a)
y = all_gather(all_gather(chunk(h, b), a), b))t"},
    {"max times gate", "y = max(x) * g", "y = all_reduce(max(x) * g, a, op=\"max\")", "",
     R"t(input = { x = "tokens, hidden / a", g = "tokens, 1" }
output = { y = "tokens, 1" })t"},
    {"max matmul", "y = w(max(x))", "y = all_reduce(w(max(x)), a, op=\"max\")",
     R"t(w = "linear(1, hidden)")t",
     R"t(input = { x = "tokens, hidden / a" }
output = { y = "tokens, hidden" })t"},
    {"sum parts order", "y = x",
     "y = x + sum(chunk(x, a * b, dim=cols)) - sum(chunk(x, b * a, dim=cols))"},
    {"max parts order", "y = x",
     "y = x + max(chunk(x, a * b, dim=cols)) - max(chunk(x, b * a, dim=cols))"},
    {"sum rows parts order", "y = x",
     "y = x + sum(chunk(x, a * b), rows) - sum(chunk(x, b * a), rows)"},
    {"rank scaled", "y = x", "y = x + all_reduce(x * rank(a), a) - a * x * rank(a)"},
    {"rank column", "y = x", "y = x + all_reduce(take(x, rank(a)), a) - a * take(x, rank(a))"},
    {"floor", "y = x", "y = all_reduce(x, a) / a if a // 4 > 0 else 2 * x"},
    {"uneven rows number", "y = x",
     R"t(h = chunk(x, a)
y = x if rows(h) == ceil_div(4, a) else 2 * x)t",
     "", R"t(sizes = { tokens = 4 })t"},
    {"root at 5", "y = x", "y = x * a / 5"},
    {"root at 11", "y = x", "y = x * a / 11"},
    {"root nested", "y = act(x)", "y = act(x * a / 5)"},
    {"shadowed local",
     R"t(z = x
y = x + z)t",
     R"t(z = x
def f(q):
    if rank(a) == 0: z = q + q
    return z
y = x + f(x))t"},
    {"pad sigmoid", "y = x", "y = x + sum(sigmoid(pad(x, 6)) - pad(sigmoid(x), 6), rows)", "",
     R"t(sizes = { tokens = 4 })t"},
    {"pad act bias reduced", "y = x",
     R"t(h = act(pad(x, 6) + v) - pad(act(x + v), 6)
y = x + h[2:6])t",
     R"t(v = "vector(hidden)")t", R"t(sizes = { tokens = 4 })t"},
    {"unknown slices 2", "y = x",
     R"t(u = act(x if rank(a) == 0 else 2 * x)
h = u[0:2] - u[2:4]
y = cat(x[0:2] + h, x[2:4]))t",
     "", R"t(sizes = { tokens = 4 })t"},
    {"unknown broadcast axis", "y = x",
     R"t(u = act(x if rank(a * b) == 0 else 2 * x)
y = x + broadcast(u, a) - broadcast(u, b))t"},
    {"unknown max axis", "y = x",
     R"t(u = act(x if rank(a * b) == 0 else 2 * x)
y = x + all_reduce(u, a, op="max") - all_reduce(u, b, op="max"))t"},
    {"unknown layer", "y = x",
     R"t(u = act(x if rank(a) == 0 else 2 * x)
y = x + m[0](u) - m[1](u))t",
     R"t(m = "mlp(inter)")t"},
    {"unknown experts ids", "y = x",
     R"t(p, ids = topk(gate(x), k)
p2, ids2 = topk(gate2(x), k)
u = act(x if rank(a) == 0 else 2 * x)
y = x + e(u, ids, p) - e(u, ids2, p))t",
     R"t(gate = "linear(hidden, E)"
gate2 = "linear(hidden, E)"
e = "experts(E / a, inter)")t"},
    {"dispatch const id",
     R"t(p, ids = topk(gate(x), k)
y = e(x, E, 1))t",
     R"t(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
y = combine(e(rx, E, 1), ids, e, a))t",
     R"t(gate = "linear(hidden, E)"
e = "experts(block(E, a) + [E], inter)")t",
     R"t(input = { x = "tokens / a, hidden" }
output = { y = "tokens / a, hidden" })t"},
    {"combine guard", "y = x",
     R"t(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
y = combine(rx if rank(a) == 0 else 0 * rx, ids, e, a))t",
     R"t(gate = "linear(hidden, E)"
e = "experts(E / a, inter)")t"},
    {"rids mask", "y = x",
     R"t(p, ids = topk(gate(x), 1)
rx, rids, rp = dispatch(x, ids, p, e, a)
h = where(rids >= 0, rx, 0)
y = x + chunk(all_reduce(h, a) - a * h, a))t",
     R"t(gate = "linear(hidden, E)"
e = "experts(E / a, inter)")t"},
    {"mask by rank", "y = x",
     R"t(p, ids = topk(gate(x), 1)
h = where(ids == rank(a), x, 0)
y = x + all_reduce(h, a) - a * h)t",
     R"t(gate = "linear(hidden, E)")t"},
    {"rows guard collective", "y = x",
     R"t(if rows(x) == 3:
    y = x
else:
    y = all_reduce(x, a) - all_reduce(x, a) + x)t",
     "",
     R"t(mesh = { axes = ["a", "b"] }
sizes = { tokens = [3,4] }
input = { x = "tokens / a, hidden" }
output = { y = "tokens / a, hidden" })t"},
    {"scatterv ceil", "y = x",
     R"t(h = reduce_scatterv(x / a, a, ceil_div(4, a))
y = all_gatherv(h, a))t",
     "", R"t(sizes = { tokens = 4 })t"},
    {"two cuts of free rows", "y = x", "y = chunk(x, a * b)", "",
     R"t(input = { x = "tokens // b, hidden" }
output = { y = "tokens // b // a // b, hidden" })t"},
    {"gathered out of order", "y = x", "y = all_gather(chunk(chunk(x, a), b), a)", "",
     "output = { y = \"tokens // b, hidden\" }"},
    {"product of two parts", "y = m(x) * n(x)", "y = all_reduce(m(x) * n(x), a)",
     "m = \"mlp(inter / a)\"\nn = \"mlp(inter / a)\""},
    {"all but the first", "y = x", "y = 0 * x if rank(a) == 0 else x"},
    {"first twice", "y = x", "y = x\nif rank(a) == 0: y = 2 * x\ny = all_reduce(y, a) / a"},
    {"uneven rows of an unknown", "y = x", "h = all_reduce(m(chunk(x + m(x), b)), b)\ny = x",
     "m = \"mlp(inter / a)\"", R"t(mesh = { axes = ["a", "b"] }
input = { x = "tokens // b, hidden" }
output = { y = "tokens // b, hidden" })t"},
    {"number elsewhere", "y = x", "h = x if rank(a) == 0 else 0\ny = all_reduce(h * s, a) / s",
     "s = \"scalar\""},
    {"root in an unknown", "y = x", "y = pad(x * 3 / a, 6, garbage)[:4]", "",
     R"t(sizes = { tokens = 4 })t"},
    {"parts of a value", "y = x",
     R"t(u = chunk(x, a * b, dim=cols)
v = chunk(x, b * a, dim=cols)
y = x + sum(all_reduce(u * u, b)) - sum(all_reduce(v * v, b)))t",
     R"t(w = "linear(hidden, inter)")t"},
    {"dispatched table", "y = x",
     R"t(p, ids = topk(gate(x), k)
rx, rids, rp = dispatch(x, ids, p, e, a)
h = t(rids, rp)
y = x + chunk(all_reduce(h, a) - a * h, a))t",
     R"t(gate = "linear(hidden, E)"
e = "experts(E / a, inter)"
t = "table(E, hidden)")t",
     R"t(mesh = { axes = ["a"] })t"},
};

TEST(ProverAttacks, NoneIsCalledRightWhereItIsWrong) {
  for (const Small& small : attacks) {
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
