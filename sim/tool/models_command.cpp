// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenarios/models/model.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/commands.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/model_source.hpp"

namespace reducecheck::tool {
namespace {

std::string with_line_break(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

int show_model(const std::string& name, Console& console) {
  const ModelSource source = find_model_source(name);
  if (!source.errors.empty()) {
    for (const std::string& error : source.errors) {
      console.note(fmt::format("{}: error: {}\n", one_line(name), error));
    }
    return ExitStatus::usage;
  }
  console.result(with_line_break(describe(source.shape)));
  if (!source.comparison.empty()) console.result(one_line(source.comparison) + '\n');
  for (const std::string& sentence : source.assumed) {
    console.result(wrapped("assumed: " + one_line(sentence), 0));
  }
  return ExitStatus::as_expected;
}

}  // namespace

int run_models(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("models");
  Arguments arguments;
  const UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (!message.empty()) return usage_error(console, "models", one_line(message));
  if (arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (arguments.inputs.empty()) {
    console.result(with_line_break(list_models()));
    return ExitStatus::as_expected;
  }
  if (arguments.inputs.size() > 1) return usage_error(console, "models", "one NAME or FILE only");
  return show_model(arguments.inputs.front(), console);
}

}  // namespace reducecheck::tool
