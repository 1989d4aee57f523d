// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/check.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "sim/judge/told_test.hpp"

namespace reducecheck {
namespace {

using Lines = std::vector<std::string>;

/// Two variants on four layouts; `buggy` counts the shared branch twice for tp > 1.
const TinyScenario summed_twice{"shared = 'mlp(inter / tp)'",
                                "y = shared(x)",
                                "y = all_reduce(shared(x), tp)\nif again: y = all_reduce(y, tp)",
                                "axes = ['dp', 'tp'], dp = [1, 2], tp = [1, 2]",
                                "x = 'tokens, hidden'",
                                "y = 'tokens, hidden'",
                                "",
                                "fixed = 'again = False'\nbuggy = 'again = True'",
                                "buggy = 'double_reduce(shared) when tp > 1'"};

CheckOptions with_variants(const Lines& variants) {
  CheckOptions options;
  options.variants = variants;
  return options;
}

Lines errors_of(const TinyScenario& tiny, const CheckOptions& options) {
  Diagnostics diagnostics;
  check_scenario(loaded(tiny), options, diagnostics);
  Lines lines;
  for (const Diagnostic& error : diagnostics.sorted()) {
    lines.push_back(error.message + (error.hint.empty() ? "" : " [" + error.hint + "]"));
  }
  return lines;
}

TEST(Check, TheFullShapeHasTheSizesOfTheModelAndTheToyShapeHasNot) {
  const TinyScenario layer{"", "y = x", "y = x if hidden == 7 else 2 * x"};
  CheckOptions options;
  options.model_sizes = {{"hidden", 7}};
  EXPECT_NE(checked(layer, options).cells[0].verdict, Verdict::holds);
  options.shape = Shape::full;
  EXPECT_EQ(checked(layer, options).cells[0].verdict, Verdict::holds);
}

TEST(Check, AFaultIsToldByTheTextOfItsVariant) {
  TinyScenario twice = summed_twice;
  twice.distributed = "y = f(shared(x))";
  twice.mesh = "axes = ['tp'], tp = 2";
  twice.variants =
      "a = '''def f(v): return all_reduce(all_reduce(v, tp), tp)'''\n"
      "b = '''\ndef f(v):\n    w = all_reduce(v, tp)\n    return all_reduce(w, tp)\n'''";
  twice.expectations = "";
  const ScenarioResult result = checked(twice);
  ASSERT_EQ(result.cells.size(), 2U);
  EXPECT_EQ(result.cells[0].finding->operation, "all_reduce(all_reduce(v, tp), tp)");
  EXPECT_EQ(result.cells[1].finding->operation, "all_reduce(w, tp)");
  EXPECT_EQ(result.cells[1].finding->at.line, result.cells[0].finding->at.line + 4);
}

TEST(Check, CellsAreVariantsAndThenConfigurations) {
  const ScenarioResult result = checked(summed_twice);
  EXPECT_EQ(result.shape, "toy");
  EXPECT_EQ(lines_of(result), (Lines{"holds", "holds", "holds", "holds", "holds",
                                     "double_reduce(shared) over tp: 2 = tp", "holds",
                                     "double_reduce(shared) over tp: 2 = tp"}));
  EXPECT_EQ(result.cells[4].variant, "buggy");
  EXPECT_EQ(result.layouts, 4U);
  EXPECT_EQ(result.unexpected(), 0U);
  ASSERT_EQ(result.conditions.size(), 1U);
  EXPECT_EQ(result.conditions[0].condition, "tp > 1");
  EXPECT_EQ(result.conditions[0].failing, 2U);
  EXPECT_EQ(result.conditions[0].smallest, 5U);
}

TEST(Check, ChosenVariantsOnly) {
  EXPECT_EQ(checked(summed_twice, with_variants({"buggy"})).cells.size(), 4U);
  EXPECT_EQ(errors_of(summed_twice, with_variants({"bugy"})),
            Lines{"unknown variant `bugy` [did you mean `buggy`?]"});
}

TEST(Check, MeshRestrictsAndCountsWhatItLeavesOut) {
  CheckOptions options;
  options.mesh["tp"] = 2;
  const ScenarioResult result = checked(summed_twice, options);
  EXPECT_EQ(result.layouts, 2U);
  EXPECT_EQ(result.skipped, 2U);
  options.mesh["tq"] = 2;
  EXPECT_EQ(
      errors_of(summed_twice, options),
      Lines{"--mesh names `tq`, which is no axis or group of this file [did you mean `tp`?]"});
}

TEST(Check, MeshThatNoLayoutHasIsAnError) {
  CheckOptions options;
  TinyScenario t = summed_twice;
  t.mesh += ", where = 'tp > 2'";
  EXPECT_EQ(errors_of(t, options), Lines{"no configuration is left to check [the mesh of the file, "
                                         "its `where` and --mesh rule each other out]"});
}

TEST(Check, TokensReplaceTheSize) {
  CheckOptions options;
  options.tokens = 3;
  TinyScenario t = summed_twice;
  t.distributed = "y = all_gather(chunk(all_reduce(shared(x), tp), tp), tp)";
  t.variants = "v = ''";
  t.expectations = "v = 'token_layout when tokens % tp != 0'";
  EXPECT_EQ(checked(t, options).unexpected(), 0U);
  EXPECT_EQ(lines_of(checked(t, options))[1], "token_layout over tp");
  options.tokens = 4;
  EXPECT_EQ(lines_of(checked(t, options))[1], "holds");
}

TEST(Check, ExpectNoneMakesEveryDefectUnexpected) {
  CheckOptions options;
  options.expect_none = true;
  EXPECT_EQ(checked(summed_twice, options).unexpected(), 2U);
}

TEST(Check, EditedExpectationIsUnexpected) {
  const auto unexpected = [](const std::string& expectation) {
    TinyScenario t = summed_twice;
    t.expectations = expectation;
    return checked(t).unexpected();
  };
  EXPECT_EQ(unexpected("buggy = 'double_reduce when tp > 1'"), 0U);
  EXPECT_EQ(unexpected("buggy = 'double_reduce(x) when tp > 1'"), 2U);
  EXPECT_EQ(unexpected("buggy = 'missing_reduce(shared) when tp > 1'"), 2U);
  EXPECT_EQ(unexpected("buggy = 'double_reduce(shared)'"), 2U);
  EXPECT_EQ(unexpected("buggy = 'double_reduce(shared) when tp > 1 and dp > 1'"), 1U);
  EXPECT_EQ(unexpected("buggy = ['holds when tp == 1', 'double_reduce(shared)']"), 0U);
  EXPECT_EQ(unexpected(""), 2U);
}

TEST(Check, ErrorsAreReportedOnceWithTheFirstConfiguration) {
  TinyScenario t = summed_twice;
  t.more = "sizes = { inter = 3 }";
  EXPECT_EQ(errors_of(t, {}),
            Lines{"`inter / tp`: 3 does not divide by tp = 2 (in dp=1 tp=2) [possible: 1 3]"});
}

TEST(Check, ProgressCountsEveryCellOnce) {
  CheckOptions options;
  options.threads = 1;
  std::vector<std::size_t> done;
  options.progress = [&](std::size_t cells, std::size_t all) {
    EXPECT_EQ(all, 8U);
    done.push_back(cells);
  };
  checked(summed_twice, options);
  EXPECT_EQ(done, (std::vector<std::size_t>{2, 4, 6, 8}));
}

TEST(Check, ResultsDoNotDependOnThreads) {
  CheckOptions options;
  options.up_to_ranks = 12;
  options.threads = 1;
  TinyScenario t = summed_twice;
  t.expectations = "";
  const ScenarioResult one = checked(t, options);
  for (const int threads : {2, 3}) {
    options.threads = threads;
    const ScenarioResult many = checked(t, options);
    EXPECT_EQ(lines_of(many), lines_of(one));
    for (std::size_t i = 0; i < one.cells.size(); ++i) {
      EXPECT_EQ(many.cells[i].configuration.mesh, one.cells[i].configuration.mesh);
      EXPECT_EQ(many.cells[i].bytes, one.cells[i].bytes);
    }
  }
}

TEST(Check, TenSeedsGiveTheSameVerdicts) {
  CheckOptions options;
  const Lines first = lines_of(checked(summed_twice));
  for (options.seed = 2; options.seed <= 11; ++options.seed) {
    EXPECT_EQ(lines_of(checked(summed_twice, options)), first) << options.seed;
  }
}

TEST(Check, AMaximumIsTriedWithMoreInputsThanTheFirst) {
  // The largest element lies on rank 0 with some of the seeds.
  const Scenario scales =
      loaded({.weights = "w = 'linear(hidden, inter / tp)'",
              .reference = "y = x @ quant(w, amax(w))",
              .distributed = "y = x @ quant(w, scale())",
              .output = "y = 'tokens, inter / tp'",
              .variants = "root = 'def scale(): return broadcast(amax(w), tp)'\n"
                          "largest = 'def scale(): return all_reduce(amax(w), tp, op=\"max\")'"});
  CheckOptions options;
  for (options.seed = 1; options.seed <= 8; ++options.seed) {
    const ScenarioResult result = checked(scales, options);
    ASSERT_TRUE(result.cells.at(0).finding) << options.seed;
    EXPECT_EQ(result.cells[0].finding->defect_class, "nonlinear_on_unreduced") << options.seed;
    EXPECT_EQ(result.cells.at(1).verdict, Verdict::holds) << options.seed;
  }
}

TEST(Check, CollectivesAndBytesAreThoseOfTheBusiestRank) {
  const ScenarioResult result = checked(summed_twice);
  EXPECT_EQ(result.cells[0].collectives, 0);  // fixed, one rank
  EXPECT_EQ(result.cells[1].collectives, 1);
  EXPECT_EQ(result.cells[5].collectives, 2);
  EXPECT_EQ(result.cells[5].bytes, 2 * result.cells[1].bytes);
}

}  // namespace
}  // namespace reducecheck
