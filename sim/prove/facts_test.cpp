// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/facts.hpp"

#include <gtest/gtest.h>

#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

class ACase : public testing::Test {
 protected:
  ACase() {
    scenario.axes = {{"ep", {}, {}}, {"tp", {}, {}}, {"fixed", {}, {2}}};
    ep = Polynomial::symbol(symbols.add("ep", SymbolKind::axis));
    tp = Polynomial::symbol(symbols.add("tp", SymbolKind::axis));
    fixed = Polynomial::symbol(symbols.add("fixed", SymbolKind::axis));
    tokens = Polynomial::symbol(symbols.add("tokens", SymbolKind::size));
  }

  Facts with(std::vector<Fact> known) {
    known.push_back({{Question::Kind::live, "ep"}, 1});
    known.push_back({{Question::Kind::live, "tp"}, 1});
    return Facts(scenario, symbols, known);
  }

  Question asked(const std::function<void()>& question) const {
    try {
      question();
    } catch (const Split& split) {
      return split.question;
    }
    ADD_FAILURE() << "nothing was asked";
    return {};
  }

  Scenario scenario;
  SymbolTable symbols;
  Polynomial ep, tp, fixed, tokens;
};

TEST_F(ACase, AsksWhetherAnAxisIsLargerThanOneBeforeItCompares) {
  const Facts facts(scenario, symbols, {});
  EXPECT_EQ(asked([&] { static_cast<void>(facts.less(1, tp)); }).kind, Question::Kind::live);
}

TEST_F(ACase, DecidesWhatLiveAxesDecide) {
  const Facts facts = with({});
  EXPECT_TRUE(facts.less(1, tp));
  EXPECT_TRUE(facts.less(3, ep * tp));
  EXPECT_FALSE(facts.equal(tp, 1));
  EXPECT_TRUE(facts.less(tp, ep * tp));  // 1 < ep
  EXPECT_TRUE(facts.equal(fixed, 2));
}

TEST_F(ACase, SplitsWhereSizesDecide) {
  const Facts facts = with({});
  EXPECT_EQ(asked([&] { static_cast<void>(facts.less(ep, tp)); }).kind, Question::Kind::less);
  EXPECT_EQ(asked([&] { static_cast<void>(facts.equal(ep, tp)); }).kind, Question::Kind::equal);
  EXPECT_EQ(asked([&] { static_cast<void>(facts.less(4, tp)); }).kind, Question::Kind::less);
}

TEST_F(ACase, RemembersAnswersAboutProducts) {
  const Question smaller{Question::Kind::less, "", ep, tp};
  EXPECT_TRUE(with({{smaller, 1}}).less(ep, tp));
  EXPECT_FALSE(with({{smaller, 0}}).less(ep, tp));
  EXPECT_FALSE(with({{smaller, 1}}).less(tp, ep));
}

TEST_F(ACase, KnowsThatSizesAreAboveZero) {
  const Facts facts = with({});
  EXPECT_TRUE(facts.less(0, tokens));
  EXPECT_TRUE(facts.less(0, ep * tp));
  EXPECT_FALSE(facts.less(tokens, 0));
}

TEST_F(ACase, MergesEqualSizes) {
  Question question{Question::Kind::equal, "", ep, tp};
  if (tp < ep) std::swap(question.left, question.right);
  const Facts facts = with({{question, 1}});
  EXPECT_EQ(facts.reduced(ep * tp.inverse()), Polynomial(1));
  EXPECT_FALSE(facts.less(ep, tp));
}

TEST_F(ACase, KnowsWhatSizesThatNobodySetAreDividedBy) {
  const Facts facts = with({});
  EXPECT_TRUE(facts.divides(tp * ep, tokens));
  EXPECT_TRUE(facts.divides(tp, tp * 5));
  EXPECT_FALSE(facts.divides(tp * ep, 3));  // at least 4
  EXPECT_EQ(asked([&] { static_cast<void>(facts.divides(tp, 12)); }).kind, Question::Kind::divides);
}

TEST_F(ACase, SeesContradictionsOfSingleSizes) {
  const auto less = [&](std::int64_t low) { return Question{Question::Kind::less, "", low, tp}; };
  EXPECT_TRUE(with({{less(8), 1}, {less(4), 0}}).contradictory());
  EXPECT_FALSE(with({{less(4), 1}, {less(8), 0}}).contradictory());
}

TEST_F(ACase, SaysUndecidedOfSumsAndRanks) {
  const Facts facts = with({});
  EXPECT_THROW(static_cast<void>(facts.less(ep + tp, 8)), Undecided);
  const Polynomial rank = Polynomial::symbol(symbols.add("rank(tp)", SymbolKind::rank));
  EXPECT_THROW(static_cast<void>(facts.less(rank, 2)), Undecided);
  EXPECT_THROW(static_cast<void>(facts.divides(rank, tokens)), Undecided);
  EXPECT_THROW(static_cast<void>(facts.divides(2, rank)), Undecided);
}

TEST_F(ACase, IsSaidInWords) {
  const auto said = [&](Question::Kind kind, int answer) {
    Question question{kind};
    question.left = ep;
    question.right = tp;
    return to_string(Fact{question, answer}, scenario, symbols);
  };
  EXPECT_EQ(said(Question::Kind::less, 1), "ep < tp");
  EXPECT_EQ(said(Question::Kind::less, 0), "ep >= tp");
  EXPECT_EQ(said(Question::Kind::equal, 1), "ep == tp");
  EXPECT_EQ(said(Question::Kind::equal, 0), "ep != tp");
  EXPECT_EQ(said(Question::Kind::divides, 1), "ep divides tp");
  EXPECT_EQ(said(Question::Kind::divides, 0), "ep does not divide tp");
}

}  // namespace
}  // namespace reducecheck::prove
