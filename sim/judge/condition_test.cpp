// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/condition.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

/// All layouts of dp, ep and tp up to 64 ranks, with a derived group and a switch.
struct Layouts {
  Scenario scenario = loaded({"", "y = x", "y = x",
                              "axes = ['dp', 'ep', 'tp'], dp = [1, 2, 4], ep = [1, 2, 4], tp = [1, "
                              "2, 4], ranks = 64, world = 'dp * tp'",
                              "x = 'tokens, hidden'", "y = 'tokens, hidden'",
                              "switch = { use_ep = [false, true] }"});
  std::vector<ConditionPoint> points;

  explicit Layouts(std::int64_t tokens = 8) {
    Diagnostics diagnostics;
    for (const Configuration& c : sweep(scenario, {}, diagnostics).configurations) {
      ConditionPoint point;
      for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
        point.configuration.mesh.emplace_back(scenario.axes[i].name, c.axes[i]);
      }
      const Scope scope(scenario, c);
      point.configuration.groups = scope.derived();
      point.configuration.switches.emplace_back("use_ep", c.switches[0]);
      point.configuration.ranks = scope.mesh().ranks();
      point.tokens = tokens;
      points.push_back(point);
    }
  }

  [[nodiscard]] std::int64_t size(std::size_t i, std::size_t axis) const {
    return points[i].configuration.mesh[axis].second;
  }
  [[nodiscard]] bool use_ep(std::size_t i) const {
    return std::get<bool>(points[i].configuration.switches[0].second);
  }

  template <class Fails>
  [[nodiscard]] std::string condition(Fails fails, const std::vector<int>& causes = {}) const {
    std::vector<bool> failing;
    for (std::size_t i = 0; i < points.size(); ++i) failing.push_back(fails(i));
    return failing_condition(points, failing, causes);
  }
};

TEST(FailingCondition, PrefersWhatAPersonWouldWrite) {
  const Layouts l;
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.size(i, 2) > 1 && l.use_ep(i); }),
            "tp > 1 and use_ep");
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.size(i, 2) > 1; }), "tp > 1");
  EXPECT_EQ(l.condition([&](std::size_t i) { return !l.use_ep(i); }), "not use_ep");
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.size(i, 0) * l.size(i, 2) > 1; }),
            "world > 1");
}

TEST(FailingCondition, OfANumberIsABoundWhereAllAboveFail) {
  std::vector<ConditionPoint> points(4);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].configuration.switches.emplace_back("depth", static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(failing_condition(points, {false, false, true, true}, {}), "depth > 2");
  EXPECT_EQ(failing_condition(points, {false, true, false, false}, {}), "depth == 2");
}

TEST(FailingCondition, FindsTheMiddleFactorisations) {
  const Layouts l;
  const auto ep = [&](std::size_t i) { return l.size(i, 1); };
  const auto tp = [&](std::size_t i) { return l.size(i, 2); };
  EXPECT_EQ(l.condition([&](std::size_t i) { return 1 < ep(i) && ep(i) < tp(i); }),
            "ep < tp and ep > 1");
  EXPECT_EQ(l.condition([&](std::size_t i) { return ep(i) == 2; }), "ep == 2");
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.size(i, 0) > 1 && tp(i) > 1; }),
            "1 < dp < world");
}

TEST(FailingCondition, FindsRowsThatDoNotDivide) {
  const Layouts l(6);
  EXPECT_EQ(l.condition([&](std::size_t i) { return 6 % l.size(i, 2) != 0; }), "tokens % tp != 0");
}

TEST(FailingCondition, JoinsCausesWithOr) {
  const Layouts l;
  const auto tp = [&](std::size_t i) { return l.size(i, 2); };
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.use_ep(i) || tp(i) > 1; }),
            "use_ep or tp > 1");
  EXPECT_EQ(
      l.condition([&](std::size_t i) { return (l.use_ep(i) && l.size(i, 1) > 1) || tp(i) == 4; }),
      "tp > 2 or ep > 1 and use_ep");
}

TEST(FailingCondition, SaysAlwaysOrThatItKnowsNone) {
  const Layouts l;
  EXPECT_EQ(l.condition([](std::size_t) { return true; }), "always");
  // Squares modulo 7 follow no rule that the text could say.
  EXPECT_EQ(l.condition([](std::size_t i) { return (i + 1) * (i + 1) % 7 < 3; }),
            "no short condition says where");
}

TEST(FailingCondition, SaysTwoCausesApartWhereOneFormulaIsTooLong) {
  const Layouts l;
  const auto first = [&](std::size_t i) {
    return l.use_ep(i) && l.size(i, 0) == 2 && l.size(i, 1) == 1 && l.size(i, 2) == 4;
  };
  const auto second = [&](std::size_t i) {
    return !l.use_ep(i) && l.size(i, 0) == 1 && l.size(i, 1) == 4 && l.size(i, 2) > 1;
  };
  const auto either = [&](std::size_t i) { return first(i) || second(i); };
  std::vector<int> causes;
  for (std::size_t i = 0; i < l.points.size(); ++i) causes.push_back(first(i) ? 1 : 2);
  EXPECT_EQ(l.condition(either), "no short condition says where");
  EXPECT_EQ(l.condition(either, causes),
            "dp < tp and dp > 1 and ep == 1 and use_ep or "
            "dp == 1 and ep > 2 and not use_ep and tp > 1");
  // Causes are asked only there, and one that nobody can say leaves the whole unsaid.
  EXPECT_EQ(l.condition([&](std::size_t i) { return l.size(i, 2) > 1; }, causes), "tp > 1");
  EXPECT_EQ(l.condition([](std::size_t i) { return (i + 1) * (i + 1) % 7 < 3; }, causes),
            "no short condition says where");
}

RC_GTEST_PROP(FailingCondition, IsTrueExactlyWhereItFails, ()) {
  static const Layouts l(6);
  // Random conjunctions and disjunctions of what the text can say, and random sets.
  const int kind = *rc::gen::inRange(0, 3);
  const auto a = *rc::gen::inRange<std::size_t>(0, 3);
  const auto b = *rc::gen::inRange<std::size_t>(0, 3);
  const auto v = *rc::gen::inRange<std::int64_t>(1, 5);
  const bool wanted = *rc::gen::arbitrary<bool>();
  std::vector<bool> failing;
  for (std::size_t i = 0; i < l.points.size(); ++i) {
    const bool left = l.size(i, a) > v;
    const bool right = l.use_ep(i) == wanted && l.size(i, b) == 1;
    failing.push_back(kind == 0   ? left && right
                      : kind == 1 ? left || right
                                  : *rc::gen::arbitrary<bool>());
  }
  if (std::ranges::find(failing, true) == failing.end()) return;
  const std::string condition = failing_condition(l.points, failing);
  if (condition == "no short condition says where" || condition == "always") return;
  RC_LOG() << condition;
  // The text is read back by the language itself.
  TinyScenario t{"", "y = x", "y = x",
                 "axes = ['dp', 'ep', 'tp'], dp = [1, 2, 4], ep = [1, 2, 4], tp = [1, 2, 4], "
                 "ranks = 64, world = 'dp * tp', where = '" +
                     condition + "'"};
  t.more = "switch = { use_ep = [false, true] }\nsizes = { tokens = 6 }";
  Diagnostics diagnostics;
  const Scenario chosen = loaded(t);
  const Sweep there = sweep(chosen, {}, diagnostics);
  std::vector<bool> truth;
  const Sweep all = sweep(l.scenario, {}, diagnostics);
  for (const Configuration& c : all.configurations) {
    truth.push_back(std::ranges::find(there.configurations, c) != there.configurations.end());
  }
  RC_ASSERT(truth == failing);
}

}  // namespace
}  // namespace reducecheck
