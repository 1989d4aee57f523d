// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "scenarios/frame/load.hpp"
#include "sim/profile/phase.hpp"
#include "sim/report/words.hpp"

namespace reducecheck::tool {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> below(const std::string& directory, std::vector<std::string>& errors) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".toml" && entry->is_regular_file(ignored)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) {
    errors.push_back(fmt::format("{}: error: cannot read the directory: {}", one_line(directory),
                                 error.message()));
  } else if (files.empty()) {
    errors.push_back(
        fmt::format("{}: error: the directory holds no *.toml file", one_line(directory)));
  }
  std::ranges::sort(files);
  return files;
}

struct CloseFile {
  void operator()(std::FILE* stream) const { static_cast<void>(std::fclose(stream)); }
};

}  // namespace

std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs,
                                       std::vector<std::string>& errors) {
  std::vector<std::string> files;
  std::set<fs::path> seen;
  for (const std::string& input : inputs) {
    std::error_code ignored;
    const bool directory = fs::is_directory(input, ignored);
    for (const std::string& file :
         directory ? below(input, errors) : std::vector<std::string>{input}) {
      fs::path same = fs::weakly_canonical(file, ignored);
      if (seen.insert(same.empty() ? fs::path(file) : same).second) files.push_back(file);
    }
  }
  return files;
}

std::optional<std::string> read_file(const std::string& file, std::size_t most,
                                     std::string& error) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) {
    error = "is a directory";
    return std::nullopt;
  }
  const std::unique_ptr<std::FILE, CloseFile> stream(std::fopen(file.c_str(), "rb"));
  if (!stream) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  std::string text(most + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
  if (std::ferror(stream.get()) != 0) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  return text;
}

std::optional<LoadedScenario> load_file(const std::string& file, Console& console) {
  const InPhase phase(Phase::reading);
  std::string error;
  std::optional<std::string> text = read_file(file, FrameLimits::file_bytes, error);
  if (!text) {
    console.note(fmt::format("{}: error: cannot read: {}\n", one_line(file), error));
    return std::nullopt;
  }
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(*text, file, diagnostics);
  if (!scenario || !diagnostics.empty()) {
    console.note(render(diagnostics, file, *text));
    return std::nullopt;
  }
  return LoadedScenario{std::move(*scenario), std::move(*text)};
}

}  // namespace reducecheck::tool
