// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "sim/repair/explain.hpp"
#include "sim/report/defect_classes.hpp"
#include "sim/report/explanation.hpp"
#include "sim/report/proofs.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

std::string class_list() {
  std::string text = "classes of defect; `reducecheck explain CLASS` says more\n\n";
  for (const DefectClass& one : defect_classes()) {
    text += fmt::format("  {}\n{}", one.id, wrapped(one.sentence, 6));
  }
  return text;
}

/// A word that names no file and no class: most likely a misspelled class.
int unknown_subject(const std::string& word, Console& console) {
  std::vector<std::string> ids;
  for (const DefectClass& one : defect_classes()) ids.emplace_back(one.id);
  const std::string meant = did_you_mean(word, ids);
  return usage_error(
      console, "explain",
      fmt::format("`{}` is neither a file nor a class of defect; {}classes: {}", one_line(word),
                  meant.empty() ? "" : meant + " ", fmt::join(ids, ", ")));
}

/// The files of `--also`, as they are: restrictions of the command line are for the file explained.
Session run_others(const CheckRequest& request, Console& console) {
  if (request.also.empty()) return {};
  CheckRequest other;
  other.inputs = request.also;
  other.options.seed = request.options.seed;
  other.options.threads = request.options.threads;
  return run_session(other, console);
}

/// What a proof says of a repair.
std::string proof_of(const Scenario& scenario, const std::string& variant) {
  for (std::size_t i = 0; i < scenario.variants.size(); ++i) {
    if (scenario.variants[i].name == variant) return proof_words(prove_variant(scenario, i));
  }
  return "";
}

int explain_files(const CheckRequest& request, Console& console) {
  console.result(banner_text(request.options.seed));
  const Session session = run_session(request, console);
  const Session others = run_others(request, console);
  std::vector<Checked> checked;
  for (std::size_t i = 0; i < others.scenarios.size(); ++i) {
    checked.push_back({&others.scenarios[i], &others.report.scenarios[i]});
  }
  for (std::size_t i = 0; i < session.scenarios.size(); ++i) {
    RepairOptions options;
    options.check = session.options[i];
    options.prove = proof_of;
    const ScenarioResult& result = session.report.scenarios[i];
    const ExplanationDetails details = explain(session.scenarios[i], result, options, checked);
    console.result('\n' + explanation_text(result, details, text_options(request, console)));
  }
  return others.input_failed ? ExitStatus::usage : status_of(session);
}

}  // namespace

int run_explain(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  const std::optional<CheckRequest> request = request_of("explain", words, console, status);
  if (!request) return status;
  if (request->inputs.empty()) {
    console.result(class_list());
    return ExitStatus::as_expected;
  }
  if (request->inputs.size() > 1) return usage_error(console, "explain", "one FILE or CLASS only");
  const std::string& subject = request->inputs.front();
  std::error_code ignored;
  if (std::filesystem::exists(subject, ignored)) return explain_files(*request, console);
  if (const DefectClass* known = find_defect_class(subject)) {
    console.result(class_text(*known));
    return ExitStatus::as_expected;
  }
  const bool a_path = subject.find('/') != std::string::npos || subject.ends_with(".toml");
  return a_path ? explain_files(*request, console) : unknown_subject(subject, console);
}

}  // namespace reducecheck::tool
