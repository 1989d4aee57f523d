// SPDX-License-Identifier: Apache-2.0
#include "real/parity/run_parity.hpp"

#include <fmt/format.h>

#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

const Step& executed(const Plan& plan, const Execution& one) {
  return plan.steps[static_cast<std::size_t>(one.step)];
}

const PlanValue& shape(const Plan& plan, int value) {
  return plan.values[static_cast<std::size_t>(value)];
}

std::size_t size_of(const PlanValue& value) {
  return static_cast<std::size_t>(value.rows) * static_cast<std::size_t>(value.width);
}

std::string shown(bool integer, ElementType type, std::uint64_t encoding) {
  if (integer || type == ElementType::mod64) return fmt::format("{}", encoding);
  return fmt::format("{:0{}x} ({})", encoding, 2 * facts(type).bytes, decode(type, encoding));
}

class Comparison {
 public:
  Comparison(const Plan& plan, const Run& run, ElementType type, const Simulation& simulation)
      : plan_(plan), run_(run), type_(type), simulation_(simulation) {}

  void rank(int number, const std::vector<std::uint64_t>& record) {
    const auto& executions = run_.executions[static_cast<std::size_t>(number)];
    for (std::size_t i = 0; i < executions.size(); ++i) step(number, executions[i], i, record[i]);
    std::size_t at = executions.size();
    for (std::size_t output = 0; output < run_.outputs.size(); ++output) {
      const int value = run_.outputs[output][static_cast<std::size_t>(number)];
      if (value < 0) continue;
      elements(number, plan_.output_names[output], value, record.data() + at);
      at += size_of(shape(plan_, value));
    }
  }

  RunParity take() { return std::move(parity_); }

 private:
  void step(int number, const Execution& one, std::size_t place, std::uint64_t theirs) {
    const Step& step = executed(plan_, one);
    ++parity_.steps;
    if (step.kind >= StepKind::all_reduce_sum) ++parity_.collectives;
    std::uint64_t ours = 0;
    for (const int value : values_left_on(step, number)) {
      ours = record_digest(ours, shape(plan_, value).integer, type_, simulation_.value(value));
    }
    if (ours == theirs) return;
    ++parity_.different_steps;
    if (parity_.different_steps > 1 && place >= earliest_) return;
    earliest_ = place;
    parity_.first = fmt::format("rank {}, step {}: {} at {}:{}", number, place,
                                printable(step.text), step.at.line, step.at.column);
  }

  void elements(int number, const std::string& name, int value, const std::uint64_t* got) {
    const PlanValue& of = shape(plan_, value);
    const std::vector<std::uint64_t> expected = simulation_.value(value);
    parity_.elements += expected.size();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const bool nan = !of.integer && is_nan(type_, expected[i]) && is_nan(type_, got[i]);
      if (nan || expected[i] == got[i]) continue;
      if (parity_.different_elements++ > 0) continue;
      const auto width = static_cast<std::size_t>(of.width);
      parity_.first_element =
          fmt::format("{}[{}, {}] on rank {}: the simulator has {}, the rank {}", printable(name),
                      i / width, i % width, number, shown(of.integer, type_, expected[i]),
                      shown(of.integer, type_, got[i]));
    }
  }

  const Plan& plan_;
  const Run& run_;
  ElementType type_;
  const Simulation& simulation_;
  RunParity parity_;
  std::size_t earliest_ = 0;
};

}  // namespace

RunParity compare_run(const Plan& plan, const Run& run, ElementType type,
                      const Simulation& simulation,
                      const std::vector<std::vector<std::uint64_t>>& records) {
  Comparison comparison(plan, run, type, simulation);
  for (std::size_t r = 0; r < records.size(); ++r) {
    comparison.rank(static_cast<int>(r), records[r]);
  }
  return comparison.take();
}

}  // namespace reducecheck::real
