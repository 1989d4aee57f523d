// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/frame/broken_scenario_test.hpp"
#include "scenarios/frame/print.hpp"
#include "scenarios/frame/scenario_generator_test.hpp"
#include "scenarios/frame/source_text.hpp"

namespace reducecheck {
namespace {

RC_GTEST_PROP(PrintProperties, WhatIsPrintedLoadsAsTheSameScenario, ()) {
  const Scenario scenario = ScenarioDraw().run();
  const std::string text = print_scenario(scenario);
  Diagnostics diagnostics;
  const auto back = load_scenario(text, "a.toml", diagnostics);
  RC_LOG(text);
  if (!back) RC_FAIL(render(diagnostics, "a.toml", text));
  RC_ASSERT(*back == scenario);
}

RC_GTEST_PROP(LoadProperties, AChangedByteGivesAScenarioOrAnError, ()) {
  std::string text = sound_scenario;
  const int changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i) {
    const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, text.size()));
    const char letter = *rc::gen::oneOf(rc::gen::elementOf(std::string("\"'[]{}=.,#\n\\ ()0aé")),
                                        rc::gen::arbitrary<char>());
    const int how = *rc::gen::inRange(0, 3);
    if (how == 0) text[static_cast<std::size_t>(at)] = letter;
    if (how == 1) text.insert(text.begin() + at, letter);
    if (how == 2) text.erase(text.begin() + at);
  }
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text, "a.toml", diagnostics);
  RC_ASSERT(scenario.has_value() == diagnostics.empty());
  const LineIndex lines(text);
  for (const Diagnostic& error : diagnostics.sorted()) {
    // Every place is one of the file, or the file as a whole.
    RC_ASSERT(error.at.line == 0 ||
              (error.at.column > 0 && error.at <= lines.position(text.size())));
  }
  if (scenario) {
    Diagnostics none;
    const auto back = load_scenario(print_scenario(*scenario), "a.toml", none);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == *scenario);
  }
}

}  // namespace
}  // namespace reducecheck
