// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/diagnose/allowance.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::diagnosing {
namespace {

constexpr int tp = 4;
constexpr std::size_t elements = 256;

float number(std::uint64_t seed) {
  return std::ldexp(static_cast<float>(mix(seed) >> 56U) - 128.0F, -7);
}

/// Two branches and an addend in fp32; each rank has 1.5 times `b` besides what is right.
Case made(bool b_twice_alike) {
  Case one;
  one.ranks = std::make_shared<const Ranks>(std::vector<std::pair<std::string, int>>{{"tp", tp}});
  one.group = one.ranks->all();
  one.terms = {{"a", false, one.group, 0}, {"b", false, one.group, 0}, {"c", true, 0, 0}};
  one.elements = elements;
  one.shape = {elements};
  for (std::uint64_t share = 0; share < 3 * tp; ++share) {
    const bool addend = share >= 2 * tp;
    const bool alike = b_twice_alike && share == tp + 1;
    std::vector<float>& values = one.shares.emplace_back();
    for (std::uint64_t e = 0; e < elements; ++e) {
      values.push_back(number(golden * (addend ? 2 * tp : alike ? tp : share) + e));
    }
    one.alike.push_back(addend ? 0 : alike ? 0 : static_cast<int>(share % tp));
  }
  for (int rank = 0; rank < tp; ++rank) {
    std::vector<float>& output = one.outputs.emplace_back();
    for (std::size_t e = 0; e < elements; ++e) {
      float sum = one.share(2, rank)[e];
      for (int s = 0; s < tp; ++s) sum += one.share(0, s)[e] + 2.5F * one.share(1, s)[e];
      output.push_back(sum);
    }
  }
  for (std::size_t e = 0; e < elements; ++e) one.usable.push_back(e);
  return one;
}

TEST(Evidence, EstimatesHoldTheCoefficientsAndNotOthers) {
  const Case one = made(false);
  const Evidence evidence(one, {0, tp - 1});
  const auto terms = evidence.terms_together();
  const double wanted[] = {1, 2.5, 1};
  for (std::size_t t = 0; t < 3; ++t) {
    ASSERT_TRUE(terms[t]);
    EXPECT_LE(std::abs(terms[t]->value - wanted[t]), terms[t]->certain);
    EXPECT_LT(terms[t]->certain, 0.5);
  }
  const auto shares = evidence.shares_of(0);
  for (std::size_t s = 0; s < tp; ++s) {
    ASSERT_TRUE(shares[tp + s]);
    EXPECT_LE(std::abs(shares[tp + s]->value - 2.5), shares[tp + s]->certain);
  }
  const auto factor = evidence.factor_of({1});
  ASSERT_TRUE(factor);
  EXPECT_EQ(simple_numbers(factor->value, factor->certain, 1).front(), Fraction(5, 2));
}

TEST(Evidence, SharesThatAreAlikeHaveNoCoefficientsOfTheirOwn) {
  Case one = made(true);
  // Nobody has said that they are alike: the decomposition itself must see it.
  one.alike[tp + 1] = 1;
  const auto shares = Evidence(one, {0, tp - 1}).shares_of(0);
  EXPECT_FALSE(shares[tp]);
  EXPECT_FALSE(shares[tp + 1]);
  EXPECT_TRUE(shares[tp + 2]);
  EXPECT_TRUE(shares[0]);
}

TEST(Evidence, TheRightHypothesisLeavesLeast) {
  const Case one = made(false);
  const Evidence evidence(one, {0, tp - 1});
  const Fault scaled{FaultKind::scaled, {1}, 0, {}, Fraction(5, 2)};
  const double left = evidence.left_by({scaled});
  EXPECT_LT(left, evidence.left_by({}));
  for (const Fault& other : single_faults(one)) {
    EXPECT_GT(evidence.preference(left, evidence.left_by({other})), 100);
  }
}

TEST(Evidence, SimpleNumbersComeSimplestFirst) {
  const std::vector<Fraction> numbers = simple_numbers(2.49, 0.02, 8);
  ASSERT_FALSE(numbers.empty());
  EXPECT_EQ(numbers.front(), Fraction(5, 2));
  EXPECT_EQ(simple_numbers(0.2499, 0.001, 1).front(), Fraction(1, 4));
  EXPECT_EQ(simple_numbers(-3.9999, 0.001, 1).front(), Fraction(-4));
  EXPECT_EQ(simple_numbers(2.446, 0.0001, 1).front(), Fraction(1223, 500));
  EXPECT_TRUE(simple_numbers(1e300, 1, 4).empty());
}

TEST(Allowance, IsOfTheSumThatIsMeantAndNotTooWide) {
  const Case one = made(false);
  const Fault scaled{FaultKind::scaled, {1}, 0, {}, Fraction(5, 2)};
  const Misfit right = misfit_of(one, {}, {0});
  const Misfit meant = misfit_of(one, {scaled}, {0});
  EXPECT_GT(right.count, elements / 2);
  EXPECT_GT(right.worst_share, 1);
  EXPECT_EQ(meant.count, 0U);
  EXPECT_LE(meant.worst_share, 1);
  // What is allowed is some roundings of some sums, no more.
  Explained explained(one, {scaled});
  for (std::size_t e = 0; e < elements; ++e) {
    EXPECT_LE(explained.at(0, e).allowed, std::ldexp(1.0, -24) * 3 * tp * (2 * tp * 2.5 + 2));
  }
}

TEST(Allowance, SumsThatMayLeaveTheRangeAreNotJudged) {
  Case one = made(false);
  one.shares[0][0] = 3e38F;
  one.shares[1][0] = 3e38F;
  Explained explained(one, {});
  EXPECT_TRUE(std::isinf(explained.at(0, 0).allowed));
  EXPECT_TRUE(explained.fits(0, 0));
}

}  // namespace
}  // namespace reducecheck::diagnosing
