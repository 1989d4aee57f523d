// SPDX-License-Identifier: Apache-2.0
// Bytes as a straight-line program: what the prover says of a layout is what an exact run there
// shows, or nothing.
#include <algorithm>

#include "props/faults.hpp"
#include "props/fuzz/target.hpp"
#include "props/layer_generator.hpp"
#include "props/prover_agreement.hpp"
#include "props/prover_program.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::fuzz {
namespace {

/// Takes numbers off the front of the bytes; where none is left, 0.
class Numbers {
 public:
  Numbers(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  int below(int end) {
    if (left_ == 0) return 0;
    --left_;
    return *data_++ % end;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

props::StraightLine line_in(Numbers numbers) {
  props::StraightLine line;
  line.axes = 1 + numbers.below(3);
  line.input = numbers.below(6);
  line.assume = numbers.below(3);
  for (props::LineStep& step : line.steps) {
    step.kind = numbers.below(28);
    step.from = numbers.below(12);
    step.other = numbers.below(12);
    step.group = numbers.below(12);
    step.detail = numbers.below(60);
    // Odd steps are few where all numbers are drawn alike: most programs are right.
    step.odd = numbers.below(7);
  }
  return line;
}

/// With the bug planted, the exact run is that of another program, without the first collective
/// that can be dropped: as if the prover had overlooked it.
Variant run_instead(const Scenario& scenario, const Variant& variant) {
  const auto all = props::faults(variant.program, props::group_names(scenario));
  const auto dropped =
      std::ranges::find(all, props::FaultKind::drop_collective, &props::Fault::kind);
  if (!planted || dropped == all.end()) return variant;
  return props::with_program(scenario, variant, props::plant(variant.program, *dropped))
      .variants.front();
}

std::string disagreement(const Scenario& drawn) {
  const Variant& text = *prove::variants_of(drawn).front();
  const Scenario scenario = props::with_program(drawn, text, props::whole_program(drawn, text));
  const Variant& variant = scenario.variants.front();
  const std::int64_t ranks = scenario.axes.size() > 1 ? 4 : 6;
  const auto found = props::compared(scenario, variant, run_instead(scenario, variant),
                                     props::configurations(scenario, ranks));
  return found.disagreements.empty() ? "" : found.disagreements.front();
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck;
  const std::string text = props::scenario_text(fuzz::line_in({data, size}));
  const std::string found = fuzz::disagreement(props::loaded(text));
  fuzz::require(found.empty(), found + '\n' + text);
  return 0;
}
