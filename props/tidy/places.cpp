// SPDX-License-Identifier: Apache-2.0
// Whether files stand where the build and the tests find them.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

constexpr std::string_view here = "${CMAKE_CURRENT_SOURCE_DIR}/";
constexpr std::string_view catalogue = "scenarios/catalogue/";

/// The words of each CMakeLists.txt by its folder, paths without the name of the folder itself.
std::map<std::string, std::set<std::string>> words_by_folder(const Tree& tree) {
  std::map<std::string, std::set<std::string>> words;
  for (const SourceFile& file : tree) {
    if (file.path != "CMakeLists.txt" && !file.path.ends_with("/CMakeLists.txt")) continue;
    std::set<std::string>& of_folder = words[folder_of(file.path)];
    for (const std::string& word : cmake_words(file.text)) {
      of_folder.insert(word.starts_with(here) ? word.substr(here.size()) : word);
    }
  }
  return words;
}

/// `path` as seen from `folder`, which contains it.
std::string seen_from(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : path.substr(folder.size() + 1);
}

/// Whether a CMakeLists.txt of the file's folder, or of one above it, names the file.
bool is_named(const std::map<std::string, std::set<std::string>>& words, const std::string& path) {
  std::string folder = path;
  do {
    folder = folder_of(folder);
    const auto found = words.find(folder);
    if (found != words.end() && found->second.contains(seen_from(folder, path))) return true;
  } while (!folder.empty());
  return false;
}

bool is_snake_case(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::islower(static_cast<unsigned char>(c)) != 0 ||
           std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// Whether the path is catalogue/PROJECT/NAME.toml.
bool is_catalogue_entry(std::string_view path) {
  path.remove_prefix(catalogue.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || !path.ends_with(".toml")) return false;
  const std::string_view name = path.substr(slash + 1, path.size() - slash - 6);
  return is_snake_case(path.substr(0, slash)) && is_snake_case(name);
}

}  // namespace

Violations registrations(const Tree& tree) {
  const auto words = words_by_folder(tree);
  Violations found;
  for (const SourceFile& file : tree) {
    const bool compiled = file.path.ends_with(".cpp") || file.path.ends_with(".cu");
    if (compiled && !is_named(words, file.path)) {
      found.push_back({file.path, 0, "is named in no CMakeLists.txt"});
    }
    if (!file.path.ends_with("/CMakeLists.txt")) continue;
    const std::string folder = folder_of(file.path);
    if (words.at(folder).contains("project")) continue;  // not a part of this build
    const auto above = words.find(folder_of(folder));
    const std::string name = seen_from(folder_of(folder), folder);
    // Optional parts are added by their path from the root.
    const bool added =
        above != words.end() && (above->second.contains(name) || above->second.contains(folder));
    if (!added) {
      found.push_back({file.path, 0, "its folder is not added by the one above"});
    }
  }
  return found;
}

Violations catalogue_places(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (file.path.starts_with(catalogue)) {
      if (!is_catalogue_entry(file.path) && !file.path.ends_with("README.md") &&
          !file.path.ends_with("CMakeLists.txt") && !is_source(file.path)) {
        found.push_back({file.path, 0, "is not at catalogue/project/snake_case_name.toml"});
      }
    } else if (file.path.ends_with(".toml") && file.text.find("[program]") != std::string::npos &&
               file.path.find("/test_data/") == std::string::npos) {
      found.push_back({file.path, 0, "a scenario outside of scenarios/catalogue"});
    }
  }
  return found;
}

}  // namespace reducecheck::tidy
