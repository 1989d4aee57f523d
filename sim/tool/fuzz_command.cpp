// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "scenarios/frame/print.hpp"
#include "sim/fuzz/fuzz.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/output_file.hpp"
#include "sim/tool/save_failures.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

constexpr std::int64_t default_ranks = 6;

/// What a replay must say beside the seed; or empty.
std::string ranks_text(std::int64_t ranks) {
  return ranks == default_ranks ? "" : fmt::format(" --up-to-ranks {}", ranks);
}

std::string cells_text(const ProgramComparison& cells) {
  const double share = cells.cells == 0 ? 0
                                        : 100 * static_cast<double>(cells.undecided) /
                                              static_cast<double>(cells.cells);
  return fmt::format(
      "{}: {} right, {} wrong, {} also modulo 2^64; the prover is undecided in {} ({:.2f} %); {} "
      "without a meaning\n",
      counted(cells.cells, "cell"), cells.right, cells.wrong, cells.modulo_64, cells.undecided,
      share, counted(cells.meaningless, "layout"));
}

/// Writes the scenario and says how to run it again.
std::string saved_text(const FuzzFinding& finding, const CheckRequest& request, Console& console) {
  std::string text =
      fmt::format("\ndisagreement in program {}: {}\n", finding.program, finding.sentence);
  if (!request.save_directory) return text + print_scenario(finding.scenario);
  const std::string file = (std::filesystem::path(*request.save_directory) /
                            fmt::format("fuzz-{}-{}.toml", request.options.seed, finding.program))
                               .string();
  std::error_code error;
  std::filesystem::create_directories(*request.save_directory, error);
  const std::string reason =
      error ? error.message() : write_file(file, print_scenario(finding.scenario));
  if (!reason.empty()) {
    console.note(fmt::format("reducecheck: cannot write `{}`: {}\n", one_line(file), reason));
    return text + print_scenario(finding.scenario);
  }
  return text + fmt::format("  saved:  {}\n  replay: reducecheck fuzz {} --seed {}{}\n",
                            one_line(file), shell_quoted(file), request.options.seed,
                            ranks_text(request.options.up_to_ranks.value_or(default_ranks)));
}

/// The first option of the words that means nothing where files are compared; or empty.
std::string of_random_programs(const std::vector<std::string>& words) {
  for (const char* option : {"--for", "--programs", "--save-failures", "--threads"}) {
    for (const std::string& word : words) {
      if (word.substr(0, word.find('=')) == option) return option;
    }
  }
  return "";
}

/// The programs of files instead of random ones.
int compare_files(const CheckRequest& request, Console& console) {
  std::vector<std::string> errors;
  const std::vector<std::string> files = expand_inputs(request.inputs, errors);
  for (const std::string& error : errors) console.note(error + '\n');
  bool failed = !errors.empty();
  bool disagree = false;
  for (const std::string& file : files) {
    const std::optional<LoadedScenario> loaded = load_file(file, console);
    if (!loaded) {
      failed = true;
      continue;
    }
    for (const Variant& variant : loaded->scenario.variants) {
      Scenario one = loaded->scenario;
      one.variants = {variant};
      const ProgramComparison cells =
          compare_program(one, request.options.seed,
                          request.options.up_to_ranks.value_or(default_ranks), proved_verdicts);
      console.result(fmt::format("{}: {}: {}", one_line(file), variant.name, cells_text(cells)));
      if (!cells.disagreement) continue;
      disagree = true;
      console.result("  disagreement: " + cells.disagreement->sentence + '\n');
    }
  }
  if (failed) return ExitStatus::usage;
  return disagree ? ExitStatus::unexpected : ExitStatus::as_expected;
}

}  // namespace

int run_fuzz(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  const std::optional<CheckRequest> request = request_of("fuzz", words, console, status);
  if (!request) return status;
  const std::string random_only = request->inputs.empty() ? "" : of_random_programs(words);
  if (!random_only.empty()) {
    return usage_error(
        console, "fuzz",
        fmt::format("`{}` is for random programs; a FILE is compared once, as it is", random_only));
  }
  console.result(banner_text(request->options.seed) + '\n');
  if (!request->inputs.empty()) return compare_files(*request, console);
  FuzzOptions options;
  options.seed = request->options.seed;
  options.threads = request->options.threads;
  options.programs = request->programs;
  options.seconds = request->seconds.value_or(options.seconds);
  options.ranks = request->options.up_to_ranks.value_or(default_ranks);
  options.progress = progress_line(options.programs ? "programs" : "seconds");
  const FuzzResult result = fuzz_programs(options);
  if (options.progress) clear_progress_line();
  console.result(fmt::format("{}: {} right in every layout, {} on which two disagree\n",
                             counted(result.programs, "program"), result.right_programs,
                             result.disagreements) +
                 cells_text(result.cells));
  for (const FuzzFinding& finding : result.findings) {
    console.result(saved_text(finding, *request, console));
  }
  console.result(fmt::format("\nseed {}; replay: reducecheck fuzz --programs {} --seed {}{}\n",
                             options.seed, result.programs, options.seed,
                             ranks_text(options.ranks)));
  return result.disagreements > 0 ? ExitStatus::unexpected : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
