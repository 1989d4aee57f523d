// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/command_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/html.hpp"
#include "sim/report/json.hpp"
#include "sim/report/junit.hpp"
#include "sim/report/table.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/output_file.hpp"
#include "sim/tool/save_failures.hpp"

namespace reducecheck::tool {
namespace {

bool is_unexpected(const CellGroup& group) {
  return !group.as_expected() || group.verdict == Verdict::undecided;
}

}  // namespace

void say(const std::vector<std::string>& lines, Console& console) {
  for (const std::string& line : lines) console.note(line + '\n');
}

bool write_report(const std::string& file, const std::string& text, Console& console) {
  if (file == "-") {
    console.report(text);
    return true;
  }
  const std::string reason = write_file(file, text);
  if (reason.empty()) return true;
  console.note(fmt::format("reducecheck: cannot write `{}`: {}\n", one_line(file), reason));
  return false;
}

bool has_variant(const Scenario& scenario, const std::string& name, Console& console) {
  std::vector<std::string> names;
  for (const Variant& variant : scenario.variants) names.push_back(variant.name);
  if (names.empty()) names.emplace_back("program");
  if (std::ranges::find(names, name) != names.end()) return true;
  console.note(fmt::format("{}: error: no variant `{}`; variants: {}\n", one_line(scenario.file),
                           one_line(name), fmt::join(names, ", ")));
  return false;
}

std::optional<CheckRequest> request_of(const char* command, const std::vector<std::string>& words,
                                       Console& console, int& status) {
  const Command& spec = command_named(command);
  Arguments arguments;
  CheckRequest request;
  UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (message.empty() && arguments.has("help")) {
    console.result(command_help(spec));
    status = ExitStatus::as_expected;
    return std::nullopt;
  }
  if (message.empty()) message = read_request(arguments, request);
  if (!message.empty()) {
    status = usage_error(console, command, one_line(message));
    return std::nullopt;
  }
  console.set_colour(request.colour);
  if (request.json == "-" || request.junit == "-" || request.html == "-") {
    console.results_to_stderr();
  }
  return request;
}

void write_reports(const CheckRequest& request, Session& session, Console& console) {
  const Report& report = session.report;
  bool written = true;
  if (request.json) written = write_report(*request.json, json_report(report), console);
  if (request.junit) {
    written = write_report(*request.junit, junit_report(report), console) && written;
  }
  if (request.html) written = write_report(*request.html, html_report(report), console) && written;
  if (!written) session.input_failed = true;
}

std::string unexpected_text(const Session& session, const CheckRequest& request, Console& console,
                            bool with_findings) {
  std::string text;
  for (std::size_t i = 0; i < session.report.scenarios.size(); ++i) {
    const ScenarioResult& result = session.report.scenarios[i];
    for (const CellGroup& group : group_cells(result)) {
      if (!is_unexpected(group)) continue;
      if (with_findings) {
        text += fmt::format("\n{}: ", one_line(result.file)) +
                finding_text(result, group, text_options(request, console));
      } else {
        text += fmt::format("\n{}:\n", group.variant);
      }
      text += save_failure(session, i, group, request, console);
    }
  }
  return text;
}

TextOptions text_options(const CheckRequest& request, const Console& console) {
  return {console.colour(), request.verbose};
}

}  // namespace reducecheck::tool
