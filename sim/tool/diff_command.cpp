// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/prove/count_table.hpp"
#include "sim/report/count_diff.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

/// Columns of one file.
struct Side {
  std::string file;
  std::vector<std::string> variants;  // none: all
};

/// `FILE:VARIANT`, `FILE`, or `:VARIANT` of the file before. A colon may also be part of a name.
Side side_of(const std::string& word, const std::string& before) {
  std::error_code ignored;
  const std::size_t colon = word.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(word, ignored)) return {word, {}};
  const std::string file = word.substr(0, colon);
  return {file.empty() ? before : file, {word.substr(colon + 1)}};
}

/// The sides that the words name; variants of one file that follow each other are one side.
std::vector<Side> sides_of(const std::vector<std::string>& words) {
  std::vector<Side> sides;
  for (const std::string& word : words) {
    Side side = side_of(word, sides.empty() ? "" : sides.back().file);
    const bool joins = !sides.empty() && sides.back().file == side.file && !side.variants.empty() &&
                       !sides.back().variants.empty();
    if (joins) {
      sides.back().variants.push_back(side.variants.front());
    } else {
      sides.push_back(std::move(side));
    }
  }
  return sides;
}

bool same_names(const Scenario& a, const Scenario& b) {
  const auto axis = [](const Axis& x, const Axis& y) { return x.name == y.name; };
  const auto choice = [](const Switch& x, const Switch& y) { return x.name == y.name; };
  return std::ranges::equal(a.axes, b.axes, axis) &&
         std::ranges::equal(a.switches, b.switches, choice);
}

std::string heading_text(const std::vector<LoadedScenario>& files, const CountTable& table,
                         std::size_t left_out) {
  std::string text;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Scenario& scenario = files[i].scenario;
    const bool again = i > 0 && files[i - 1].scenario.file == scenario.file;
    if (again) continue;
    text += fmt::format("{}\n  file    {}\n", one_line(scenario.title), one_line(scenario.file));
  }
  text += fmt::format("  sweep   {}", counted(table.layouts.size(), "layout"));
  if (left_out > 0) text += fmt::format(", {} of one file only", counted(left_out, "layout"));
  return text + '\n';
}

/// The counts of all sides. Nothing after an error was written.
std::optional<CountTable> counts_of(const std::vector<Side>& sides, const CheckRequest& request,
                                    std::vector<LoadedScenario>& files, std::size_t& left_out,
                                    bool& complete, Console& console) {
  std::optional<CountTable> table;
  for (const Side& side : sides) {
    std::optional<LoadedScenario> loaded = load_file(side.file, console);
    if (!loaded) return std::nullopt;
    const Scenario& scenario = loaded->scenario;
    if (side.variants.empty() && sides.size() > 1 && scenario.variants.size() > 1) {
      std::vector<std::string> names;
      for (const Variant& variant : scenario.variants) names.push_back(variant.name);
      console.note(fmt::format("{}: error: which variant? Write FILE:VARIANT, one of {}\n",
                               one_line(side.file), fmt::join(names, ", ")));
      return std::nullopt;
    }
    if (!files.empty() && !same_names(files.front().scenario, scenario)) {
      console.note(fmt::format("{}: error: its axes or switches are not those of {}\n",
                               one_line(side.file), one_line(files.front().scenario.file)));
      return std::nullopt;
    }
    CheckOptions options = request.options;
    options.variants = side.variants;
    Diagnostics diagnostics;
    CountTable counts = count_table(scenario, options, diagnostics);
    if (!diagnostics.empty()) {
      console.note(render(diagnostics, scenario.file, loaded->text));
      complete = false;
    }
    if (counts.layouts.empty()) return std::nullopt;
    files.push_back(std::move(*loaded));
    if (!table) {
      table = std::move(counts);
      continue;
    }
    const std::size_t all = table->layouts.size() + counts.layouts.size();
    put_beside(*table, counts);
    left_out += all - 2 * table->layouts.size();
  }
  if (table->layouts.empty()) {
    console.note("reducecheck: error: the files have no layout in common\n");
    return std::nullopt;
  }
  return table;
}

}  // namespace

int run_diff(const std::vector<std::string>& words, Console& console) {
  int status = ExitStatus::as_expected;
  const std::optional<CheckRequest> request = request_of("diff", words, console, status);
  if (!request) return status;
  if (request->inputs.empty()) return usage_error(console, "diff", "no FILE given");
  const std::vector<Side> sides = sides_of(request->inputs);
  if (sides.front().file.empty())
    return usage_error(console, "diff", "the first word names no file");
  if (sides.size() == 1 && sides.front().variants.size() == 1) {
    return usage_error(console, "diff", "one variant only: name another, as in FILE:A :B");
  }
  std::vector<LoadedScenario> files;
  std::size_t left_out = 0;
  bool complete = true;
  const auto table = counts_of(sides, *request, files, left_out, complete, console);
  if (!table) return ExitStatus::usage;
  const CountDiff diff = compare_counts(*table, request->verbose);
  console.result(banner_text(request->options.seed) + '\n' + heading_text(files, *table, left_out) +
                 '\n' + counts_text(*table, diff, text_options(*request, console)));
  if (request->json &&
      !write_report(*request->json, counts_json(*table, diff, version_text()), console)) {
    complete = false;
  }
  if (!complete) return ExitStatus::usage;
  return diff.worse() ? ExitStatus::unexpected : ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
