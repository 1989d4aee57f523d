// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase.hpp"
#include "sim/report/table.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

/// The tables; for several scenarios the blocks of their findings come with unexpected_text.
std::string tables_text(const Report& report, TextOptions options) {
  if (report.scenarios.size() == 1) return '\n' + scenario_text(report.scenarios.front(), options);
  std::string text = '\n' + overview_text(report, options);
  if (!options.verbose) return text;
  for (const ScenarioResult& result : report.scenarios) {
    text += '\n' + scenario_text(result, options);
  }
  return text;
}

/// Tables, reports and findings; the exit status.
int tell(const CheckRequest& request, Session& session, const std::string& banner,
         Console& console) {
  const InPhase phase(Phase::reporting);
  const Report& report = session.report;
  const bool brief = request.summary || request.quiet;
  if (!brief && !report.scenarios.empty()) {
    console.result(tables_text(report, text_options(request, console)));
  }
  const bool with_findings = brief || report.scenarios.size() != 1;
  const std::string unexpected = unexpected_text(session, request, console, with_findings);
  write_reports(request, session, console);
  const int status = status_of(session);
  if (request.quiet && status == ExitStatus::as_expected) return status;
  if (request.quiet) console.result(banner);
  console.result(unexpected + '\n' + totals_text(report));
  if (status == ExitStatus::skipped) console.result("skipped: no layout is left to check (77)\n");
  return status;
}

}  // namespace

int run_check(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  std::optional<CheckRequest> request = request_of("check", words, console, status);
  if (!request) return status;
  request->proves = true;
  if (request->profile) start_profile();
  if (request->inputs.empty()) return usage_error(console, "check", "no FILE given");
  const std::string banner = banner_text(request->options.seed);
  if (!request->quiet) console.result(banner);
  Session session = run_session(*request, console);
  status = tell(*request, session, banner, console);
  if (request->profile) console.result('\n' + profile_text());
  return status;
}

}  // namespace reducecheck::tool
