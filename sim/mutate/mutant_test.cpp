// SPDX-License-Identifier: Apache-2.0
// Every kind of edit on a small program: exactly these and in this order.
#include "sim/mutate/mutant.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "scenarios/frame/print.hpp"
#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

using Edits = std::vector<std::string>;

Scenario program(const std::string& text) {
  return loaded({.weights = "w = 'mlp(inter / tp)'\ng = 'linear(hidden, E)'\nb = 'vector(hidden)'\n"
                            "s = 'scalar'",
                 .reference = "y = w(x)",
                 .distributed = text,
                 .mesh = "axes = ['tp', 'ep'], tp = [1, 2], ep = [1, 2]"});
}

Edits edits(const std::string& text, MutantKind kind) {
  Edits found;
  for (const Mutant& mutant : mutants_of(program(text), "v").list) {
    if (mutant.kind == kind) found.push_back(mutant.before + " -> " + mutant.after);
  }
  return found;
}

struct EditCase {
  MutantKind kind;
  std::string text;
  Edits edits;
};

TEST(Mutants, EachKindMakesExactlyItsEdits) {
  const std::string sum = "y = all_reduce(w(x), tp)";
  const std::string call = "all_reduce(w(x), tp)";
  const std::vector<EditCase> cases = {
      {MutantKind::drop_collective, sum, {call + " -> w(x)"}},
      {MutantKind::double_collective, sum, {call + " -> all_reduce(all_reduce(w(x), tp), tp)"}},
      {MutantKind::double_collective,
       "y = all_reduce(w(x) + x, ep)",
       {"all_reduce(w(x) + x, ep) -> all_reduce(all_reduce(w(x) + x, ep), ep)",
        "w(x) -> all_reduce(w(x), ep)"}},
      {MutantKind::wrong_group, sum, {call + " -> all_reduce(w(x), ep)"}},
      {MutantKind::group_order,
       "y = all_gather(x, tp * ep)",
       {"all_gather(x, tp * ep) -> all_gather(x, ep * tp)"}},
      {MutantKind::gather_order,
       "y = all_gather(all_gather(x, tp), ep)",
       {"all_gather(all_gather(x, tp), ep) -> all_gather(all_gather(x, ep), tp)"}},
      {MutantKind::swap_collective,
       sum,
       {call + " -> reduce_scatter(w(x), tp)", call + " -> all_gather(w(x), tp)",
        call + " -> broadcast(w(x), tp)"}},
      {MutantKind::swap_collective,
       "y = all_gather(x, tp, dim=cols)",
       {"all_gather(x, tp, dim=cols) -> all_reduce(x, tp)",
        "all_gather(x, tp, dim=cols) -> broadcast(x, tp)"}},
      {MutantKind::swap_collective, "y = chunk(x, tp)", {"chunk(x, tp) -> reduce_scatter(x, tp)"}},
      {MutantKind::wrong_operator,
       sum,
       {call + " -> all_reduce(w(x), tp, op=\"avg\")",
        call + " -> all_reduce(w(x), tp, op=\"max\")"}},
      {MutantKind::wrong_operator,
       "y = all_reduce(x, tp, op=\"avg\")",
       {"all_reduce(x, tp, op=\"avg\") -> all_reduce(x, tp)",
        "all_reduce(x, tp, op=\"avg\") -> all_reduce(x, tp, op=\"max\")"}},
      {MutantKind::factor, sum, {call + " -> " + call + " * tp", call + " -> " + call + " / tp"}},
      {MutantKind::move_collective, sum, {call + " -> w(all_reduce(x, tp))"}},
      {MutantKind::move_collective,
       "y = norm(all_reduce(x, tp))",
       {"norm(all_reduce(x, tp)) -> all_reduce(norm(x), tp)"}},
      {MutantKind::move_collective,
       "y = all_reduce(x, tp) * s",
       {"all_reduce(x, tp) * s -> all_reduce(x * s, tp)"}},
      {MutantKind::move_collective,
       "y = all_reduce(x * s, tp)",
       {"all_reduce(x * s, tp) -> all_reduce(x, tp) * s"}},
      {MutantKind::move_collective,
       "y = x\nif tp > 1: y = all_reduce(y, tp)\ny = y + b",
       {"if tp > 1: y = all_reduce(y, tp); y = y + b -> y = y + b; if tp > 1: y = "
        "all_reduce(y, tp)",
        "y = x; if tp > 1: y = all_reduce(y, tp) -> if tp > 1: y = all_reduce(y, tp); y = x"}},
  };
  for (const EditCase& one : cases) EXPECT_EQ(edits(one.text, one.kind), one.edits) << one.text;
}

TEST(Mutants, SumsScalesAndGuardsMakeExactlyTheirEdits) {
  const std::vector<EditCase> cases = {
      {MutantKind::addend_in_sum,
       "y = all_reduce(w(x), tp) + b",
       {"all_reduce(w(x), tp) + b -> all_reduce(w(x) + b, tp)"}},
      {MutantKind::addend_outside,
       "y = all_reduce(w(x) + b, tp)",
       {"all_reduce(w(x) + b, tp) -> all_reduce(b, tp) + w(x)",
        "all_reduce(w(x) + b, tp) -> all_reduce(w(x), tp) + b"}},
      {MutantKind::drop_addend,
       "y = w(x) + x + b",
       {"w(x) + x + b -> x + b", "w(x) + x + b -> w(x) + b", "w(x) + x + b -> w(x) + x"}},
      {MutantKind::drop_addend, "y = x\ny += b", {"y += b -> y = b", "y += b -> pass"}},
      {MutantKind::drop_addend, "y = x - b", {"x - b -> x"}},
      {MutantKind::add_guard,
       "y = all_reduce(x + b, tp)",
       {"x -> x if rank(tp) == 0 else 0", "b -> b if rank(tp) == 0 else 0"}},
      {MutantKind::drop_guard,
       "y = x + (b if rank(tp) == 0 else 0)",
       {"b if rank(tp) == 0 else 0 -> b"}},
      {MutantKind::drop_guard, "y = x\nif rank(tp) == 0: y = y + b", {"rank(tp) == 0 -> True"}},
      {MutantKind::scale, "y = x * s", {"x * s -> x", "x * s -> s", "x * s -> x * s * s"}},
      {MutantKind::scale, "y = b / tp", {"b / tp -> b", "b / tp -> b / tp / tp"}},
      {MutantKind::scale,
       "y = (x + b) * s",
       {"(x + b) * s -> x + b", "(x + b) * s -> s", "(x + b) * s -> (x + b) * s * s",
        "(x + b) * s -> x * s + b", "(x + b) * s -> x + b * s"}},
      {MutantKind::scale,
       "y = x * s + b",
       {"x * s -> x", "x * s -> s", "x * s -> x * s * s", "x * s + b -> (x + b) * s"}},
  };
  for (const EditCase& one : cases) EXPECT_EQ(edits(one.text, one.kind), one.edits) << one.text;
}

TEST(Mutants, ConditionsAndFlagsMakeExactlyTheirEdits) {
  const std::vector<EditCase> cases = {
      {MutantKind::condition,
       "y = x\nif tp > 1: y = b",
       {"tp > 1 -> True", "tp > 1 -> False", "tp > 1 -> tp <= 1", "tp > 1 -> tp >= 1",
        "tp > 1 -> tp > 2"}},
      {MutantKind::condition,
       "y = x if tp > 1 and ep == 1 else b",
       {"x if tp > 1 and ep == 1 else b -> x", "x if tp > 1 and ep == 1 else b -> b",
        "tp > 1 -> tp <= 1", "tp > 1 -> tp >= 1", "tp > 1 -> tp > 2",
        "tp > 1 and ep == 1 -> not (tp > 1 and ep == 1)", "tp > 1 and ep == 1 -> ep == 1",
        "tp > 1 and ep == 1 -> tp > 1", "ep == 1 -> ep != 1"}},
      {MutantKind::condition,
       "merged = tp > 1 or ep > 1\ny = x",
       {"tp > 1 -> tp <= 1", "tp > 1 -> tp >= 1", "tp > 1 -> tp > 2",
        "tp > 1 or ep > 1 -> not (tp > 1 or ep > 1)", "tp > 1 or ep > 1 -> ep > 1",
        "tp > 1 or ep > 1 -> tp > 1", "ep > 1 -> ep <= 1", "ep > 1 -> ep >= 1",
        "ep > 1 -> ep > 2"}},
      {MutantKind::flag, "reduce_results = True\ny = x", {"True -> False"}},
      {MutantKind::flag,
       "def f(x, reduce=False):\n    return x\ny = f(x, reduce=True)",
       {"reduce=False -> reduce=True", "True -> False"}},
  };
  for (const EditCase& one : cases) EXPECT_EQ(edits(one.text, one.kind), one.edits) << one.text;
}

TEST(Mutants, EachIsAnotherTextThatPrintsAndLoads) {
  const Scenario scenario = program(
      "def f(x, reduce=False):\n    out = w(x)\n    if reduce and tp > 1: out = all_reduce(out, "
      "tp)\n"
      "    return out\ny = all_reduce(f(x) * s + b / tp, tp)");
  std::set<std::string> texts = {print_scenario(scenario)};
  const std::vector<Mutant> mutants = mutants_of(scenario, "v").list;
  EXPECT_GT(mutants.size(), 30U);
  for (const Mutant& mutant : mutants) {
    const std::string text = print_scenario(mutant.scenario);
    EXPECT_TRUE(texts.insert(text).second) << mutant.before << " -> " << mutant.after;
    Diagnostics diagnostics;
    EXPECT_TRUE(load_scenario(text, "mutant.toml", diagnostics)) << text;
    EXPECT_GT(mutant.at.line, 0U);
  }
  EXPECT_EQ(scenario, program("def f(x, reduce=False):\n    out = w(x)\n    if reduce and tp > 1: "
                              "out = all_reduce(out, tp)\n    return out\n"
                              "y = all_reduce(f(x) * s + b / tp, tp)"));
}

TEST(Mutants, ALongTextHasOnlySoManyAndSaysSo) {
  std::string text = "y = x";
  for (int i = 0; i < 1200; ++i) text += "\ny = y + b * s";
  const Mutants mutants = mutants_of(program(text), "v");
  EXPECT_TRUE(mutants.limited);
  EXPECT_GT(mutants.list.size(), 10U);
  EXPECT_LT(mutants.list.size(), 400U);
  EXPECT_FALSE(mutants_of(program("y = x + b"), "v").limited);
}

}  // namespace
}  // namespace reducecheck
