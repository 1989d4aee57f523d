// SPDX-License-Identifier: Apache-2.0
#include "sim/report/catalogue_examples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "scenarios/frame/load.hpp"
#include "sim/judge/check.hpp"
#include "sim/report/defect_classes.hpp"

namespace reducecheck {
namespace {

const std::filesystem::path catalogue = "scenarios/catalogue";

/// The classes that each variant of a file is found to have.
std::map<std::string, std::set<std::string>> classes_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text.str(), file.string(), diagnostics);
  EXPECT_TRUE(scenario) << file << render(diagnostics, file.string(), text.str());
  std::map<std::string, std::set<std::string>> classes;
  if (!scenario) return classes;
  for (const Condition& one : check_scenario(*scenario, {}, diagnostics).conditions) {
    classes[one.variant].insert(one.defect_class);
  }
  return classes;
}

TEST(CatalogueExamples, AreWrongInTheWayOfTheirClass) {
  for (const CatalogueExample& one : catalogue_examples()) {
    ASSERT_TRUE(std::filesystem::exists(catalogue / one.file)) << one.file;
    EXPECT_TRUE(classes_of(catalogue / one.file)[std::string(one.variant)].contains(
        std::string(one.defect_class)))
        << one.file << ": " << one.variant << " is not " << one.defect_class;
  }
}

TEST(CatalogueExamples, AreNamedForEveryClassThatTheCatalogueShows) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(catalogue)) {
    if (entry.path().extension() != ".toml") continue;
    for (const auto& [variant, classes] : classes_of(entry.path())) {
      for (const std::string& one : classes) {
        EXPECT_FALSE(catalogue_examples(one).empty())
            << one << ": add " << entry.path() << ", variant " << variant;
      }
    }
  }
}

TEST(CatalogueExamples, StandOnThePageOfTheirClass) {
  const DefectClass* known = find_defect_class("wrong_group");
  ASSERT_NE(known, nullptr);
  EXPECT_NE(class_text(*known).find("scenarios/catalogue/sglang/fusion_mixed_ep_tp.toml  buggy\n"),
            std::string::npos);
}

}  // namespace
}  // namespace reducecheck
