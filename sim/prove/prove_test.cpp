// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/prove.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/frame/load.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck {
namespace {

Scenario scenario_of(const std::string& mesh, const std::string& reference,
                     const std::string& distributed, const std::string& more = "") {
  const std::string text =
      "title = \"t\"\nsource = \"none\"\nmesh = " + mesh +
      "\ninput = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, hidden\" "
      "}\n" +
      more +
      "\n[weights]\na = \"mlp(inter / tp)\"\nb = \"mlp(inter)\"\nbias = "
      "\"vector(hidden)\"\ns = \"scalar\"\n[program]\nreference = '''\n" +
      reference + "\n'''\ndistributed = '''\n" + distributed + "\n'''\n";
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "t.toml", diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, "t.toml", text));
  return *scenario;
}

Proof proof_of(const std::string& reference, const std::string& distributed) {
  return prove_variant(scenario_of("{ axes = [\"tp\"] }", reference, distributed), 0);
}

TEST(AProof, HoldsForAllSizes) {
  const Proof proof = proof_of("y = a(x) + b(x)", "y = all_reduce(a(x), tp) + b(x)");
  EXPECT_EQ(proof.verdict, Verdict::holds);
  EXPECT_EQ(proof.cases.size(), 2U);
}

TEST(AProof, NamesTheCoefficientAndTheCondition) {
  const Proof proof = proof_of("y = a(x) + b(x)", "y = all_reduce(a(x) + b(x), tp)");
  EXPECT_EQ(proof.verdict, Verdict::defect);
  EXPECT_EQ(proof.coefficient, "tp");
  EXPECT_EQ(proof.condition, "tp > 1");
  for (const ProofCase& one : proof.cases) {
    const bool wrong = one.facts == std::vector<std::string>{"tp > 1"};
    EXPECT_EQ(one.verdict, wrong ? Verdict::defect : Verdict::holds);
    EXPECT_EQ(one.finding ? one.finding->defect_class : "",
              wrong ? "replicated_branch_in_sum" : "");
  }
}

TEST(AProof, SaysWhichMismatchAnExactRunDoesNotShow) {
  const Proof proof = proof_of("y = a(x)",
                               "if rank(tp) == 0: y = all_reduce(a(x), tp)\n"
                               "else: y = all_reduce(a(x), tp)");
  EXPECT_EQ(proof.verdict, Verdict::undecided);
  EXPECT_EQ(proof.reason,
            "the exact run is right: a collective that only some ranks of its group call");
}

TEST(AProof, AcceptsACompensation) {
  EXPECT_EQ(proof_of("y = a(x) + b(x)", "y = all_reduce(a(x) + b(x) / tp, tp)").verdict,
            Verdict::holds);
  EXPECT_EQ(proof_of("y = b(x) * s", "y = b(x * 1) * s * tp / tp").verdict, Verdict::holds);
}

TEST(ExactRuns, SayTheSameTheSecondTime) {
  const Scenario scenario = scenario_of("{ axes = [\"tp\"] }", "y = b(x)", "y = b(x) * tp / 2");
  const Variant& variant = *prove::variants_of(scenario).front();
  prove::ExactRuns runs(scenario, variant, 1);
  for (int time = 0; time < 2; ++time) {
    for (std::int64_t tp = 1; tp <= 4; ++tp) {
      EXPECT_EQ(runs.at({{tp}, {}}), tp == 2 ? prove::Exact::right : prove::Exact::wrong) << tp;
    }
  }
}

TEST(AProof, SaysWhereAWrongFactorHappensToBeRight) {
  const Proof proof = proof_of("y = b(x)", "y = b(x) * tp / 2");
  EXPECT_EQ(proof.verdict, Verdict::defect);
  EXPECT_EQ(proof.condition, "tp != 2");
}

TEST(AProof, SeesAnExceptionInsideAFunction) {
  const Proof proof = proof_of("y = act(b(x))", "y = act(b(x) * tp / 3)");
  EXPECT_EQ(proof.verdict, Verdict::defect);
  EXPECT_EQ(proof.condition, "tp != 3");
}

TEST(AProof, SeesAnExceptionWhereTheSizeDividesAWidth) {
  const Proof proof = proof_of("y = act(a(x))", "y = act(all_reduce(a(x), tp) * tp / 3)");
  EXPECT_EQ(proof.verdict, Verdict::defect);
  EXPECT_EQ(proof.condition, "tp != 3");
}

TEST(AProof, CountsWithNumbers) {
  const std::string whether = "b(x) if 7 % 4 == 3 and 7 // 2 == 3 and 7 / 2 > 3 else x";
  EXPECT_EQ(proof_of("y = b(x)", "y = " + whether).verdict, Verdict::holds);
}

TEST(AProof, DoesNotWrapAround) {
  const std::string wrapped =
      "z = ceil_div(9223372036854775807, 2)\ny = x + x if z == 4611686018427387904 else x";
  EXPECT_EQ(proof_of("y = x + x", wrapped).verdict, Verdict::undecided);
  const std::string endless =
      "for i in range(-9223372036854775807, 9223372036854775807): pass\ny = x";
  EXPECT_EQ(proof_of("y = x", endless).verdict, Verdict::undecided);
  EXPECT_EQ(proof_of("y = x", "y = x if ceil_div(-4, 2) == -2 else b(x)").verdict, Verdict::holds);
}

TEST(AProof, SeesThatAQuotientOfAxesIsOneWhereTheyAreEqual) {
  const Proof proof = prove_variant(
      scenario_of("{ axes = [\"ep\", \"tp\"] }", "y = b(x)", "y = b(x) * tp / ep"), 0);
  EXPECT_EQ(proof.verdict, Verdict::defect) << proof.reason;
  for (const ProofCase& one : proof.cases) {
    const bool both =
        std::ranges::count(one.facts, "ep > 1") + std::ranges::count(one.facts, "tp > 1") == 2;
    const bool equal = std::ranges::count(one.facts, "ep == tp") == 1;
    EXPECT_TRUE(!both || equal == (one.verdict == Verdict::holds))
        << fmt::format("{}", fmt::join(one.facts, ", "));
  }
}

TEST(AProof, KnowsWhatASumOverRowsIsASumOf) {
  const auto verdict = [](const std::string& reference, const std::string& distributed) {
    const std::string use = "y = x * sum(";
    return proof_of(use + reference, use + distributed).verdict;
  };
  EXPECT_EQ(verdict("b(x), rows)", "all_reduce(b(x), tp) / tp, rows)"), Verdict::holds);
  EXPECT_EQ(proof_of("y = x * sum(a(x), rows)", "y = x * all_reduce(sum(a(x), rows), tp)").verdict,
            Verdict::holds);
  EXPECT_EQ(verdict("a(x), rows)", "a(x), rows)"), Verdict::defect);
  EXPECT_EQ(verdict("b(x), rows)", "norm(b(x)), rows)"), Verdict::defect);
  EXPECT_EQ(verdict("act(b(x)), rows)", "act(b(x)) + 0, rows)"), Verdict::holds);
}

TEST(AProof, SaysThatTheTextIsInError) {
  const Proof proof = proof_of("y = b(x)", "y = x * sum(b(x), 0)");
  EXPECT_EQ(proof.verdict, Verdict::undecided);
  EXPECT_EQ(proof.reason,
            "the text is in error: the second argument of `sum` can only be `rows` (line 17)");
}

TEST(AProof, KnowsTheSquareOfANumber) {
  EXPECT_EQ(proof_of("y = b(x) / s", "y = b(x) * ((1 / s) * (1 / s)) * s").verdict, Verdict::holds);
}

TEST(AProof, IsUndecidedRatherThanWrong) {
  // The columns come back in their order, but by a way that has no rule.
  const Proof proof = proof_of("y = b(x)",
                               "v = b(x)\nfor i in range(len([1, 2])): v = broadcast(v, tp)\n"
                               "y = v if tp < 3 else where(1, v, v)");
  EXPECT_NE(proof.verdict, Verdict::defect);
}

TEST(AProof, CountsAGuardOnce) {
  EXPECT_EQ(proof_of("y = a(x) + bias",
                     "out = a(x)\nif rank(tp) == 0: out += bias\ny = all_reduce(out, tp)")
                .verdict,
            Verdict::holds);
  const Proof part =
      proof_of("y = a(x)", "v = a(x)\nif rank(tp) != 0: v = v * 0\ny = all_reduce(v, tp)");
  EXPECT_EQ(part.verdict, Verdict::defect) << part.reason;
  EXPECT_EQ(part.coefficient, "the part of the first rank of tp only");
}

TEST(AProof, DoesNotDependOnTheListedSizes) {
  const std::string reference = "y = b(x)";
  const std::string distributed = "y = b(x) if tp < 5 else b(x) * 2";
  const Scenario listed =
      scenario_of("{ axes = [\"tp\"], tp = [1, 2, 4] }", reference, distributed);
  const Proof proof = prove_variant(listed, 0);
  EXPECT_EQ(proof.verdict, Verdict::defect);
  EXPECT_EQ(proof.condition, "tp > 4");
}

TEST(AProof, NamesSizesBeyondASweepAtWhichItIsWrong) {
  const Scenario scenario = scenario_of("{ axes = [\"tp\"], tp = [1, 2, 4] }", "y = b(x)",
                                        "y = b(x) if tp < 5 else b(x) * 2");
  const auto beside = [&](const std::vector<Configuration>& swept) {
    return prove_beside(scenario, 0, swept);
  };
  const SweptProof listed = beside({{{1}, {}}, {{2}, {}}, {{4}, {}}});
  EXPECT_TRUE(listed.complete);
  EXPECT_EQ(listed.verdicts, std::vector<Verdict>(3, Verdict::holds));
  EXPECT_EQ(listed.wrong_beyond, "tp > 1 and tp >= 5");
  EXPECT_EQ(beside({{{1}, {}}, {{8}, {}}}).wrong_beyond, "");
}

TEST(AProof, KeepsToTheFilesWhere) {
  const Scenario even = scenario_of("{ axes = [\"tp\"], where = \"6 % tp == 0\" }", "y = b(x)",
                                    "y = b(x) if 6 % tp == 0 else x");
  EXPECT_EQ(prove_variant(even, 0).verdict, Verdict::holds);
}

TEST(AProof, IsTheSameEveryTime) {
  const Scenario scenario =
      scenario_of("{ axes = [\"tp\"] }", "y = a(x) + b(x)", "y = all_reduce(a(x) + b(x), tp)");
  const Proof first = prove_variant(scenario, 0);
  const Proof second = prove_variant(scenario, 0);
  ASSERT_EQ(first.cases.size(), second.cases.size());
  for (std::size_t i = 0; i < first.cases.size(); ++i) {
    EXPECT_EQ(first.cases[i].facts, second.cases[i].facts);
    EXPECT_EQ(first.cases[i].verdict, second.cases[i].verdict);
  }
}

TEST(AProof, ReportsItsLimitOfCases) {
  const Scenario scenario =
      scenario_of("{ axes = [\"tp\"] }", "y = b(x)", "y = b(x) if tp > 9 else b(x) + 0 * x");
  ProveOptions options;
  options.cases = 1;
  const Proof proof = prove_variant(scenario, 0, options);
  EXPECT_EQ(proof.verdict, Verdict::undecided);
  EXPECT_NE(proof.reason.find("more than 1 cases"), std::string::npos) << proof.reason;
}

}  // namespace
}  // namespace reducecheck
