// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/mutate/mutation_report.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

struct MutateSession {
  std::vector<MutationResult> results;
  bool input_failed = false;

  [[nodiscard]] OutcomeCounts counts() const {
    OutcomeCounts all{};
    for (const MutationResult& result : results) {
      const OutcomeCounts own = counts_of(result);
      for (std::size_t i = 0; i < all.size(); ++i) all[i] += own[i];
    }
    return all;
  }
  [[nodiscard]] bool anything() const {
    return std::ranges::any_of(results, [](const MutationResult& result) {
      return std::ranges::any_of(result.variants, [](const auto& one) { return one.wrong == 0; });
    });
  }
};

/// A variant that was asked for by name and is wrong is an error, because there is no result.
void refuse_wrong(const MutationResult& result, const CheckRequest& request, MutateSession& session,
                  Console& console) {
  for (const MutatedVariant& one : result.variants) {
    if (one.wrong == 0 || request.options.variants.empty()) continue;
    console.note(
        fmt::format("{}: error: variant `{}` is wrong in {} of {}; a program is mutated "
                    "where it holds in every layout\n",
                    one_line(result.file), one.variant, one.wrong, counted(one.layouts, "layout")));
    session.input_failed = true;
  }
}

void mutate_file(const std::string& file, const CheckRequest& request, MutateSession& session,
                 Console& console) {
  const std::optional<LoadedScenario> loaded = load_file(file, console);
  if (!loaded) {
    session.input_failed = true;
    return;
  }
  CheckOptions options = request.options;
  options.progress = progress_line(one_line(file));
  Diagnostics diagnostics;
  MutationResult result = mutate_scenario(loaded->scenario, options, request.list, diagnostics);
  if (options.progress) clear_progress_line();
  if (!diagnostics.empty()) {
    console.note(render(diagnostics, file, loaded->text));
    session.input_failed = true;
    return;
  }
  refuse_wrong(result, request, session, console);
  if (!request.summary) {
    console.result(request.list ? mutant_list(result) : mutation_text(result, request.verbose));
  } else if (!request.list) {
    console.result(fmt::format("{}: {}", one_line(file), mutation_summary(counts_of(result))));
  } else {
    std::size_t edits = 0;
    for (const MutatedVariant& variant : result.variants) edits += variant.mutants.size();
    console.result(fmt::format("{}: {}\n", one_line(file), counted(edits, "mutant")));
  }
  session.results.push_back(std::move(result));
}

}  // namespace

int run_mutate(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  const std::optional<CheckRequest> request = request_of("mutate", words, console, status);
  if (!request) return status;
  if (request->inputs.empty()) return usage_error(console, "mutate", "no FILE given");
  console.result(banner_text(request->options.seed) + '\n');
  std::vector<std::string> errors;
  MutateSession session;
  const std::vector<std::string> files = expand_inputs(request->inputs, errors);
  for (const std::string& error : errors) console.note(error + '\n');
  session.input_failed = !errors.empty();
  for (const std::string& file : files) mutate_file(file, *request, session, console);
  const bool written =
      !request->json || write_report(*request->json,
                                     mutation_json(session.results, request->list, version_text(),
                                                   request->options.seed),
                                     console);
  const OutcomeCounts counts = session.counts();
  if (!request->list) console.result('\n' + mutation_summary(counts));
  if (session.input_failed || !written) return ExitStatus::usage;
  if (!session.anything()) {
    console.result("skipped: no variant holds in every layout (77)\n");
    return ExitStatus::skipped;
  }
  const bool missed = counts[static_cast<std::size_t>(MutantOutcome::missed)] > 0;
  return missed && !request->list ? ExitStatus::unexpected : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
