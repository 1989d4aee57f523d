// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/session.hpp"

#include "sim/profile/phase.hpp"
#include "sim/prove/beside_sweep.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/model_source.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
void check_loaded(const LoadedScenario& loaded, const CheckRequest& request, Session& session,
                  Console& console) {
  CheckOptions options = request.options;
  if (options.shape == Shape::full) {
    auto sizes = model_sizes(loaded.scenario, request.model, console);
    if (!sizes) {
      session.input_failed = true;
      return;
    }
    options.model_sizes = std::move(*sizes);
  }
  if (!request.quiet) options.progress = progress_line(one_line(loaded.scenario.file));
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(loaded.scenario, options, diagnostics);
  if (options.progress) clear_progress_line();
  const bool provable = options.shape == Shape::toy && !options.tokens && diagnostics.empty();
  if (request.proves && provable) {
    const InPhase phase(Phase::proving);
    prove_beside_sweep(loaded.scenario, options.seed, result);
  }
  if (!diagnostics.empty()) {
    console.note(render(diagnostics, loaded.scenario.file, loaded.text));
    session.input_failed = true;
    // Nothing was judged: an empty table would look like a result.
    if (result.cells.empty()) return;
  }
  session.report.scenarios.push_back(std::move(result));
  session.scenarios.push_back(loaded.scenario);
  session.options.push_back(std::move(options));
}

Session run_session(const CheckRequest& request, Console& console) {
  Session session;
  session.report.version = version_text();
  session.report.seed = request.options.seed;
  std::vector<std::string> errors;
  const std::vector<std::string> files = expand_inputs(request.inputs, errors);
  for (const std::string& error : errors) console.note(error + '\n');
  session.input_failed = !errors.empty();
  for (const std::string& file : files) {
    const std::optional<LoadedScenario> loaded = load_file(file, console);
    if (loaded) {
      check_loaded(*loaded, request, session, console);
    } else {
      session.input_failed = true;
    }
  }
  return session;
}

int status_of(const Session& session) {
  if (session.input_failed) return ExitStatus::usage;
  const Totals sum = totals(session.report);
  if (sum.unexpected + sum.undecided + sum.beyond_rounding > 0) return ExitStatus::unexpected;
  return sum.cells == 0 ? ExitStatus::skipped : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
