// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

struct Include {
  std::size_t line = 0;
  std::string target;  // without quotes or angle brackets
  bool quoted = false;
};

/// A folder and what its files may include: folders of the project, then libraries.
struct Arrows {
  std::string_view folder;
  std::vector<std::string_view> folders;
  std::vector<std::string_view> libraries;
};

/// Longest prefix first where one contains the other.
const std::vector<std::string_view> libraries = {"unsupported/Eigen",
                                                 "Eigen",
                                                 "boost",
                                                 "toml++",
                                                 "nlohmann",
                                                 "fmt",
                                                 "gtest",
                                                 "gmock",
                                                 "rapidcheck",
                                                 "mpi",
                                                 "nccl",
                                                 "cuda",
                                                 "cub/",
                                                 "thrust/",
                                                 "cooperative_groups",
                                                 "benchmark"};

const std::vector<Arrows>& arrows() {
  static const std::vector<Arrows> table = {
      {"scenarios/", {"scenarios/"}, {"toml++", "nlohmann", "fmt"}},
      {"sim/", {"scenarios/", "sim/"}, {"fmt", "nlohmann", "Eigen", "unsupported/Eigen", "boost"}},
      {"kernels/", {"kernels/"}, {"cuda", "cub/", "thrust/", "cooperative_groups"}},
      // What both sides must know alike, the contents of tensors, is one header of sim/domain.
      {"real/",
       {"scenarios/", "kernels/", "real/", "sim/judge/", "sim/report/", "sim/order/", "sim/format/",
        "sim/domain/hash.hpp"},
       {"fmt", "nlohmann", "boost", "mpi", "nccl", "cuda"}},
  };
  return table;
}

/// Version and commit, written when the tool is built.
constexpr std::string_view made_by_the_build = "reducecheck_build.hpp";

const std::vector<std::string_view> test_libraries = {"gtest", "gmock", "rapidcheck", "benchmark"};

bool starts_with_any(std::string_view text, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  const std::string code = code_only(file.text);
  const auto code_lines = lines_of(code);
  const auto text_lines = lines_of(file.text);
  for (std::size_t i = 0; i < code_lines.size(); ++i) {
    if (!code_lines[i].starts_with("#include")) continue;
    const std::size_t open = text_lines[i].find_first_of("\"<");
    if (open == std::string_view::npos) continue;
    const bool quoted = text_lines[i][open] == '"';
    const std::size_t close = text_lines[i].find(quoted ? '"' : '>', open + 1);
    includes.push_back(
        {i + 1, std::string(text_lines[i].substr(open + 1, close - open - 1)), quoted});
  }
  return includes;
}

/// The headers that something beside tests includes.
std::set<std::string> headers_in_use(const Tree& tree) {
  std::set<std::string> used;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path) || is_test(file.path)) continue;
    for (const Include& include : includes_of(file)) used.insert(include.target);
  }
  return used;
}

/// Why a file may not include this, or nothing.
std::string objection(const Arrows& from, bool for_tests, const Include& include,
                      const std::set<std::string>& installed) {
  const std::string_view target = include.target;
  if (include.quoted) {
    if (include.target == made_by_the_build) return "";
    if (!starts_with_any(target, from.folders)) {
      return "`" + include.target + "` is not for " + std::string(from.folder);
    }
    if (from.folder == "real/" && target.starts_with("sim/") &&
        !installed.contains(include.target)) {
      return "`" + include.target + "` is not a public header of sim";
    }
    return "";
  }
  if (!starts_with_any(target, libraries) || starts_with_any(target, from.libraries)) return "";
  if (for_tests && starts_with_any(target, test_libraries)) return "";
  return "<" + include.target + "> is not for " + std::string(from.folder);
}

}  // namespace

std::vector<std::string> cmake_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::string_view line : lines_of(text)) {
    line = line.substr(0, line.find('#'));
    std::string word;
    for (const char c : std::string(line) + " ") {
      const bool bracket = c == '(' || c == ')';
      if (c != ' ' && c != '\t' && c != '"' && !bracket) {
        word += c;
        continue;
      }
      if (!word.empty()) words.push_back(std::exchange(word, ""));
      if (bracket) words.emplace_back(1, c);
    }
  }
  return words;
}

std::vector<std::string> public_header_paths(const Tree& tree) {
  static constexpr std::string_view here = "${CMAKE_CURRENT_SOURCE_DIR}/";
  std::vector<std::string> paths;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with("/CMakeLists.txt")) continue;
    bool in_set = false;
    for (const std::string& word : cmake_words(file.text)) {
      if (word == "FILE_SET") in_set = true;
      if (word == ")" || word == "PRIVATE" || word == "PUBLIC" || word == "INTERFACE") {
        in_set = false;
      }
      if (!in_set || !word.ends_with(".hpp")) continue;
      const std::string name = word.starts_with(here) ? word.substr(here.size()) : word;
      paths.push_back(folder_of(file.path) + "/" + name);
    }
  }
  return paths;
}

Violations include_arrows(const Tree& tree) {
  const std::vector<std::string> headers = public_header_paths(tree);
  const std::set<std::string> installed(headers.begin(), headers.end());
  const std::set<std::string> used = headers_in_use(tree);
  Violations found;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path)) continue;
    const bool unused_header =
        file.path.ends_with(".hpp") && !used.contains(file.path) && !installed.contains(file.path);
    const bool for_tests = is_test(file.path) || unused_header;
    for (const Arrows& from : arrows()) {
      if (!file.path.starts_with(from.folder)) continue;
      for (const Include& include : includes_of(file)) {
        const std::string sentence = objection(from, for_tests, include, installed);
        if (!sentence.empty()) found.push_back({file.path, include.line, sentence});
      }
    }
  }
  return found;
}

Violations public_headers(const Tree& tree) {
  static const std::vector<std::string_view> costly = {
      "Eigen", "unsupported/Eigen", "boost", "toml++", "nlohmann", "rapidcheck", "gtest"};
  const std::vector<std::string> headers = public_header_paths(tree);
  const std::set<std::string> installed(headers.begin(), headers.end());
  Violations found;
  for (const SourceFile& file : tree) {
    if (!installed.contains(file.path)) continue;
    for (const Include& include : includes_of(file)) {
      if (include.quoted && !installed.contains(include.target)) {
        found.push_back({file.path, include.line,
                         "installed, but includes `" + include.target + "`, which is not"});
      } else if (!include.quoted && starts_with_any(include.target, costly)) {
        found.push_back({file.path, include.line,
                         "installed, and makes its users compile <" + include.target + ">"});
      }
    }
  }
  return found;
}

}  // namespace reducecheck::tidy
