// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/save_failures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "scenarios/frame/print.hpp"
#include "sim/report/minimal.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/output_file.hpp"

namespace reducecheck::tool {
namespace {

/// FNV-1a. The same case gets the same name in every run, so a failure is kept once.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::string file_name(const std::string& variant, const std::string& text) {
  std::string name = variant;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
  return fmt::format("{}-{:08x}.toml", name, hash_of(text) & 0xffffffffU);
}

Scenario case_of(const Scenario& scenario, const Cell& cell, const CheckOptions& options) {
  Scenario minimal = minimal_scenario(scenario, cell, options.seed);
  for (const auto& [name, size] : options.model_sizes) fix_size(minimal, name, size);
  if (options.tokens) fix_size(minimal, "tokens", *options.tokens);
  if (options.expect_none) minimal.expectations.clear();
  return minimal;
}

/// The command that finds the cell again in the file it came from. Switches cannot be fixed there,
/// so it may show more layouts than one.
std::string direct_command(const Scenario& scenario, const Cell& cell,
                           const CheckRequest& request) {
  std::string command =
      fmt::format("reducecheck check {} --variant {} --seed {}", shell_quoted(scenario.file),
                  shell_quoted(cell.variant), request.options.seed);
  std::string mesh;
  for (const auto& [name, size] : cell.configuration.mesh) {
    mesh += fmt::format("{}{}={}", mesh.empty() ? "" : ",", name, size);
  }
  if (!mesh.empty()) command += " --mesh " + mesh;
  if (request.options.up_to_ranks) {
    command += fmt::format(" --up-to-ranks {}", *request.options.up_to_ranks);
  }
  if (request.options.shape == Shape::full) command += " --shape full";
  if (!request.model.empty()) command += " --model " + shell_quoted(request.model);
  if (request.options.tokens) command += fmt::format(" --tokens {}", *request.options.tokens);
  if (request.options.expect_none) command += " --expect-none";
  return command;
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string save_failure(const Session& session, std::size_t index, const CellGroup& group,
                         const CheckRequest& request, Console& console) {
  const Cell& cell =
      group.smallest_unexpected == nullptr ? *group.smallest : *group.smallest_unexpected;
  const Scenario& scenario = session.scenarios[index];
  if (request.save_directory) {
    const std::string text = print_scenario(case_of(scenario, cell, session.options[index]));
    const std::string file =
        (std::filesystem::path(*request.save_directory) / file_name(cell.variant, text)).string();
    std::error_code error;
    std::filesystem::create_directories(*request.save_directory, error);
    const std::string reason = error ? error.message() : write_file(file, text);
    if (reason.empty()) {
      return fmt::format("  saved:  {}\n  replay: reducecheck replay {}\n", one_line(file),
                         shell_quoted(file));
    }
    console.note(fmt::format("reducecheck: cannot write `{}`: {}\n", one_line(file), reason));
  }
  return fmt::format("  replay: {}\n", direct_command(scenario, cell, request));
}

}  // namespace reducecheck::tool
