// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/diagnose/diagnose.hpp"
#include "sim/dump/dump_folder.hpp"
#include "sim/order/orders.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/output_file.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

struct DiagnoseRequest {
  std::string directory;
  std::optional<std::string> json;
  std::optional<std::string> scenario;
  DiagnoseOptions options;
};

UsageMessage read_diagnose_request(const Arguments& arguments, DiagnoseRequest& request) {
  if (arguments.inputs.empty()) return "no DIR given";
  if (arguments.inputs.size() > 1) return "one DIR only";
  request.directory = arguments.inputs.front();
  request.json = arguments.one("json");
  request.scenario = arguments.one("scenario");
  request.options.order = arguments.one("order").value_or("");
  for (const std::string& setting : arguments.all("set")) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("`--set {}`: expected NAME=VALUE", setting);
    }
    request.options.settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  const std::string& order = request.options.order;
  if (order.empty()) {
    return request.options.settings.empty() ? "" : "`--set` without `--order`";
  }
  // Two ranks and no elements: what is wrong now is the name or a setting.
  OrderRequest smallest;
  smallest.ranks = 2;
  smallest.settings = request.options.settings;
  const bool any_ranks = find_order(order) != nullptr;
  const std::string refusal = make_order(order, smallest).refusal;
  return any_ranks && request.options.settings.empty() ? "" : refusal;
}

/// The first scenario there is goes to the file; false after an error was written.
bool write_scenario(const std::string& file, const std::vector<OutputDiagnosis>& outputs,
                    Console& console) {
  const auto found = std::ranges::find_if(
      outputs, [](const OutputDiagnosis& one) { return !one.scenario.empty(); });
  if (found == outputs.end()) {
    console.note(
        fmt::format("reducecheck: no scenario in `{}`: no defect was found that one can "
                    "say\n",
                    one_line(file)));
    return true;
  }
  const std::string refused = write_file(file, found->scenario);
  if (refused.empty()) {
    console.result(
        fmt::format("\nscenario: {}\n  reducecheck explain {}\n", one_line(file), one_line(file)));
    return true;
  }
  console.note(fmt::format("reducecheck: error: {}\n", refused));
  return false;
}

int diagnose_directory(const DiagnoseRequest& request, Console& console) {
  std::vector<std::string> errors;
  const std::optional<Dump> dump = read_dump(request.directory, errors);
  say(errors, console);
  if (!dump) return ExitStatus::usage;
  const std::vector<OutputDiagnosis> outputs = diagnose(*dump, request.options);
  if (outputs.empty()) {
    console.note(
        fmt::format("{}: error: no output in the dump; expected tensors named "
                    "`SCOPE/output/NAME`\n",
                    one_line(request.directory)));
    return ExitStatus::usage;
  }
  if (request.json &&
      !write_report(*request.json, diagnosis_json(outputs, *dump, version_text()), console)) {
    return ExitStatus::usage;
  }
  console.result(fmt::format("reducecheck {}\n\n", version_text()) +
                 diagnosis_text(outputs, *dump));
  if (request.scenario && !write_scenario(*request.scenario, outputs, console)) {
    return ExitStatus::usage;
  }
  const bool nothing = std::ranges::any_of(
      outputs, [](const OutputDiagnosis& one) { return !one.reason.empty() && one.compared == 0; });
  if (nothing) {
    const std::vector<std::string> not_finite = non_finite_tensors(*dump, request.directory);
    say(not_finite, console);
    if (!not_finite.empty()) return ExitStatus::usage;
  }
  const bool all_hold = std::ranges::all_of(
      outputs, [](const OutputDiagnosis& one) { return one.verdict == DiagnosisVerdict::holds; });
  return all_hold ? ExitStatus::as_expected : ExitStatus::unexpected;
}

}  // namespace

std::vector<OptionSpec> diagnose_options() {
  return {{"order", "NAME", "the order of the reductions (default: what the dump says, or any)"},
          {"set", "NAME=VALUE", "a setting of the order", true},
          {"json", "FILE|-", "write the diagnosis as JSON; with - the text goes to stderr"},
          {"scenario", "FILE", "write a scenario that has the first defect"},
          {"help", nullptr, "this text", false, 'h'}};
}

int run_diagnose(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("diagnose");
  Arguments arguments;
  DiagnoseRequest request;
  UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (message.empty() && arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (message.empty()) message = read_diagnose_request(arguments, request);
  if (!message.empty()) return usage_error(console, "diagnose", one_line(message));
  if (request.json == "-") console.results_to_stderr();
  return diagnose_directory(request, console);
}

}  // namespace reducecheck::tool
