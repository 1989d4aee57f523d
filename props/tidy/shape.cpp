// SPDX-License-Identifier: Apache-2.0
// Licence, lengths of lines and files, words.
#include <algorithm>
#include <string_view>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

constexpr std::size_t most_columns = 100;
constexpr std::size_t most_file_lines = 300;

enum class Where { code, text, build };

/// A word that is not used, where it is looked for, and what to do instead. The literals are in two
/// pieces, so that this file does not hold what it looks for.
struct BannedWord {
  std::string_view word;
  Where where;
  std::string_view instead;
};

constexpr BannedWord banned[] = {
    {"-march"
     "=native",
     Where::text, "bits must not depend on the machine that compiled"},
    {"-march"
     "=native",
     Where::build, "bits must not depend on the machine that compiled"},
    {"-ffast"
     "-math",
     Where::build, "sums would be reordered"},
    {"rand"
     "(",
     Where::code, "use the project's generator: a seed must mean the same everywhere"},
    {"srand"
     "(",
     Where::code, "use the project's generator"},
    {"default_random"
     "_engine",
     Where::code, "it differs between standard libraries"},
    {"std::"
     "shuffle",
     Where::code, "its order differs between standard libraries"},
    {"std::"
     "sample",
     Where::code, "its choice differs between standard libraries"},
    {"std::"
     "endl",
     Where::code, "write '\\n': flushing each line is slow"},
    {"using namespace "
     "std",
     Where::code, "write std:: where it is used"},
    {"TO"
     "DO",
     Where::text, "do it, or say the limit in the README"},
    {"FIX"
     "ME",
     Where::text, "do it, or say the limit in the README"},
};

bool is_build_file(std::string_view path) {
  return path.ends_with(".cmake") || path.ends_with("CMakeLists.txt") ||
         path.ends_with("CMakePresets.json");
}

/// Where `word` stands in `text` as a word of its own.
std::vector<std::size_t> places(std::string_view text, std::string_view word) {
  std::vector<std::size_t> found;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool joined_before = at > 0 && in_identifier(text[at - 1]) && in_identifier(word.front());
    const bool joined_after =
        end < text.size() && in_identifier(text[end]) && in_identifier(word.back());
    if (!joined_before && !joined_after) found.push_back(at);
  }
  return found;
}

/// std::normal_distribution and its kind: the standard fixes their meaning, not their values.
void find_distributions(const SourceFile& file, std::string_view code, Violations& found) {
  static constexpr std::string_view ending = "_distribution";
  for (std::size_t at = code.find(ending); at != std::string_view::npos;
       at = code.find(ending, at + 1)) {
    std::size_t start = at;
    while (start > 0 && in_identifier(code[start - 1])) --start;
    const bool of_std = start >= 5 && code.substr(start - 5, 5) == "std::";
    const std::size_t end = at + ending.size();
    if (!of_std || (end < code.size() && in_identifier(code[end]))) continue;
    found.push_back({file.path, line_at(code, at),
                     "`" + std::string(code.substr(start, end - start)) +
                         "`: its values differ between standard libraries"});
  }
}

std::size_t code_points(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

Violations licence_lines(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (is_source(file.path) &&
        !file.text.starts_with("// SPDX-License-Identifier: Apache-2.0\n")) {
      found.push_back({file.path, 1, "does not open with // SPDX-License-Identifier: Apache-2.0"});
    }
  }
  return found;
}

Violations line_lengths(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path)) continue;
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t columns = code_points(lines[i]);
      if (columns <= most_columns) continue;
      found.push_back({file.path, i + 1, std::to_string(columns) + " columns"});
    }
  }
  return found;
}

Violations file_lengths(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path)) continue;
    const std::size_t lines = lines_of(file.text).size();
    if (lines <= most_file_lines) continue;
    found.push_back({file.path, lines, std::to_string(lines) + " lines"});
  }
  return found;
}

Violations macros(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path)) continue;
    const std::string code = code_only(file.text);
    const auto lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].starts_with('#') && lines[i].find("define ") != std::string_view::npos) {
        found.push_back({file.path, i + 1, "a macro: use constexpr or a function"});
      }
    }
  }
  return found;
}

Violations excepting(const Violations& violations, const Exceptions& exceptions) {
  Violations left;
  Exceptions unused = exceptions;
  for (const Violation& violation : violations) {
    unused.erase(violation.path);
    if (!exceptions.contains(violation.path)) left.push_back(violation);
  }
  for (const auto& [path, reason] : unused) {
    left.push_back({path, 0, "no longer needs its exception (" + reason + ")"});
  }
  return left;
}

Violations banned_words(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    const bool source = is_source(file.path);
    if (!source && !is_build_file(file.path)) continue;
    const std::string code = source ? code_only(file.text) : std::string();
    for (const BannedWord& entry : banned) {
      if (source == (entry.where == Where::build)) continue;
      const std::string_view text = entry.where == Where::code ? code : file.text;
      for (const std::size_t at : places(text, entry.word)) {
        found.push_back({file.path, line_at(text, at),
                         "`" + std::string(entry.word) + "`: " + std::string(entry.instead)});
      }
    }
    find_distributions(file, code, found);
  }
  return found;
}

}  // namespace reducecheck::tidy
