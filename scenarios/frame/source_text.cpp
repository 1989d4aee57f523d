// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/source_text.hpp"

#include <algorithm>

#include "scenarios/program/parser.hpp"

namespace reducecheck {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

Position advance(Position at, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      at = {at.line + 1, 1};
    } else {
      ++at.column;
    }
  }
  return at;
}

std::size_t skip_blank(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_not_of(" \t\r\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t utf8_length(std::string_view hexadecimal) {
  std::uint32_t code = 0;
  for (const char c : hexadecimal) {
    const bool decimal = c >= '0' && c <= '9';
    code = code * 16 + static_cast<std::uint32_t>(decimal ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return code < 0x80U ? 1 : code < 0x800U ? 2 : code < 0x10000U ? 3 : 4;
}

/// The place of every byte of the basic string of `length` bytes that begins at `at`.
std::vector<Position> places_of(const LineIndex& lines, std::size_t at, std::size_t length) {
  const std::string_view raw = lines.text();
  std::vector<Position> places;
  while (places.size() < length && at < raw.size()) {
    std::size_t bytes = 1;  // of the value
    std::size_t taken = 1;  // of the file
    if (raw[at] == '\\' && at + 1 < raw.size()) {
      const char code = raw[at + 1];
      taken = 2;
      if (code == 'u' || code == 'U') {
        taken = code == 'u' ? 6 : 10;
        bytes = utf8_length(raw.substr(at + 2, taken - 2));
      } else if (std::string_view{" \t\r\n"}.find(code) != std::string_view::npos) {
        bytes = 0;  // a line that ends in a backslash goes on at the next character
        taken = skip_blank(raw, at + 1) - at;
      }
    } else if (raw.substr(at, 2) == "\r\n") {
      taken = 2;
    }
    places.insert(places.end(), bytes, lines.position(at));
    at += taken;
  }
  places.resize(length + 1, lines.position(std::min(at, raw.size())));
  return places;
}

/// Moves places counted in the text itself to places of the file.
class Mover {
 public:
  explicit Mover(const SourceText& source) : source_(source), lines_(source.text) {}

  void move(Position& at) const {
    if (at.line == 0) {
      at = source_.start;
      return;
    }
    // An offset counted in bytes: a line of the text starts where character 1 of it does.
    const std::size_t offset = lines_.offset(at.line, 1) + at.column - 1;
    at = source_.places[std::min(offset, source_.text.size())];
  }
  void move(Expr& expression) const {
    move(expression.at);
    for (Expr& child : expression.children) move(child);
  }
  void move(Stmt& statement) const {
    move(statement.at);
    move(statement.value);
    for (Parameter& parameter : statement.parameters) move(parameter.fallback);
    move(statement.body);
    move(statement.otherwise);
  }
  template <class T>
  void move(std::vector<T>& items) const {
    for (T& item : items) move(item);
  }

 private:
  const SourceText& source_;
  LineIndex lines_;
};

template <class Parse>
auto read(const SourceText& source, Diagnostics& diagnostics, Parse parse) {
  if (source.places.empty()) return parse(source.text, source.start, diagnostics);
  Diagnostics own;
  auto result = parse(source.text, Position{1, 1}, own);
  const Mover mover(source);
  for (Diagnostic error : own.sorted()) {
    mover.move(error.at);
    diagnostics.error(error.at, std::move(error.message), std::move(error.hint));
  }
  mover.move(result);
  return result;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

Position LineIndex::position(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(starts_, offset);
  const auto line = static_cast<std::size_t>(after - starts_.begin());
  return {static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(offset - starts_[line - 1] + 1)};
}

std::size_t LineIndex::offset(std::size_t line, std::size_t character) const {
  if (line == 0 || line > starts_.size()) return text_.size();
  std::size_t at = starts_[line - 1];
  // toml++ skips a byte order mark without counting it.
  if (line == 1 && text_.starts_with("\xEF\xBB\xBF")) at += 3;
  for (std::size_t seen = 1; seen < character && at < text_.size(); ++seen) {
    do {
      ++at;
    } while (at < text_.size() && is_continuation(text_[at]));
  }
  return at;
}

SourceText locate(const LineIndex& lines, std::size_t quotes, std::string value) {
  const std::string_view raw = lines.text();
  if (quotes >= raw.size() || (raw[quotes] != '\'' && raw[quotes] != '"')) {
    return {std::move(value), lines.position(std::min(quotes, raw.size())), {}};
  }
  const bool basic = raw[quotes] == '"';
  const std::string_view three = raw.substr(quotes, 3);
  const bool several_lines = three == "'''" || three == R"(""")";
  std::size_t at = quotes + (several_lines ? 3 : 1);
  if (several_lines) {  // TOML drops a line break right after the quotes
    if (raw.substr(at, 2) == "\r\n") {
      at += 2;
    } else if (raw.substr(at, 1) == "\n") {
      at += 1;
    }
  }
  SourceText result{std::move(value), lines.position(at), {}};
  const std::size_t end = raw.find(several_lines ? R"(""")" : R"(")", at);
  if (basic && raw.substr(at, end - at).find('\\') != std::string_view::npos) {
    result.places = places_of(lines, at, result.text.size());
  }
  return result;
}

SourceText part(const SourceText& whole, std::size_t offset, std::size_t length) {
  offset = std::min(offset, whole.text.size());
  SourceText result{whole.text.substr(offset, length), {}, {}};
  if (whole.places.empty()) {
    result.start = advance(whole.start, std::string_view(whole.text).substr(0, offset));
    return result;
  }
  const auto first = whole.places.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto count = static_cast<std::ptrdiff_t>(result.text.size() + 1);
  result.places.assign(first, first + count);
  result.start = result.places.front();
  return result;
}

Program read_program(const SourceText& source, Diagnostics& diagnostics) {
  return read(source, diagnostics, parse_program);
}

Expr read_expression(const SourceText& source, Diagnostics& diagnostics) {
  return read(source, diagnostics, parse_expression);
}

std::vector<Expr> read_expression_list(const SourceText& source, Diagnostics& diagnostics) {
  return read(source, diagnostics, parse_expression_list);
}

}  // namespace reducecheck
