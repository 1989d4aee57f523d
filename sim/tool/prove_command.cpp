// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "sim/prove/certificate.hpp"
#include "sim/prove/prove.hpp"
#include "sim/report/proofs.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

/// Whether the file expects the variant to fail somewhere.
bool fails_by_expectation(const Scenario& scenario, const std::string& variant) {
  for (const Expectation& expectation : scenario.expectations) {
    if (expectation.variant != variant) continue;
    for (const ExpectedVerdict& verdict : expectation.verdicts) {
      if (verdict.verdict != "holds") return true;
    }
  }
  return false;
}

/// Proves the variants of one file that were asked for. Nothing if a name is unknown.
std::optional<ScenarioProofs> prove_file(const Scenario& scenario, const CheckRequest& request,
                                         Console& console) {
  std::vector<std::string> names;
  for (const Variant& variant : scenario.variants) names.push_back(variant.name);
  if (names.empty()) names.emplace_back("program");
  for (const std::string& wanted : request.options.variants) {
    if (!has_variant(scenario, wanted, console)) return std::nullopt;
  }
  ScenarioProofs result{&scenario, {}};
  ProveOptions options;
  options.seed = request.options.seed;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& wanted = request.options.variants;
    const bool asked = wanted.empty() || std::ranges::find(wanted, names[i]) != wanted.end();
    if (asked) result.proofs.push_back(prove_variant(scenario, i, options));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

/// Writes a certificate for each variant that holds; false after an error was written.
bool write_certificates(const ScenarioProofs& of, const std::string& directory, Console& console) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  for (const Proof& proof : of.proofs) {
    if (proof.verdict != Verdict::holds) continue;
    std::size_t index = 0;
    for (std::size_t i = 0; i < of.scenario->variants.size(); ++i) {
      if (of.scenario->variants[i].name == proof.variant) index = i;
    }
    const std::optional<std::string> text = certificate(*of.scenario, index);
    if (!text) continue;
    const std::filesystem::path file =
        std::filesystem::path(directory) /
        fmt::format("{}-{}.proof.json", std::filesystem::path(of.scenario->file).stem().string(),
                    proof.variant);
    if (!write_report(file.string(), *text, console)) return false;
    console.result(
        fmt::format("\ncertificate of {}: {}\n  check it: reducecheck-proof-check {} "
                    "{} {}\n",
                    proof.variant, one_line(file.string()), one_line(of.scenario->file),
                    proof.variant, one_line(file.string())));
  }
  return true;
}

struct Tally {
  std::size_t variants = 0;
  std::size_t holds = 0;
  std::size_t defects = 0;
  std::size_t undecided = 0;   // in some case
  std::size_t unexpected = 0;  // a proof against what the file expects
  double seconds = 0;

  void add(const ScenarioProofs& of) {
    seconds += of.seconds;
    for (const Proof& proof : of.proofs) {
      ++variants;
      const bool open = !proof.reason.empty() || proof.verdict == Verdict::undecided;
      if (open) ++undecided;
      if (proof.verdict == Verdict::holds) ++holds;
      if (proof.verdict == Verdict::defect) ++defects;
      const bool fails = fails_by_expectation(*of.scenario, proof.variant);
      if (proof.verdict == Verdict::holds && fails) ++unexpected;
      if (proof.verdict == Verdict::defect && !fails) ++unexpected;
    }
  }

  [[nodiscard]] std::string text() const {
    return fmt::format(
        "{}: {} proved, {} refuted, {} undecided in some case, {} against the "
        "file's expectation\n",
        counted(variants, "variant"), holds, defects, undecided, unexpected);
  }
};

}  // namespace

int run_prove(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  const std::optional<CheckRequest> request = request_of("prove", words, console, status);
  if (!request) return status;
  if (request->inputs.empty()) return usage_error(console, "prove", "no FILE given");
  console.result(banner_text(request->options.seed));
  std::vector<std::string> errors;
  const std::vector<std::string> files = expand_inputs(request->inputs, errors);
  for (const std::string& error : errors) console.note(error + '\n');
  bool failed = !errors.empty();
  std::vector<LoadedScenario> loaded;
  for (const std::string& file : files) {
    if (auto one = load_file(file, console))
      loaded.push_back(std::move(*one));
    else
      failed = true;
  }
  std::vector<ScenarioProofs> all;
  Tally tally;
  for (const LoadedScenario& one : loaded) {
    const auto proofs = prove_file(one.scenario, *request, console);
    if (!proofs) return ExitStatus::usage;
    tally.add(*proofs);
    if (!request->summary) {
      console.result('\n' + proofs_text(*proofs, text_options(*request, console)));
    }
    if (request->certificates && !write_certificates(*proofs, *request->certificates, console)) {
      failed = true;
    }
    all.push_back(*proofs);
  }
  if (request->json && !write_report(*request->json, proofs_json(all, version_text()), console)) {
    failed = true;
  }
  console.result('\n' + tally.text());
  if (failed) return ExitStatus::usage;
  return tally.unexpected + tally.undecided > 0 ? ExitStatus::unexpected : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
