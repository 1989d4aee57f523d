// SPDX-License-Identifier: Apache-2.0
// A small scenario to break in one place, and its errors as lines to compare with.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/files_test.hpp"

namespace reducecheck {

/// Twenty lines; errors below name them.
inline const std::string sound_scenario = R"toml(title  = "a shared and a routed branch"
mesh   = { axes = ["dp", "tp"], dp = [1, 2], tp = [1, 2, 4], ep = "dp * tp" }
switch = { use_ep = [false, true] }
sizes  = { L = 2 }
input  = { x = "tokens / dp, hidden" }
output = { y = "tokens / dp, hidden" }
[weights]
gate    = "linear(hidden, E)"
shared  = "mlp(inter / tp)"
[program]
reference = '''
p, ids = topk(gate(x), k)
y = shared(x) * sum(p)
'''
distributed = '''
p, ids = topk(gate(x), k)
y = all_reduce(shared(x) * sum(p), g)
'''
[variant]
fixed = "g = tp"
buggy = "g = dp"
[expect]
buggy = "wrong_group(shared) when tp > 1"
)toml";

/// The sound scenario with its one occurrence of `from` replaced.
inline std::string broken(std::string_view from, std::string_view to) {
  std::string text = sound_scenario;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "not the only one: " << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Each error as `line:column: message`, then the hint in brackets if there is one.
inline std::vector<std::string> errors_of(std::string_view text) {
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text, "a.toml", diagnostics);
  EXPECT_EQ(scenario.has_value(), diagnostics.empty());
  std::vector<std::string> lines;
  for (const Diagnostic& error : diagnostics.sorted()) {
    lines.push_back(fmt::format("{}:{}: {}", error.at.line, error.at.column, error.message));
    if (!error.hint.empty()) lines.back() += " [" + error.hint + "]";
  }
  return lines;
}

/// A scenario with the errors that it has.
struct BrokenCase {
  std::string name;
  std::string text;
  std::vector<std::string> errors;
};

inline void PrintTo(const BrokenCase& value, std::ostream* stream) {
  *stream << value.name;
}

/// The name of a parameterised test.
inline std::string case_name(const testing::TestParamInfo<BrokenCase>& info) {
  return info.param.name;
}

}  // namespace reducecheck
