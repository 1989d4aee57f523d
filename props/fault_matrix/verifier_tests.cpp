// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "props/fault_matrix/verifier.hpp"
#include "props/fault_matrix/wires.hpp"
#include "props/oracle_compare.hpp"
#include "real/execute/record.hpp"
#include "real/parity/patterns.hpp"
#include "real/parity/prediction.hpp"
#include "sim/certify/rounding_judge.hpp"
#include "sim/order/orders.hpp"
#include "sim/report/json.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;

double certified_bound(const SumSteps& steps, const Operands& operands) {
  std::vector<const float*> leaves;
  for (const float& x : operands) leaves.push_back(&x);
  float value = 0;
  double certified = 0;
  SumReplay(steps).run(leaves, 1, {&value, 1}, {&certified, 1});
  return certified;
}

/// A layer that fits the configuration's number of ranks in a small way.
props::LayerSpec layer_at(const Setting& at) {
  props::LayerSpec spec;
  spec.tp = std::min(at.tp, 2);
  spec.ep = std::min(at.ep, 2);
  spec.branches = props::Branches::both;
  spec.bias = props::Bias::after_the_sum;
  return spec;
}

std::string bound_of_each_step(const Verifier& verifier, const Setting& at) {
  const SumSteps steps = steps_at(at);
  for (int kind = 0; kind < operand_kinds; ++kind) {
    const Operands operands = hard_operands(at.format, kind, at.ranks(), at.seed);
    const double claimed = verifier.bound(steps, operands);
    if (!(claimed < std::numeric_limits<double>::infinity())) continue;
    const std::string fault = bound_fault(steps, operands, claimed);
    if (!fault.empty()) return fault;
  }
  return "";
}

/// A result that is three bounds off is no rounding.
std::string bound_of_a_defect(const Verifier& verifier, const Setting& at) {
  const SumSteps steps = steps_at(at);
  const Operands operands = hard_operands(at.format, 0, at.ranks(), at.seed);
  const double right = Verifier().bound(steps, operands);
  const float sum = steps.steps.empty() ? operands.front() : step_values(steps, operands).back();
  const float wrong = widen(at.format, round_to(at.format, sum + static_cast<float>(4 * right)));
  const double allowed = verifier.bound(steps, operands);
  std::vector<const float*> leaves;
  for (const float& x : operands) leaves.push_back(&x);
  RoundingJudge judge;
  judge.judge({leaves, 1, &sum, &wrong, &allowed, &allowed, 0, 0});
  const RoundingVerdict verdict = judge.report().verdict;
  const bool said = wrong == sum || verdict == RoundingVerdict::defect;
  return said ? "" : fmt::format("{} off is called {}", 4 * right, spelling(verdict));
}

std::string judge_of_a_fault(const Verifier& verifier, const Setting& at) {
  const props::LayerSpec spec = layer_at(at);
  for (const props::Fault& fault : props::layer_faults(spec)) {
    if (!props::verdict_follows_meaning(spec, fault, verifier.simulator)) {
      return fmt::format("{} is not judged by what it does", fault.name);
    }
  }
  return "";
}

/// The canary: a program that is wrong on every rank must be called so.
std::string judge_of_the_canary(const Verifier& verifier, const Setting& at) {
  const Scenario scenario = props::scenario_of(layer_at(at));
  Plan plan = props::first_plan(scenario);
  for (int& value : plan.variants[0].outputs[0]) {
    // Something of the same shape that is not the output: the input.
    for (std::size_t v = 0; v < plan.values.size(); ++v) {
      const PlanValue& shape = plan.values[v];
      const PlanValue& wanted = plan.values[static_cast<std::size_t>(value)];
      const bool input = plan.steps[static_cast<std::size_t>(shape.step)].kind == StepKind::input;
      if (!input || shape.rows != wanted.rows || shape.width != wanted.width) continue;
      value = static_cast<int>(v);
      break;
    }
  }
  return verifier.simulator.holds(plan, at.seed) ? "the canary is called right" : "";
}

std::vector<std::uint64_t> elements_at(const Setting& at) {
  const ElementType type = type_of(at.format);
  const Bytes bytes = real::pattern_elements(real::Pattern::spread, type, at.seed, 0, 40);
  std::vector<std::uint64_t> elements;
  for (std::size_t i = 0; i < 40; ++i) elements.push_back(real::load(type, bytes.data(), i));
  return elements;
}

std::string digest_of_each_element(const Verifier& verifier, const Setting& at) {
  const std::vector<std::uint64_t> right = elements_at(at);
  const std::uint64_t digest = verifier.digest(at.seed, type_of(at.format), right);
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::vector<std::uint64_t> other = right;
    other[i] ^= 1;
    if (verifier.digest(at.seed, type_of(at.format), other) == digest) {
      return fmt::format("element {} of {} is not in the digest", i, right.size());
    }
  }
  return "";
}

/// A buffer and its beginning are not the same.
std::string digest_of_the_beginning(const Verifier& verifier, const Setting& at) {
  std::vector<std::uint64_t> all = elements_at(at);
  all.insert(all.end(), all.begin(), all.end());
  const std::vector<std::uint64_t> begin(all.begin(), all.begin() + 40);
  std::vector<std::uint64_t> more = all;
  more.push_back(0);
  const ElementType type = type_of(at.format);
  const std::uint64_t digest = verifier.digest(at.seed, type, all);
  const bool other = digest != verifier.digest(at.seed, type, begin) &&
                     digest != verifier.digest(at.seed, type, more);
  return other ? "" : "another length has the same digest";
}

Bytes one_element(ElementType type, float value) {
  Bytes bytes(real::facts(type).bytes);
  real::store(type, bytes.data(), 0, real::encode(type, value));
  return bytes;
}

std::string comparator_of_pairs(const Verifier& verifier, const Setting& at) {
  const ElementType type = type_of(at.format);
  const Bytes nan = one_element(type, std::numeric_limits<float>::quiet_NaN());
  for (const float number : {0.0F, 1.0F, -2.0F, std::numeric_limits<float>::infinity()}) {
    const Bytes other = one_element(type, number);
    if (verifier.different(type, nan, other) != 1 || verifier.different(type, other, nan) != 1) {
      return fmt::format("NaN and {} are the same", number);
    }
  }
  return verifier.different(type, nan, nan) == 0 ? "" : "NaN is not NaN";
}

/// Against a second comparator, on adversarial elements of two ranks.
std::string comparator_of_patterns(const Verifier& verifier, const Setting& at) {
  const ElementType type = type_of(at.format);
  constexpr std::size_t count = 700;
  const Bytes a = real::pattern_elements(real::Pattern::adversarial, type, at.seed, 0, count);
  const Bytes b = real::pattern_elements(real::Pattern::adversarial, type, at.seed, 1, count);
  std::size_t different = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float x = real::decode(type, real::load(type, a.data(), i));
    const float y = real::decode(type, real::load(type, b.data(), i));
    const bool same_number = x == y && std::signbit(x) == std::signbit(y);
    if (!same_number && !(x != x && y != y)) ++different;
  }
  const std::size_t said = verifier.different(type, a, b);
  return said == different ? "" : fmt::format("{} differ, and {} are said to", different, said);
}

std::string seed_changes_contents(const Verifier& verifier, const Setting& at) {
  const Plan plan = props::first_plan(props::scenario_of(layer_at(at)));
  const auto rows = [&](std::uint64_t seed) {
    return props::rows_by_rank<Prime>(plan, plan.variants[0], verifier.seed(seed));
  };
  return rows(at.seed) == rows(at.seed + 1) ? "two seeds give the same contents" : "";
}

std::string seed_of_the_oracle(const Verifier& verifier, const Setting& at) {
  const Scenario scenario = props::scenario_of(layer_at(at));
  const Scope scope(scenario, oracle::configurations(scenario, 8).at(0));
  const Plan plan = oracle::plan_of(scope);
  for (const std::uint64_t seed : {at.seed + 1, at.seed + 2}) {
    oracle::Question question = oracle::question_in(scope, seed, oracle::Domain::prime);
    const auto expected = oracle::evaluate_reference(scenario, question);
    Interpreter<Prime> interpreter;
    interpreter.load(plan);
    interpreter.run(verifier.seed(seed));
    const std::uint64_t got = interpreter.numbers(plan.reference.outputs[0][0])[0];
    if (got != expected.at(plan.output_names[0])[0][0]) {
      return fmt::format("seed {} gives other contents than it means", seed);
    }
  }
  return "";
}

ResultFile report_at(const Setting& at) {
  ResultFile report;
  report.seed = at.seed;
  report.scenarios = {props::judged(props::scenario_of(layer_at(at)), at.seed)};
  return report;
}

std::string file_is_whole(const Verifier& verifier, const Setting& at) {
  return nlohmann::json::accept(verifier.file(report_at(at))) ? "" : "the file is no JSON";
}

std::string file_ends_with_its_sum(const Verifier& verifier, const Setting& at) {
  const std::string text = verifier.file(report_at(at));
  return text.find("\"summary\"") == std::string::npos ? "the file has no summary" : "";
}

constexpr SelfTest all_tests[] = {
    {"bounds against each step", "bound", bound_of_each_step},
    {"a defect of four bounds", "bound", bound_of_a_defect},
    {"law: a verdict follows the meaning", "judge", judge_of_a_fault},
    {"canary of the judge", "judge", judge_of_the_canary},
    {"every element is in the digest", "digest", digest_of_each_element},
    {"other lengths", "digest", digest_of_the_beginning},
    {"pairs with a NaN", "comparator", comparator_of_pairs},
    {"a second comparator", "comparator", comparator_of_patterns},
    {"two seeds", "seed", seed_changes_contents},
    {"third oracle", "seed", seed_of_the_oracle},
    {"the file is JSON", "result file", file_is_whole},
    {"the file has its summary", "result file", file_ends_with_its_sum},
};

}  // namespace

Verifier::Verifier()
    : bound(certified_bound),
      digest([](std::uint64_t before, ElementType type, const std::vector<std::uint64_t>& all) {
        return real::record_digest(before, false, type, all);
      }),
      different([](ElementType type, const Bytes& a, const Bytes& b) {
        return real::mismatches(type, a, b).count;
      }),
      seed([](std::uint64_t asked) { return asked; }),
      file(json_report) {}

std::span<const SelfTest> self_tests() {
  return all_tests;
}

SumSteps steps_at(const Setting& at) {
  const MadeOrder made = make_order(
      at.order(), {.count = 64, .ranks = at.ranks(), .format = at.format, .settings = {}});
  return steps_of(made.order.value().trees.front(), made.order->rounding, at.format);
}

}  // namespace reducecheck::matrix
