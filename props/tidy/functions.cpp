// SPDX-License-Identifier: Apache-2.0
// Finds function bodies by their braces. That is a heuristic, tuned to code in this house's style:
// a brace outside of functions opens a scope, an initialiser or a body, and the text since the last
// statement tells which.
#include <cctype>
#include <string_view>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

constexpr std::size_t most_function_lines = 60;

enum class Block { scope, body, initialiser };

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  return text;
}

/// The offset behind the bracket that closes the one at `open`.
std::size_t behind_closing(std::string_view text, std::size_t open, char opening, char closing) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == opening) ++depth;
    if (text[i] == closing && --depth == 0) return i + 1;
  }
  return text.size();
}

/// The header without what may stand before the words that matter.
std::string_view bare(std::string_view header) {
  for (;;) {
    header = trimmed(header);
    if (header.starts_with("template")) {
      header.remove_prefix(behind_closing(header, header.find('<'), '<', '>'));
    } else if (header.starts_with("[[")) {
      header.remove_prefix(behind_closing(header, 0, '[', ']'));
    } else if (header.starts_with("public:") || header.starts_with("private:") ||
               header.starts_with("protected:")) {
      header.remove_prefix(header.find(':') + 1);
    } else {
      return header;
    }
  }
}

/// The offset of an assignment outside of parentheses, or npos.
std::size_t assignment(std::string_view header) {
  if (header.find("operator") != std::string_view::npos) return std::string_view::npos;
  int depth = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == '(') ++depth;
    if (header[i] == ')') --depth;
    if (header[i] == '=' && depth == 0) return i;
  }
  return std::string_view::npos;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.starts_with(word) &&
         (text.size() == word.size() || !in_identifier(text[word.size()]));
}

Block block_after(std::string_view header) {
  header = bare(header);
  const bool has_parentheses = header.find('(') != std::string_view::npos;
  if (starts_with_word(header, "namespace") || starts_with_word(header, "inline namespace")) {
    return Block::scope;
  }
  if (starts_with_word(header, "concept")) return Block::initialiser;
  const std::size_t equals = assignment(header);
  if (equals != std::string_view::npos) {
    return trimmed(header.substr(equals + 1)).starts_with('[') ? Block::body : Block::initialiser;
  }
  for (const std::string_view word : {"class", "struct", "union", "enum", "extern", "friend"}) {
    if (starts_with_word(header, word) && !has_parentheses) return Block::scope;
  }
  return has_parentheses ? Block::body : Block::initialiser;
}

/// Preprocessor lines as blanks: their braces and parentheses belong to nothing.
std::string without_directives(std::string code) {
  bool in_directive = false;
  bool line_start = true;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '\n') {
      in_directive = in_directive && i > 0 && code[i - 1] == '\\';
      line_start = true;
      continue;
    }
    if (line_start && code[i] == '#') in_directive = true;
    if (code[i] != ' ') line_start = false;
    if (in_directive && code[i] != '\\') code[i] = ' ';
  }
  return code;
}

/// Reads one file outside of functions and jumps over every body.
class Reader {
 public:
  Reader(const SourceFile& file, Violations& found)
      : path_(file.path), code_(without_directives(code_only(file.text))), found_(found) {}

  void read() {
    std::size_t i = 0;
    while (i < code_.size()) i = step(i);
  }

 private:
  /// Reads the character at `i`; gives the offset to go on from.
  std::size_t step(std::size_t i) {
    const char c = code_[i];
    if (c == '{') return open(i);
    if (c == '(') ++parentheses_;
    if (c == ')') --parentheses_;
    if (c == '}' || (c == ';' && parentheses_ == 0)) {
      header_.clear();
    } else {
      header_ += c;
    }
    return i + 1;
  }

  std::size_t open(std::size_t i) {
    const Block block = parentheses_ > 0 ? Block::initialiser : block_after(header_);
    if (block == Block::scope) {
      header_.clear();
      return i + 1;
    }
    const std::size_t end = behind_closing(code_, i, '{', '}');
    if (block == Block::body) measure(i, end);
    // `Name() : a_{1}, b_{2} {`: the members' braces do not end the header.
    const std::string_view rest = trimmed(std::string_view(code_).substr(end));
    const bool goes_on =
        block == Block::initialiser || rest.starts_with(',') || rest.starts_with('{');
    if (!goes_on) header_.clear();
    return end;
  }

  void measure(std::size_t from, std::size_t to) {
    const std::size_t first = line_at(code_, from);
    const std::size_t lines = line_at(code_, to - 1) - first + 1;
    if (lines > most_function_lines) {
      found_.push_back({path_, first, "a function of " + std::to_string(lines) + " lines"});
    }
  }

  std::string path_;
  std::string code_;
  std::string header_;
  int parentheses_ = 0;
  Violations& found_;
};

}  // namespace

Violations function_lengths(const Tree& tree) {
  Violations found;
  for (const SourceFile& file : tree) {
    if (is_source(file.path)) Reader(file, found).read();
  }
  return found;
}

}  // namespace reducecheck::tidy
