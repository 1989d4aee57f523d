// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/report/table.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/inputs.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {

int run_replay(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  std::optional<CheckRequest> request = request_of("replay", words, console, status);
  if (!request) return status;
  if (request->inputs.size() != 1) return usage_error(console, "replay", "exactly one FILE");
  const std::string& file = request->inputs.front();
  const std::optional<LoadedScenario> loaded = load_file(file, console);
  if (!loaded) return ExitStatus::usage;
  const std::optional<Replay>& replay = loaded->scenario.replay;
  if (!replay) {
    return usage_error(
        console, "replay",
        fmt::format("`{}` has no [replay]; use `reducecheck check`", one_line(file)));
  }
  request->options.seed = replay->seed;
  request->options.variants = {replay->variant};
  const std::string banner = banner_text(replay->seed);
  if (!request->quiet) console.result(banner);
  Session session;
  session.report.version = version_text();
  session.report.seed = replay->seed;
  check_loaded(*loaded, *request, session, console);
  write_reports(*request, session, console);
  status = status_of(session);
  if (request->quiet && status == ExitStatus::as_expected) return status;
  std::string text = request->quiet ? banner : "";
  for (const ScenarioResult& result : session.report.scenarios) {
    text += '\n' + scenario_text(result, text_options(*request, console));
  }
  console.result(text + '\n' + totals_text(session.report));
  return status;
}

}  // namespace reducecheck::tool
