// SPDX-License-Identifier: Apache-2.0
// Scenarios of a few lines for the tests of unrolling and judging.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"

namespace reducecheck {

/// A mesh of two axes.
inline const std::string two_by_two = "axes = ['dp', 'tp'], dp = 2, tp = 2";

/// One variant on a mesh of two ranks unless the test says otherwise.
struct TinyScenario {
  std::string weights;
  std::string reference;
  std::string distributed;
  std::string mesh = "axes = ['tp'], tp = 2";
  std::string input = "x = 'tokens, hidden'";
  std::string output = "y = 'tokens, hidden'";
  std::string more = "";  // further keys of the frame
  std::string variants = "v = ''";
  std::string expectations = "";
};

inline std::string text_of(const TinyScenario& t) {
  return fmt::format(
      "title = 't'\nsource = 'none'\nmesh = {{ {} }}\ninput = {{ {} }}\noutput = {{ {} }}\n{}\n"
      "[weights]\n{}\n[program]\nreference = '''\n{}\n'''\ndistributed = '''\n{}\n'''\n"
      "[variant]\n{}\n[expect]\n{}\n",
      t.mesh, t.input, t.output, t.more, t.weights, t.reference, t.distributed, t.variants,
      t.expectations);
}

inline Scenario loaded(const TinyScenario& tiny) {
  const std::string text = text_of(tiny);
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "tiny.toml", diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, "tiny.toml", text));
  return *scenario;
}

/// The first configuration of the scenario's sweep.
inline Configuration first_configuration(const Scenario& scenario) {
  Diagnostics diagnostics;
  const Sweep found = sweep(scenario, {}, diagnostics);
  EXPECT_FALSE(found.configurations.empty()) << render(diagnostics, "tiny.toml", "");
  return found.configurations.empty() ? Configuration{} : found.configurations[0];
}

/// The plan of all variants in the first configuration. Throws: TextError.
inline Plan unrolled(const TinyScenario& tiny) {
  const Scenario scenario = loaded(tiny);
  std::vector<const Variant*> variants;
  for (const Variant& variant : scenario.variants) variants.push_back(&variant);
  return unroll(Scope(scenario, first_configuration(scenario)), variants);
}

/// The error of unrolling: the rest of the line where it stands, the message, the hint in brackets.
inline std::string error_of(const TinyScenario& tiny) {
  const std::string text = text_of(tiny);
  try {
    unrolled(tiny);
  } catch (const TextError& error) {
    std::string line;
    if (error.at.line > 0) {
      std::size_t begin = 0;
      for (std::uint32_t i = 1; i < error.at.line; ++i) begin = text.find('\n', begin) + 1;
      line = text.substr(begin, text.find('\n', begin) - begin).substr(error.at.column - 1);
    }
    const std::string hint = error.hint.empty() ? "" : fmt::format(" [{}]", error.hint);
    return fmt::format("{} -> {}{}", line, error.what(), hint);
  }
  return "no error";
}

/// The error of a program that stands alone: what the reference does is not its matter.
inline std::string error_of(const std::string& distributed) {
  return error_of(
      {"shared = 'mlp(inter / tp)'\nother = 'mlp(inter)'\nw = 'linear(hidden, hidden)'\n"
       "gate = 'linear(hidden, E)'\nexperts = 'experts(E, inter / tp)'\n"
       "bias = 'vector(hidden)'",
       "y = x", distributed});
}

/// Rows of a value as `owner.index`, `pad`, `stained`, `garbage`, `mixed` or `any`.
inline std::string rows_of(const Plan& plan, int value) {
  std::string text;
  const PlanValue& v = plan.values[static_cast<std::size_t>(value)];
  for (const RowTag& tag : plan.tag_lists[static_cast<std::size_t>(v.tags)]) {
    if (!text.empty()) text += ' ';
    switch (tag.kind) {
      case RowTag::Kind::token: text += fmt::format("{}.{}", tag.owner, tag.index); break;
      case RowTag::Kind::broadcast: text += "any"; break;
      case RowTag::Kind::padding: text += "pad"; break;
      case RowTag::Kind::stained: text += "stained"; break;
      case RowTag::Kind::garbage: text += "garbage"; break;
      case RowTag::Kind::mixed: text += "mixed"; break;
    }
  }
  return text;
}

/// The rows of the first output of the first variant on each rank.
inline std::vector<std::string> output_rows(const TinyScenario& tiny) {
  const Plan plan = unrolled(tiny);
  std::vector<std::string> rows;
  for (const int value : plan.variants.at(0).outputs.at(0)) {
    rows.push_back(value < 0 ? "none" : rows_of(plan, value));
  }
  return rows;
}

/// `mismatched_collective over tp {1}: rank 0 waits for ...`, or an empty string.
inline std::string finding_of(const TinyScenario& tiny) {
  const Plan plan = unrolled(tiny);
  const auto& finding = plan.variants.at(0).finding;
  if (!finding) return "";
  std::string ranks;
  for (const int rank : finding->ranks)
    ranks += fmt::format("{}{}", ranks.empty() ? "" : ",", rank);
  return fmt::format("{} over {} {{{}}}: {}", finding->defect_class, finding->group, ranks,
                     finding->detail);
}

}  // namespace reducecheck
