// SPDX-License-Identifier: Apache-2.0
// Texts that make no sense in some configuration: where, what, and what to write instead.
#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

struct ErrorCase {
  std::string program;
  std::string error;
};

void expect_errors(const std::vector<ErrorCase>& cases) {
  for (const ErrorCase& c : cases) EXPECT_EQ(error_of(c.program), c.error);
}

TEST(UnrollErrors, TensorsSteerNothing) {
  expect_errors({
      {"if x: y = x\nelse: y = x",
       "x: y = x -> a tensor cannot steer control flow [conditions read sizes, switches and "
       "rank(g) "
       "only; use where(c, a, b) to pick elements]"},
      {"if x > 1: y = x\nelse: y = x",
       "> 1: y = x -> `>` compares tensors; only tables of ids can be compared [a tensor cannot "
       "steer control flow]"},
      {"y = x\nfor i in x: y = x",
       "x: y = x -> `for` runs over a list, got a tensor [for example range(L)]"},
      {"y = x[x]", "x[x] -> a tensor has no items [x[a:b] takes rows, take(x, i) a column]"},
  });
}

TEST(UnrollErrors, CallsSayHowManyArgumentsTheyTake) {
  expect_errors({
      {"y = shared(x, x)", "shared(x, x) -> `shared` takes 1 argument, got 2"},
      {"y = all_reduce(x)", "all_reduce(x) -> `all_reduce` takes 2 arguments, got 1"},
      {"y = cat(x)", "cat(x) -> `cat` takes 2 to 64 arguments, got 1"},
      {"y = chunk(x, tp, dims=cols)",
       "chunk(x, tp, dims=cols) -> `chunk` has no argument `dims` [did you mean `dim`?]"},
      {"y = all_gather(x, tp, dim=tp)",
       "all_gather(x, tp, dim=tp) -> `dim` must be `rows` or `cols`"},
      {"y = x * range(1, 2, 3)[0]", "range(1, 2, 3)[0] -> `range` takes 1 to 2 arguments, got 3"},
      {"y = experts(x)", "experts(x) -> `experts` takes 3 arguments, got 1"},
  });
}

TEST(UnrollErrors, FunctionsOfTheTextSayWhatTheyMiss) {
  const std::string f = "def f(a, b=1): return a\n";
  expect_errors({
      {f + "y = f(x, 1, 2)", "f(x, 1, 2) -> `f` takes 2 arguments, got 3"},
      {f + "y = f(b=2)", "f(b=2) -> `f` needs the argument `a`"},
      {f + "y = f(x, a=x)", "f(x, a=x) -> `f` gets `a` twice"},
      {f + "y = f(x, c=x)", "f(x, c=x) -> `f` has no parameter `c`"},
      {"def f(a): return f(a)\ny = f(x)",
       "f(a) -> `f` calls itself [functions are macros; use `for`]"},
  });
}

TEST(UnrollErrors, CollectivesSayWhatTheyNeed) {
  expect_errors({
      {"y = all_reduce(x, tp, op='mean')",
       "all_reduce(x, tp, op='mean') -> `op` must be \"sum\", \"avg\" or \"max\""},
      {"y = all_reduce(x, 2)",
       "all_reduce(x, 2) -> the group of `all_reduce` must be a group such as `tp` or `dp * tp`, "
       "got an integer"},
      {"y = all_reduce(1, tp)",
       "all_reduce(1, tp) -> `all_reduce` of an integer: there is nothing to communicate"},
      {"p, ids = topk(gate(x), k)\ny = all_reduce(ids, tp)",
       "all_reduce(ids, tp) -> ids can be gathered and broadcast, not summed"},
      {"p, ids = topk(gate(x), k)\na, b, c = dispatch(x, ids, p, shared, tp)\ny = a",
       "dispatch(x, ids, p, shared, tp) -> `dispatch` needs the experts that the rows go to"},
      {"y = reduce_scatterv(x, tp, 0 - 1)",
       "reduce_scatterv(x, tp, 0 - 1) -> a negative number of rows"},
  });
}

TEST(UnrollErrors, ShapesThatNoRankCouldHave) {
  expect_errors({
      {"y = w(take(x, 0))",
       "w(take(x, 0)) -> `w` takes 4 features on this rank, its argument has 1"},
      {"y = shared(take(x, 0))",
       "shared(take(x, 0)) -> `shared` takes hidden = 4 features, its argument has 1"},
      {"y = take(x, 4)", "take(x, 4) -> column 4 of 4"},
      {"y = cat(x, x, dim=cols) @ w",
       "@ w -> `@`: the left operand has 8 features, the right one 4 rows"},
      {"y = pad(x, 3)", "pad(x, 3) -> pad to 3 rows of a tensor that has 8"},
      {"y = pad(x, 5, rows)",
       "pad(x, 5, rows) -> the third argument of `pad` can only be `garbage`"},
      {"p, ids = topk(x, 5)\ny = x", "topk(x, 5) -> topk of 5 among 4 scores"},
      {"y = x + cat(x, x, dim=cols)",
       "+ cat(x, x, dim=cols) -> the left operand has 4 features, the right one 8"},
  });
}

TEST(UnrollErrors, IdsAndNumbersAreNoTensors) {
  const std::string ids = "p, ids = topk(gate(x), k)\n";
  expect_errors({
      {ids + "y = act(ids)", "act(ids) -> `act` of a table of ids"},
      {ids + "y = x * take([0, 1], p)",
       "take([0, 1], p) -> the ids of `take` must be a table of integers such as `ids` "
       "[`topk` gives the values first: p, ids = topk(s, k)]"},
      {ids + "y = ids",
       "y = 'tokens, hidden' } -> the output `y` is a table of ids [an output is a tensor of "
       "numbers, such as what experts make of the ids]"},
      {ids + "y = ids / 2", "/ 2 -> `/` is not defined for tables of ids [use `//`]"},
      {ids + "y = where(p, x, x)",
       "where(p, x, x) -> the condition of `where` must be a table of integers such as `ids` "
       "[`topk` gives the values first: p, ids = topk(s, k)]"},
      {"y = norm(1)", "norm(1) -> the argument of `norm` must be a tensor, got an integer"},
      {"y = x / 0", "/ 0 -> division by zero"},
      {"y = x + shared",
       "+ shared -> `shared` is a function; only linear, vector and scalar weights are also "
       "values"},
      {"y = bias(x)", "bias(x) -> `bias` is a value, not a function"},
  });
}

TEST(UnrollErrors, VariablesAndOutputs) {
  expect_errors({
      {"if tp > 2: y = x",
       "y = 'tokens, hidden' } -> the program never assigns the output `y` on rank 0"},
      {"y = 1", "y = 'tokens, hidden' } -> the output `y` is an integer on rank 0"},
      {"if tp > 2: z = x\ny = z", "z -> `z` has no value here"},
      {"y, z = [x]", "[x] -> 2 names are assigned 1 values"},
      {"y, z = x", "x -> 2 names are assigned a tensor"},
      {"l = [1]\ny = x * l[1]", "l[1] -> index 1 of a list of 1"},
      {"l = 3\ny = l(x)", "l(x) -> `l` is an integer, not a function"},
  });
}

TEST(UnrollErrors, ReferenceMayNotLookAtTheMeshThroughAnything) {
  TinyScenario t{"", "y = x * size(tp)", "y = x"};
  Diagnostics diagnostics;
  EXPECT_FALSE(load_scenario(text_of(t), "tiny.toml", diagnostics));
  EXPECT_EQ(diagnostics.sorted()[0].message,
            "`size` in the reference: it runs on one rank and may not look at the mesh");
}

TEST(UnrollErrors, ReferenceMayNotLookAtTheMeshThroughASize) {
  TinyScenario t{"", "y = x * n", "y = x"};
  t.more = "sizes = { n = 'tp' }";
  EXPECT_EQ(error_of(t), "n -> the reference runs on one rank and may not look at the mesh");
}

}  // namespace
}  // namespace reducecheck
