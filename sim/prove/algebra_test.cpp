// SPDX-License-Identifier: Apache-2.0
// The rules of collectives against matrices (prover.md 2.3): an addend along one axis of size N is
// N linear functionals of its N parts, one for each rank.
#include "sim/prove/algebra.hpp"

#include <gtest/gtest.h>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::prove {
namespace {

using Functional = std::vector<std::int64_t>;  // a number for each part
using OnRanks = std::vector<Functional>;       // one for each coordinate

class OneAxis : public testing::TestWithParam<std::int64_t> {
 protected:
  OneAxis() {
    scenario.axes.push_back({"tp", {}, {}});
    facts.emplace(scenario, symbols, std::vector<Fact>{{{Question::Kind::live, "tp"}, 1}});
    algebra.emplace(arena, *facts, symbols);
    Atom atom;
    atom.kind = AtomKind::mlp;
    atom.name = "branch";
    branch = arena.intern(atom);
  }

  Tensor with(const std::vector<Role>& roles) const {
    Tensor x{8, 4};
    x.add({branch, roles}, 1);
    return x;
  }

  /// Every state that an addend may have along the axis.
  std::vector<Tensor> states() const {
    const int id = 2 * branch;
    return {with({}), with({{0, Role::Kind::part, id}}), with({{0, Role::Kind::once, -1}}),
            with({{0, Role::Kind::guarded, id}})};
  }

  /// What the ranks hold, read off the addends.
  OnRanks meant(const Tensor& x) const {
    const auto n = static_cast<std::size_t>(GetParam());
    OnRanks result(n, Functional(n, 0));
    for (const auto& [addend, coefficient] : x.terms) {
      const std::int64_t times = *coefficient.substituted(0, GetParam()).integer();
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t part = 0; part < n; ++part) {
          bool held = true;
          if (arena.atom(addend.atom).kind == AtomKind::first_part) held = part == 0;
          for (const Role& role : addend.roles) {
            if (role.kind == Role::Kind::part) held = held && part == k;
            if (role.kind == Role::Kind::once) held = held && k == 0;
            if (role.kind == Role::Kind::guarded) held = held && k == 0 && part == 0;
          }
          if (held) result[k][part] += times;
        }
      }
    }
    return result;
  }

  OnRanks summed(const OnRanks& x) const {
    Functional total(x.size(), 0);
    for (const Functional& one : x) {
      for (std::size_t part = 0; part < x.size(); ++part) total[part] += one[part];
    }
    return OnRanks(x.size(), total);
  }

  Scenario scenario;
  SymbolTable symbols;
  Arena arena;
  std::optional<Facts> facts;
  std::optional<Algebra> algebra;
  int branch = 0;
};

TEST_P(OneAxis, AllReduceIsTheMatrixOfOnes) {
  for (const Tensor& x : states()) EXPECT_EQ(meant(algebra->all_reduce(x, {0})), summed(meant(x)));
}

TEST_P(OneAxis, GuardKeepsTheFirstRank) {
  for (const Tensor& x : states()) {
    OnRanks wanted = meant(x);
    for (std::size_t k = 1; k < wanted.size(); ++k) wanted[k].assign(wanted.size(), 0);
    EXPECT_EQ(meant(algebra->guarded(x, {0})), wanted);
  }
}

TEST_P(OneAxis, BroadcastGivesTheFirstRanksValue) {
  for (const Tensor& x : states()) {
    const OnRanks before = meant(x);
    EXPECT_EQ(meant(algebra->broadcast(x, {0})), OnRanks(before.size(), before[0]));
  }
}

TEST_P(OneAxis, SumsOfAddendsAreSumsOfWhatRanksHold) {
  for (const Tensor& x : states()) {
    for (const Tensor& y : states()) {
      const OnRanks wanted = summed(meant(algebra->sum(x, y)));
      EXPECT_EQ(meant(algebra->all_reduce(algebra->sum(x, y), {0})), wanted);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, OneAxis, testing::Values(2, 3, 4));

using Rules = OneAxis;

TEST_P(Rules, MixedTokensAreNoFactor) {
  Tensor rows{8, 4};
  Layout cut_rows;
  cut_rows.logical = {{Digit::Kind::axis, 0, 0}};
  rows.add({branch, {}, cut_rows}, 1);
  EXPECT_TRUE(algebra->all_reduce(rows, {0}).terms.front().first.varying());
}

TEST_P(Rules, TwoRolesOfOneAxisAreNeverPaid) {
  const Tensor part = states()[1];
  Atom other;
  other.kind = AtomKind::mlp;
  other.name = "gate";
  const int gate = arena.intern(other);
  Tensor factor{8, 4};
  factor.add({gate, {{0, Role::Kind::part, 2 * gate}}}, 1);
  const Tensor product = algebra->product(part, factor);
  EXPECT_EQ(product.terms.front().first.roles.size(), 2U);
  EXPECT_TRUE(algebra->all_reduce(product, {0}).terms.front().first.varying());
}

TEST_P(Rules, AFunctionOfAPendingSumIsUnknown) {
  EXPECT_TRUE(algebra->function("act", {states()[1]}).terms.front().first.varying());
  EXPECT_FALSE(algebra->function("act", {states()[0]}).terms.front().first.varying());
  EXPECT_TRUE(algebra->norm(states()[1]).terms.front().first.varying());
}

TEST_P(Rules, ReplicatedPlusPendingIsDecidedAtTheSum) {
  const Tensor both = algebra->sum(states()[0], states()[1]);
  EXPECT_EQ(both.terms.size(), 2U);
  const Tensor total = algebra->all_reduce(both, {0});
  ASSERT_EQ(total.terms.size(), 1U);
  EXPECT_EQ(to_string(total.terms.front().second, symbols), "tp + 1");
}

INSTANTIATE_TEST_SUITE_P(Sizes, Rules, testing::Values(2));

}  // namespace
}  // namespace reducecheck::prove
