// SPDX-License-Identifier: Apache-2.0
#include "props/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace reducecheck::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> folders = {"cmake", "kernels",   "props",
                                                     "real",  "scenarios", "sim"};

bool is_text(const fs::path& path) {
  static constexpr std::array<std::string_view, 8> endings = {".cpp",   ".hpp",  ".cu", ".cuh",
                                                              ".cmake", ".json", ".md", ".toml"};
  const std::string ending = path.extension().string();
  return path.filename() == "CMakeLists.txt" ||
         std::find(endings.begin(), endings.end(), ending) != endings.end();
}

void add_file(const fs::path& root, const fs::path& path, Tree& tree) {
  std::ifstream stream(path, std::ios::binary);
  tree.push_back({fs::relative(path, root).generic_string(),
                  std::string(std::istreambuf_iterator<char>(stream), {})});
}

void add_folder(const fs::path& root, const fs::path& folder, Tree& tree) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || name == "build") continue;
    if (entry.is_directory()) {
      add_folder(root, entry.path(), tree);
    } else if (is_text(entry.path())) {
      add_file(root, entry.path(), tree);
    }
  }
}

/// Turns text[from, to) into blanks, line ends excepted.
void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

/// The offset behind the literal in quotes that starts at `start`.
std::size_t end_of_quoted(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[start] || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

/// The offset behind the raw string whose quote stands at `quote`.
std::size_t end_of_raw(std::string_view text, std::size_t quote) {
  const std::size_t open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

/// Whether the apostrophe at `i` separates digits, as in 1'000.
bool separates_digits(std::string_view text, std::size_t i) {
  std::size_t start = i;
  while (start > 0 && (in_identifier(text[start - 1]) || text[start - 1] == '\'')) --start;
  return start < i && std::isdigit(static_cast<unsigned char>(text[start])) != 0;
}

}  // namespace

bool in_identifier(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

Tree read_tree(const fs::path& root) {
  Tree tree;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory()) {
      if (std::find(folders.begin(), folders.end(), name) != folders.end()) {
        add_folder(root, entry.path(), tree);
      }
    } else if (is_text(entry.path())) {
      add_file(root, entry.path(), tree);
    }
  }
  std::sort(tree.begin(), tree.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return tree;
}

bool is_source(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".hpp") || path.ends_with(".cu") ||
         path.ends_with(".cuh");
}

bool is_test(std::string_view path) {
  return path.starts_with("props/") || path.ends_with("_test.cpp") || path.ends_with("_test.hpp") ||
         path.ends_with("_test.cu");
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string code_only(std::string_view text) {
  std::string code(text);
  std::size_t i = 0;
  while (i < text.size()) {
    const std::string_view rest = text.substr(i);
    std::size_t end = i + 1;
    if (rest.starts_with("//")) {
      end = std::min(text.find('\n', i), text.size());
      blank(code, i, end);
    } else if (rest.starts_with("/*")) {
      end = text.find("*/", i + 2);
      end = end == std::string_view::npos ? text.size() : end + 2;
      blank(code, i, end);
    } else if (rest.starts_with('"')) {
      const bool raw = i > 0 && text[i - 1] == 'R';
      end = raw ? end_of_raw(text, i) : end_of_quoted(text, i);
      blank(code, i + 1, end - 1);
    } else if (rest.starts_with('\'') && !separates_digits(text, i)) {
      end = end_of_quoted(text, i);
      blank(code, i + 1, end - 1);
    }
    i = end;
  }
  return code;
}

std::size_t line_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace reducecheck::tidy
