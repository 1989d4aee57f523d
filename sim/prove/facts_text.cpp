// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/prove/facts.hpp"

namespace reducecheck::prove {
namespace {

std::string choice_text(const SwitchValue& value, const std::string& name) {
  if (const bool* truth = std::get_if<bool>(&value)) return (*truth ? "" : "not ") + name;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return fmt::format("{} == {}", name, *number);
  }
  return fmt::format("{} == \"{}\"", name, std::get<std::string>(value));
}

}  // namespace

std::string to_string(const Fact& fact, const Scenario& scenario, const SymbolTable& symbols) {
  const Question& question = fact.question;
  const auto compared = [&](const char* yes, const char* no) {
    return fmt::format("{} {} {}", to_string(question.left, symbols), fact.answer == 1 ? yes : no,
                       to_string(question.right, symbols));
  };
  switch (question.kind) {
    case Question::Kind::live: return question.name + (fact.answer == 1 ? " > 1" : " == 1");
    case Question::Kind::choice:
      for (const Switch& one : scenario.switches) {
        if (one.name != question.name) continue;
        return choice_text(one.values[static_cast<std::size_t>(fact.answer)], one.name);
      }
      return question.name;
    case Question::Kind::less: return compared("<", ">=");
    case Question::Kind::equal: return compared("==", "!=");
    case Question::Kind::divides: return compared("divides", "does not divide");
  }
  return {};
}

}  // namespace reducecheck::prove
