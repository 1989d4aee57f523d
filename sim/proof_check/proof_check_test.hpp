// SPDX-License-Identifier: Apache-2.0
// For tests: certificates of scenario files, and the checker run on them.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/files_test.hpp"
#include "sim/prove/certificate.hpp"

namespace reducecheck::proof_check {

using nlohmann::json;

inline const std::string catalogue = "scenarios/catalogue/";
inline const std::string merge = catalogue + "fastdeploy/merge_allreduce.toml";

inline std::filesystem::path scratch(const std::string& name) {
  const auto directory = std::filesystem::path(testing::TempDir()) /
                         ("reducecheck_proof_" + std::to_string(static_cast<long>(getpid())));
  std::filesystem::create_directories(directory);
  return directory / name;
}

inline void save(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

struct Answer {
  int status = -1;
  std::string text;
};

/// The checker's answer to the certificate `proof`.
inline Answer check(const std::string& file, const std::string& variant, const std::string& proof) {
  const auto certificate = scratch("certificate.json");
  const auto out = scratch("out");
  save(certificate, proof);
  const std::string command = "'" REDUCECHECK_PROOF_CHECK "' '" + file + "' '" + variant + "' '" +
                              certificate.string() + "' > '" + out.string() + "' 2>&1";
  const int raw = std::system(command.c_str());
  return {WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, file_text(out)};
}

inline Scenario load(const std::string& file) {
  Diagnostics diagnostics;
  const std::string text = file_text(file);
  const auto scenario = load_scenario(text, file, diagnostics);
  EXPECT_TRUE(scenario.has_value()) << render(diagnostics, file, text);
  return scenario.value_or(Scenario{});
}

/// Each variant with its certificate, where it has one.
struct Certified {
  std::string variant;
  std::optional<std::string> proof;
};

inline std::vector<Certified> certified(const std::string& file) {
  const Scenario scenario = load(file);
  std::vector<Certified> result;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, scenario.variants.size()); ++i) {
    const std::string name = scenario.variants.empty() ? "program" : scenario.variants[i].name;
    result.push_back({name, certificate(scenario, i)});
  }
  return result;
}

inline std::vector<std::string> catalogue_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(catalogue)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace reducecheck::proof_check
