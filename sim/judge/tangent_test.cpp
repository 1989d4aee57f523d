// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/tangent.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/judge/coefficient.hpp"
#include "sim/judge/tangent_run.hpp"

namespace reducecheck {
namespace {

/// A plan with its numbers and tangents.
struct Explained {
  Plan plan;
  Interpreter<Prime> values;
  std::optional<TangentRun> tangents;

  explicit Explained(const TinyScenario& tiny, std::uint64_t seed = 1) : plan(unrolled(tiny)) {
    values.load(plan);
    values.run(seed);
    tangents.emplace(plan, values, seed);
  }

  [[nodiscard]] int output(int rank) const {
    return plan.variants[0].outputs[0][static_cast<std::size_t>(rank)];
  }

  /// Whether the tangents of all addends add up to the value itself.
  [[nodiscard]] bool adds_up(int value) const {
    const PlanValue& v = plan.values[static_cast<std::size_t>(value)];
    std::vector<std::uint64_t> sum(static_cast<std::size_t>(v.rows) *
                                   static_cast<std::size_t>(v.width));
    const Tangent& tangent = tangents->of(value);
    for (std::size_t i = 0; i < tangent.terms.size(); ++i) {
      for (std::size_t j = 0; j < static_cast<std::size_t>(v.width); ++j) {
        std::uint64_t& x =
            sum[static_cast<std::size_t>(tangent.terms[i].row) * static_cast<std::size_t>(v.width) +
                j];
        x = Prime::add(x, tangent.part(i)[j]);
      }
    }
    return std::equal(sum.begin(), sum.end(), values.numbers(value));
  }

  /// The names of the sources whose addends have a term in the value.
  [[nodiscard]] std::set<std::string> sources(int value) const {
    std::set<std::string> names;
    for (const auto& [addend, history] : tangents->of(value).history) {
      names.insert(plan.sources[static_cast<std::size_t>(tangents->addend(addend).source)].name);
    }
    return names;
  }

  /// The coefficients other than 1 in the first output, each as `name: coefficient`, without
  /// repetition.
  [[nodiscard]] std::set<std::string> coefficients() const {
    const auto wrong = wrong_outputs(plan, plan.variants[0], values);
    if (wrong.empty()) return {};
    const Consumer consumer = find_consumer(plan, plan.variants[0], values, wrong);
    std::set<std::string> lines;
    for (const Observation& o : read_coefficients(plan, *tangents, consumer, 0).wrong) {
      const Addend& addend = tangents->addend(o.addend);
      lines.insert(plan.sources[static_cast<std::size_t>(addend.source)].name + ": " +
                   show(o.coefficient, plan));
    }
    return lines;
  }
};

using Names = std::set<std::string>;

const std::string weights =
    "w = 'mlp(inter / tp)'\nu = 'linear(hidden, hidden)'\ngate = 'linear(hidden, E)'\n"
    "experts = 'experts(E / tp, inter)'\nbias = 'vector(hidden)'\ns = 'scalar'\nt = 'table(E, "
    "hidden)'\nheld = 'table(E / tp, hidden)'";

std::set<std::string> coefficients(const std::string& reference, const std::string& distributed) {
  return Explained({weights, reference, distributed}).coefficients();
}

RC_GTEST_PROP(Tangent, OfAllLinearAddendsAddUpToTheValue, (std::uint64_t seed)) {
  static const std::vector<std::string> terms = {
      "w(x)",
      "x",
      "bias",
      "experts(x, ids, p)",
      "2 * x",
      "x / 3",
      "s * w(x)",
      "t(ids, p)",
      "all_reduce(held(ids, p), tp)",
      "cat(x[2:], x[:2])",
      "all_reduce(w(x), tp)",
      "all_reduce(x, tp, op='avg')",
      "all_gather(reduce_scatter(w(x), tp), tp)",
      "all_gather(reduce_scatter(w(x), tp, dim=cols), tp, dim=cols)",
      "broadcast(w(x), tp)",
      "pad(w(x), tokens + 2)[:tokens]",
      "sum(w(x))",
      "sum(x, rows)",
      "where(take(ids, 0) > 1, w(x), bias)",
      "where(take(ids, 1) > 1, sum(x, rows), 3 * x)",
      "all_gather(chunk(x, tp, dim=cols), tp, dim=cols)"};
  std::string sum;
  for (const std::size_t i : *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(
           rc::gen::inRange<std::size_t>(0, terms.size())))) {
    sum += (sum.empty() ? "" : " + ") + terms[i];
    if (sum.size() > 300) break;
  }
  RC_LOG() << sum;
  const Explained e({weights, "y = x", "p, ids = topk(gate(x), k)\ny = " + sum + " + x"}, seed);
  // `s * w(x)` has two addends whose tangents are each the whole product.
  if (sum.find("s *") == std::string::npos)
    RC_ASSERT(e.adds_up(e.output(0)) && e.adds_up(e.output(1)));
}

TEST(Tangent, StopsAtOpaqueFunctions) {
  const Explained e({weights, "y = x", "y = act(w(x)) + bias"});
  EXPECT_EQ(e.sources(e.output(0)), Names{"bias"});
}

TEST(Tangent, OfInputsStopsAtWeightsAndOfWeightsPassesALinear) {
  const Explained input({weights, "y = x", "y = u(x)"});
  EXPECT_EQ(input.sources(input.output(0)), Names{"u"});
  const Explained adapter({weights, "y = x", "y = u(w(x))"});
  EXPECT_EQ(adapter.sources(adapter.output(0)), (Names{"u", "w"}));
  const Explained gated({weights, "y = x", "y = w(u(x))"});
  EXPECT_EQ(gated.sources(gated.output(0)), Names{"w"});
}

TEST(Coefficients, AreThoseOfTheProgram) {
  const std::string right = "y = w(x) + x";
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x), tp) + x"), Names{});
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x) + x, tp)"), Names{"x: 2"});
  EXPECT_EQ(coefficients(right, "y = w(x) + x"), Names{"w: 0"});
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x), tp) + x / 2"), Names{"x: 1/2"});
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x), tp) + x / 4096"), Names{"x: 1/4096"});
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x), tp) - 3 * x"), Names{"x: -3"});
  EXPECT_EQ(coefficients(right, "y = all_reduce(w(x), tp, op='avg') + x"), Names{"w: 1/2"});
}

TEST(Coefficients, NamePowersOfScalars) {
  EXPECT_EQ(coefficients("y = w(x)", "y = s * all_reduce(w(x), tp)"),
            (Names{"s: foreign", "w: s"}));
  EXPECT_EQ(coefficients("y = s * w(x)", "y = s * s * all_reduce(w(x), tp)"),
            (Names{"s: 2 * s", "w: s"}));
  EXPECT_EQ(coefficients("y = s * w(x)", "y = all_reduce(w(x), tp)"), (Names{"s: 0", "w: s^-1"}));
}

TEST(Coefficients, ThatDifferByPlaceArePartlyOrUnknown) {
  const std::string z = "z = all_reduce(w(x), tp)\n";
  EXPECT_EQ(coefficients("y = w(x)", z + "y = cat(z[:2], 0 * z[2:])"), Names{"w: 0"});
  EXPECT_EQ(coefficients("y = w(x)", z + "y = cat(z[:1], 2 * z[1:2], z[2:] * 3)"), Names{"w: ?"});
  EXPECT_EQ(
      coefficients("y = w(x)", z + "y = cat(take(z, 0), 0 * take(z, 1), take(z, 2), take(z, 3), "
                                   "dim=cols)"),
      Names{"w: partly"});
}

TEST(Coefficients, OfAWeightAreThoseOfTheOnlyRowToo) {
  TinyScenario norm{"v = 'vector(hidden)'", "y = norm(x, v)", "y = norm(x, 2 * v)"};
  norm.more = "sizes = { tokens = 1 }";
  EXPECT_EQ(Explained(norm).coefficients(), (Names{"v: 2", "x: 2"}));
  TinyScenario product{"v = 'linear(hidden, hidden)'", "y = x @ v", "y = 2 * (x @ v)"};
  product.more = "sizes = { tokens = 1 }";
  EXPECT_EQ(Explained(product).coefficients(), (Names{"v: 2", "x: 2"}));
}

TEST(Coefficients, OfWhatTheReferenceLacksAreForeign) {
  EXPECT_EQ(coefficients("y = w(x)", "y = all_reduce(w(x), tp) + bias"), Names{"bias: foreign"});
}

}  // namespace
}  // namespace reducecheck
