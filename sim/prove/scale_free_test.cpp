// SPDX-License-Identifier: Apache-2.0
// Proofs under the assumption that norms are free of scale: it is used where it is made, and for
// positive factors only.
#include <gtest/gtest.h>

#include "scenarios/frame/load.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck {
namespace {

const std::string assumed = "assume = { scale_free = [\"norm\"], positive = [\"s\"] }\n";
const std::string all = "y = norm(x + a(x) * s + b(x))";

Proof scale_free_proof(const std::string& reference, const std::string& distributed,
                       const std::string& assume = assumed) {
  const std::string text =
      "title = \"t\"\nsource = \"none\"\nmesh = { axes = [\"tp\"] }\n"
      "input = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, hidden\" }\n" +
      assume +
      "[weights]\na = \"mlp(inter / tp)\"\nb = \"mlp(inter)\"\ns = \"scalar\"\nt = \"scalar\"\n"
      "[program]\nreference = '''\n" +
      reference + "\n'''\ndistributed = '''\n" + distributed + "\n'''\n";
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text, "t.toml", diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, "t.toml", text));
  return prove_variant(*scenario, 0);
}

Verdict verdict_of(const std::string& reference, const std::string& distributed,
                   const std::string& assume = assumed) {
  return scale_free_proof(reference, distributed, assume).verdict;
}

TEST(AScaleFreeProof, TakesAFactorOfTheWholeStream) {
  const std::string divided = "y = norm(x / s + all_reduce(a(x), tp) + b(x) / s)";
  EXPECT_EQ(verdict_of(all, divided), Verdict::holds);
  EXPECT_EQ(verdict_of(all, divided, ""), Verdict::defect);
  EXPECT_EQ(verdict_of(all, divided, "assume = { scale_free = [\"norm\"] }\n"), Verdict::defect);
  EXPECT_EQ(verdict_of("y = norm(x + b(x))", "y = norm(all_reduce(x + b(x), tp))"), Verdict::holds);
  EXPECT_EQ(verdict_of("y = norm(x + b(x))", "y = norm((x + b(x)) * 2 / 7 / tp)"), Verdict::holds);
}

TEST(AScaleFreeProof, SeesAFactorOfOneAddend) {
  const Proof proof = scale_free_proof(all, "y = norm(x + all_reduce(a(x), tp) + b(x) / s)");
  EXPECT_EQ(proof.verdict, Verdict::defect) << proof.reason;
  EXPECT_EQ(proof.coefficient, "s");
}

TEST(AScaleFreeProof, SeesASign) {
  EXPECT_EQ(verdict_of("y = norm(x)", "y = norm(0 - x)"), Verdict::defect);
  EXPECT_EQ(verdict_of("y = norm(x)", "y = 0 - norm(x * -2)"), Verdict::holds);
  EXPECT_EQ(verdict_of("y = norm(x)", "y = norm(x * t)"), Verdict::defect);
  EXPECT_EQ(verdict_of("y = norm(x)", "y = norm(x * t * t)"), Verdict::defect);
}

TEST(AScaleFreeProof, SaysAtWhichSizesAFactorOfOneAddendIsThatOfAll) {
  const Proof proof = scale_free_proof("y = norm(x + b(x))", "y = norm(x * tp + b(x) * 3)");
  EXPECT_EQ(proof.verdict, Verdict::defect) << proof.reason;
  EXPECT_EQ(proof.condition, "tp != 3");
}

TEST(AScaleFreeProof, CallsNoSumOfSizesADefect) {
  EXPECT_NE(verdict_of("y = norm(x + b(x))", "y = norm((x + b(x)) * (tp + 1))"), Verdict::defect);
}

TEST(AScaleFreeProof, DoesNotTakeAWrittenNormForADeclaredOne) {
  EXPECT_NE(verdict_of("y = norm(x)", "y = x * rsqrt(sum(x * x) / width(x))"), Verdict::defect);
  EXPECT_NE(verdict_of("y = norm(x * 2)", "y = x * rsqrt(sum(x * x) / width(x))"), Verdict::holds);
}

}  // namespace
}  // namespace reducecheck
