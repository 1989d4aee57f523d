// SPDX-License-Identifier: Apache-2.0
// What no tangent crosses: a function that is lost, or applied where the reference does not.
#include <gtest/gtest.h>

#include "sim/judge/branches_test.hpp"
#include "sim/judge/told_test.hpp"

namespace reducecheck {
namespace {

const std::string head = "head = 'linear(hidden, vocab / tp)'";

TinyScenario routing(const std::string& reference, const std::string& distributed) {
  return {routed, "p, ids = topk(" + reference + ", k)\ny = experts(x, ids, p)",
          "p, ids = topk(" + distributed + ", k)\ny = all_reduce(experts(x, ids, p), tp)"};
}

TinyScenario loss(const std::string& reference, const std::string& distributed) {
  const std::string mean = "sum(v) / vocab / 10";
  return {head,
          "v = head(x)\nz = log(sum(exp(v)))\ny = " + reference,
          "v = head(x)\nz = log(all_reduce(sum(exp(v)), tp))\ny = " + distributed,
          "axes = ['tp'], tp = 2",
          "x = 'tokens, hidden'",
          "y = 'tokens, 1'"};
}

TEST(ClassifyFunctions, FunctionThatIsLostIsMissingBranch) {
  EXPECT_EQ(told(routing("sigmoid(gate(x))", "gate(x)")), "missing_branch(sigmoid): 0");
  EXPECT_EQ(told(routing("sigmoid(gate(x))", "sigmoid(gate(x))")), "holds");
}

TEST(ClassifyFunctions, FunctionThatTheReferenceDoesNotApplyIsExtraBranch) {
  EXPECT_EQ(told(routing("gate(x)", "sigmoid(gate(x))")), "extra_branch(sigmoid): foreign");
  EXPECT_EQ(told({"w = 'mlp(inter / tp)'", "y = w(x)", "y = all_reduce(w(act(x)), tp)"}),
            "extra_branch(act): foreign");
}

TEST(ClassifyFunctions, OneOfTwoApplicationsIsTold) {
  const std::string both = "sigmoid(gate(x)) + sigmoid(gate(act(x)))";
  EXPECT_EQ(told(routing(both, "gate(x) + sigmoid(gate(act(x)))")), "missing_branch(sigmoid): 0");
  EXPECT_EQ(told(routing(both, both)), "holds");
}

TEST(ClassifyFunctions, OtherFunctionOfTheSameArgumentIsTheMissingOne) {
  EXPECT_EQ(told(routing("sigmoid(gate(x))", "tanh(gate(x))")), "missing_branch(sigmoid): 0");
}

TEST(ClassifyFunctions, LostNormIsMissingBranchThoughItsArgumentIsThere) {
  const std::string w = "w = 'mlp(inter / tp)'";
  EXPECT_EQ(told({w, "y = w(norm(x))", "y = all_reduce(w(x), tp)"}), "missing_branch(norm): 0");
  EXPECT_EQ(told({w, "y = w(x)", "y = all_reduce(w(norm(x)), tp)"}),
            "extra_branch(rsqrt): foreign");
  EXPECT_EQ(told({w, "y = w(norm(x))", "y = all_reduce(w(x * rsqrt(sum(x * x) / width(x))), tp)"}),
            "holds");
}

TEST(ClassifyFunctions, NormOfRowsInAnotherOrderIsTheSameNorm) {
  const auto turned = [](const std::string& last) {
    return told({shared, "y = shared(norm(x))",
                 "n = norm(cat(x[3:], x[:3]))\nr = cat(n[1:], n[:1])\n" + last,
                 "axes = ['tp'], tp = 2", "x = 'tokens, hidden'", "y = 'tokens, hidden'",
                 "sizes = { tokens = 4 }"});
  };
  EXPECT_EQ(turned("y = all_reduce(shared(r), tp)"), "holds");
  EXPECT_EQ(turned("y = all_reduce(shared(r) + x, tp)"), "extra_branch(x): foreign");
  EXPECT_EQ(turned("y = shared(r)"), "missing_reduce(shared) over tp: 0");
}

TEST(ClassifyFunctions, TermBehindAFunctionIsCountedLikeAnyOther) {
  const std::string all = "z - all_reduce(sum(v - z), tp) / vocab / 10";
  const std::string right = "z - sum(v - z) / vocab / 10";
  EXPECT_EQ(told(loss(right, all)), "holds");
  EXPECT_EQ(told(loss(right, "0 - all_reduce(sum(v - z), tp) / vocab / 10")),
            "missing_branch(log): 1/11");
  EXPECT_EQ(told(loss(right, "z - all_reduce(sum(v), tp) / vocab / 10")),
            "missing_branch(log): 10/11");
  EXPECT_EQ(told(loss("z - sum(v) / vocab / 10", all)), "extra_branch(log): 11/10");
  EXPECT_EQ(told(loss("z", all)), "extra_branch(head): foreign");
}

TEST(ClassifyFunctions, BranchThatIsNotCalledStaysMissingBesideAnExtraFunction) {
  EXPECT_EQ(told({"a = 'mlp(inter / tp)'\nb = 'mlp(inter / tp)'", "y = a(x) + b(x)",
                  "y = all_reduce(a(x), tp) + act(x)"}),
            "missing_branch(b): 0");
}

TEST(ClassifyFunctions, SharesOfAFunctionAddUpToItOverTheSum) {
  TinyScenario t{"up = 'linear(hidden, inter / tp)'\ndown = 'linear(inter / tp, hidden)'",
                 "y = down(act(up(x))) + sigmoid(x)", "y = all_reduce(down(act(up(x))), tp) + x"};
  EXPECT_EQ(told(t), "missing_branch(sigmoid): 0");
  t.distributed = "y = all_reduce(down(tanh(up(x))), tp) + sigmoid(x)";
  EXPECT_EQ(told(t), "missing_branch(act): 0");
  t.distributed = "y = all_reduce(down(act(up(x))), tp) + sigmoid(x) + tanh(x)";
  EXPECT_EQ(told(t), "extra_branch(tanh): foreign");
  t.distributed = "y = all_reduce(down(act(up(x))), tp) + sigmoid(x)";
  EXPECT_EQ(told(t), "holds");
}

}  // namespace
}  // namespace reducecheck
