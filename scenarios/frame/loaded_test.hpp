// SPDX-License-Identifier: Apache-2.0
// For tests: the scenario of a text without errors.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "scenarios/frame/load.hpp"

namespace reducecheck {

/// What `text` loads as; fails the test if it does not.
inline Scenario loaded(std::string_view text) {
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "a.toml", diagnostics);
  EXPECT_TRUE(scenario) << render(diagnostics, "a.toml", text) << text;
  return scenario.value_or(Scenario{});
}

}  // namespace reducecheck
