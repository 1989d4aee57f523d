// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/session.hpp"

#include <fmt/format.h>

#include "scenarios/models/model.hpp"
#include "sim/prove/beside_sweep.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/model_source.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

/// The sizes of `--shape full`, or false after an error was written.
bool add_model_sizes(const Scenario& scenario, const CheckRequest& request, CheckOptions& options,
                     Console& console) {
  if (options.shape != Shape::full) return true;
  const std::string& name = request.model.empty() ? scenario.model : request.model;
  if (name.empty()) {
    console.note(
        fmt::format("{}: error: `--shape full` needs a model: the scenario names none; "
                    "add `--model NAME`, one of {}\n",
                    one_line(scenario.file), model_names()));
    return false;
  }
  const ModelSource source = find_model_source(name);
  for (const std::string& error : source.errors) {
    console.note(fmt::format("{}: error: {}\n", one_line(name), error));
  }
  if (!source.errors.empty()) return false;
  options.model_sizes = language_sizes(source.shape);
  return true;
}

}  // namespace

void check_loaded(const LoadedScenario& loaded, const CheckRequest& request, Session& session,
                  Console& console) {
  CheckOptions options = request.options;
  if (!add_model_sizes(loaded.scenario, request, options, console)) {
    session.input_failed = true;
    return;
  }
  if (!request.quiet) options.progress = progress_line(one_line(loaded.scenario.file));
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(loaded.scenario, options, diagnostics);
  if (options.progress) clear_progress_line();
  const bool provable = options.shape == Shape::toy && !options.tokens && diagnostics.empty();
  if (request.proves && provable) prove_beside_sweep(loaded.scenario, options.seed, result);
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
  if (sum.unexpected + sum.undecided > 0) return ExitStatus::unexpected;
  return sum.cells == 0 ? ExitStatus::skipped : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
