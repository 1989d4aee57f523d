// SPDX-License-Identifier: Apache-2.0
// Scenario files: each is refused in words that name a place in it, or is a scenario that comes
// back equal when it is printed and loaded again.
#include "props/fuzz/target.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"

namespace reducecheck::fuzz {
namespace {

/// The planted printer forgets the aliases.
std::string printed(const Scenario& scenario) {
  std::string text = print_scenario(scenario);
  const std::size_t begin = planted ? text.find("\n[alias]\n") : text.npos;
  if (begin != text.npos) text.erase(begin, text.find("\n\n", begin) - begin);
  return text;
}

void require_refused_in_words(const Diagnostics& diagnostics, std::string_view text) {
  for (const Diagnostic& error : diagnostics.sorted()) {
    require(error.at.line == 0 || error.at.column > 0, "an error without a column");
    require(error.at.line <= text.size() + 1, "an error behind the end of the file");
    require(!error.message.empty(), "an error without a sentence");
  }
  const std::string told = render(diagnostics, "a.toml", text);
  require(told.starts_with("a.toml:") && told.find("error: ") != told.npos,
          "a message that does not name the file");
  require_printable(told);
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck;
  const std::string_view text = fuzz::text_of(data, size);
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text, "a.toml", diagnostics);
  fuzz::require(scenario.has_value() == diagnostics.empty(), "a scenario and errors, or neither");
  if (!scenario) {
    fuzz::require_refused_in_words(diagnostics, text);
    return 0;
  }
  Diagnostics none;
  const auto back = load_scenario(fuzz::printed(*scenario), "a.toml", none);
  fuzz::require(back.has_value(), "a scenario is printed as what does not load");
  fuzz::require(*back == *scenario, "a scenario is printed as another one");
  return 0;
}
