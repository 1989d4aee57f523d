// SPDX-License-Identifier: Apache-2.0
// Tables of wrong programs: a text, and the one error that it must give.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/program/parser.hpp"

namespace reducecheck {

struct Case {
  std::string text;
  Position at;
  std::string message;
  std::string hint;
};

inline std::string only_error(const std::string& text) {
  Diagnostics diagnostics;
  parse_program(text, {1, 1}, diagnostics);
  return render(diagnostics, "text", text);
}

inline std::string expected_error(const Case& c) {
  Diagnostics diagnostics;
  diagnostics.error(c.at, c.message, c.hint);
  return render(diagnostics, "text", c.text);
}

inline void expect_errors(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(only_error(c.text), expected_error(c)) << c.text;
}

}  // namespace reducecheck
