// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/polynomial.hpp"

#include <gtest/gtest.h>

#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

struct Symbols : testing::Test {
  SymbolTable table;
  Polynomial tp = Polynomial::symbol(table.add("tp", SymbolKind::axis));
  Polynomial ep = Polynomial::symbol(table.add("ep", SymbolKind::axis));
};

using APolynomial = Symbols;

TEST_F(APolynomial, IsEqualWhenItsTermsAre) {
  EXPECT_EQ((tp + ep) * (tp - ep), tp * tp - ep * ep);
  EXPECT_TRUE((tp * tp.inverse()).is_one());
  EXPECT_TRUE((tp - tp).is_zero());
  EXPECT_FALSE((tp - 1).is_zero());
}

TEST_F(APolynomial, KeepsItsTermsInOrderWithoutZeros) {
  const Polynomial three = tp * tp + tp * ep - 2;
  ASSERT_EQ(three.terms().size(), 3U);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_LT(three.terms()[i - 1].first, three.terms()[i].first);
  }
  // The same whether its terms were many on the way or never more than one.
  EXPECT_EQ(three - tp * tp + 2, tp * ep);
  EXPECT_EQ((three - tp * tp + 2).terms().size(), 1U);
  EXPECT_EQ(three - three, Polynomial());
  EXPECT_EQ((three - three).terms().size(), 0U);
  EXPECT_EQ((three - tp * ep) + (tp - tp * tp), tp - 2);
  EXPECT_EQ((three - tp * ep).constant(), std::nullopt);
}

TEST_F(APolynomial, ComesBeforeAnotherByItsMonomialsFirst) {
  for (const int a : {1, 2, 3}) {
    for (const int b : {1, 2, 3}) {
      EXPECT_EQ(Polynomial(a) * tp < Polynomial(b) * ep, tp < ep);
      EXPECT_EQ(Polynomial(a) * tp < Polynomial(b) * tp, a < b);
    }
  }
}

TEST_F(APolynomial, TakesANumberOrAMonomialForASymbol) {
  const Symbol symbol = *table.find("tp");
  EXPECT_EQ((tp * tp - 1).substituted(symbol, 3), Polynomial(8));
  EXPECT_EQ((tp * ep.inverse()).substituted(symbol, ep), Polynomial(1));
  EXPECT_EQ(tp.inverse().substituted(symbol, Polynomial(2) * ep),
            Polynomial(Fraction(1, 2)) * ep.inverse());
}

TEST_F(APolynomial, ReadsAsAPersonWritesIt) {
  EXPECT_EQ(to_string(tp - 1, table), "tp - 1");
  EXPECT_EQ(to_string(tp.inverse(), table), "1/tp");
  EXPECT_EQ(to_string(Polynomial(2) * tp * ep, table), "2 * tp * ep");
  EXPECT_EQ(to_string(tp * ep.inverse(), table), "tp/ep");
  EXPECT_EQ(to_string(Polynomial(), table), "0");
}

TEST_F(APolynomial, RefusesWhatItCannotHold) {
  EXPECT_THROW(static_cast<void>((tp - 1).inverse()), Undecided);
  Polynomial power = tp;
  EXPECT_THROW(
      {
        for (int i = 0; i < 8; ++i) power = power * power;
      },
      Undecided);
  const Polynomial large = std::int64_t{1} << 40;
  EXPECT_THROW(static_cast<void>(large * large), FractionError);
}

}  // namespace
}  // namespace reducecheck::prove
