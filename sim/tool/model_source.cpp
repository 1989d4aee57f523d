// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/model_source.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "scenarios/text/diagnostic.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/inputs.hpp"

namespace reducecheck::tool {
namespace {

/// What import_config takes.
constexpr std::size_t most_bytes = std::size_t{1024} * 1024;

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const ModelShape& shape : model_presets()) names.push_back(shape.name);
  return names;
}

ModelSource imported(const std::string& file) {
  ModelSource source;
  std::string error;
  const std::optional<std::string> text = read_file(file, most_bytes, error);
  if (!text) {
    source.errors.push_back("cannot read: " + error);
  } else if (text->size() > most_bytes) {
    source.errors.push_back(fmt::format("larger than {} bytes", most_bytes));
  } else {
    ImportedModel model = import_config(*text, file);
    source.shape = std::move(model.shape);
    source.assumed = std::move(model.assumed);
    source.comparison = std::move(model.comparison);
    source.errors = std::move(model.errors);
  }
  return source;
}

}  // namespace

std::string model_names() {
  return fmt::format("{}", fmt::join(preset_names(), ", "));
}

ModelSource find_model_source(const std::string& name) {
  ModelSource source;
  if (const ModelShape* preset = find_model(name)) {
    source.shape = *preset;
    return source;
  }
  std::error_code ignored;
  const bool a_file = name.find('/') != std::string::npos || name.ends_with(".json") ||
                      std::filesystem::exists(name, ignored);
  if (a_file) return imported(name);
  const std::string meant = did_you_mean(name, preset_names());
  source.errors.push_back(fmt::format("no such model; {}{}known: {} (or the path of a config.json)",
                                      meant, meant.empty() ? "" : " ", model_names()));
  return source;
}

std::optional<std::map<std::string, std::int64_t>> model_sizes(const Scenario& scenario,
                                                               const std::string& name,
                                                               Console& console) {
  const std::string& wanted = name.empty() ? scenario.model : name;
  if (wanted.empty()) {
    console.note(
        fmt::format("{}: error: `--shape full` needs a model: the scenario names none; "
                    "add `--model NAME`, one of {}\n",
                    one_line(scenario.file), model_names()));
    return std::nullopt;
  }
  const ModelSource source = find_model_source(wanted);
  for (const std::string& error : source.errors) {
    console.note(fmt::format("{}: error: {}\n", one_line(wanted), error));
  }
  if (!source.errors.empty()) return std::nullopt;
  return language_sizes(source.shape);
}

}  // namespace reducecheck::tool
