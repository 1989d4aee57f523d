// SPDX-License-Identifier: Apache-2.0
#include "scenarios/text/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

// What is shown of a source line: a terminal is often 100 columns wide, and what leads up to an
// error explains more than what follows it.
constexpr std::size_t cells_before_caret = 60;
constexpr std::size_t cells_after_caret = 36;
constexpr std::size_t tab_cells = 4;

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  /// The line without its end; nothing when the text has no such line.
  [[nodiscard]] std::optional<std::string_view> operator[](std::uint32_t line) const {
    if (line == 0 || line > starts_.size() || text_.empty()) return std::nullopt;
    const std::size_t begin = starts_[line - 1];
    const std::size_t end = line < starts_.size() ? starts_[line] - 1 : text_.size();
    std::string_view result = text_.substr(begin, end - begin);
    if (result.ends_with('\r')) result.remove_suffix(1);
    return result;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_ = {0};
};

Glyph source_glyph(std::string_view line, std::size_t offset) {
  if (line[offset] == '\t') return Glyph{1, tab_cells, std::string(tab_cells, ' '), true};
  return glyph_at(line, offset);
}

struct Excerpt {
  std::string shown;
  std::size_t caret_cells = 0;  // what stands before the caret
};

// Only a window around the caret is read, so that a file of one huge line costs no more than
// others.
Excerpt excerpt(std::string_view line, std::size_t caret) {
  constexpr std::size_t most_bytes_a_cell = 4;
  constexpr std::size_t reach = cells_before_caret * most_bytes_a_cell;
  std::size_t offset = caret > reach ? caret - reach : 0;
  bool cut = offset > 0;
  while (cut && offset < caret && (static_cast<unsigned char>(line[offset]) & 0xC0) == 0x80) {
    ++offset;
  }
  std::vector<Glyph> before;
  std::size_t cells = 0;
  while (offset < caret) {
    Glyph glyph = source_glyph(line, offset);
    if (offset + glyph.bytes > caret) break;
    offset += glyph.bytes;
    cells += glyph.cells;
    before.push_back(std::move(glyph));
  }
  std::size_t first = 0;
  while (cells > cells_before_caret) cells -= before[first++].cells;
  cut = cut || first > 0;

  Excerpt result{cut ? "..." : "", cells + (cut ? 3 : 0)};
  for (; first < before.size(); ++first) result.shown += before[first].shown;
  std::size_t after = 0;
  while (offset < line.size() && after < cells_after_caret) {
    const Glyph glyph = source_glyph(line, offset);
    result.shown += glyph.shown;
    after += glyph.cells + (glyph.cells == 0 ? 1 : 0);  // a heap of combining marks ends, too
    offset += glyph.bytes;
  }
  if (offset < line.size()) result.shown += "...";
  return result;
}

void render_hint(std::string& out, std::string_view hint) {
  while (!hint.empty()) {
    const std::size_t end = hint.find('\n');
    fmt::format_to(std::back_inserter(out), "    {}\n", printable(hint.substr(0, end)));
    hint = end == std::string_view::npos ? std::string_view() : hint.substr(end + 1);
  }
}

void render_one(std::string& out, const Diagnostic& error, std::string_view file,
                const Lines& lines) {
  out += printable(file);
  if (error.at.line > 0) out += fmt::format(":{}", error.at.line);
  if (error.at.line > 0 && error.at.column > 0) out += fmt::format(":{}", error.at.column);
  out += fmt::format(": error: {}\n", printable(error.message));
  if (const std::optional<std::string_view> line = lines[error.at.line]) {
    const std::size_t column = std::max<std::size_t>(error.at.column, 1);
    const Excerpt source = excerpt(*line, std::min(column - 1, line->size()));
    out += fmt::format("  {}\n", source.shown);
    if (error.at.column > 0) out += fmt::format("  {:>{}}\n", '^', source.caret_cells + 1);
  }
  render_hint(out, error.hint);
}

// The restricted Damerau-Levenshtein distance: insertions, deletions, replacements and swaps of
// neighbours, each letter edited once. That is how names are mistyped.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

void Diagnostics::error(Position at, std::string message, std::string hint) {
  errors_.push_back({at, std::move(message), std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> result = errors_;
  std::ranges::sort(result);
  const auto repeated = std::ranges::unique(result);
  result.erase(repeated.begin(), repeated.end());
  return result;
}

std::string render(const Diagnostics& diagnostics, std::string_view file, std::string_view text,
                   std::size_t most) {
  const std::vector<Diagnostic> errors = diagnostics.sorted();
  const Lines lines(text);
  std::string out;
  for (std::size_t i = 0; i < errors.size() && i < most; ++i) {
    render_one(out, errors[i], file, lines);
  }
  if (errors.size() > most) {
    const std::size_t rest = errors.size() - most;
    out += fmt::format("{}: {} more error{}\n", printable(file), rest, rest == 1 ? "" : "s");
  }
  return out;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    const std::size_t shorter = std::min(word.size(), candidate.size());
    if (longer - shorter >= best_distance) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // Words of one letter are all at distance 1; what shares no letter was not meant.
    if (distance < best_distance && distance < longer) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::optional<std::string> meant = nearest(word, candidates);
  return meant ? fmt::format("did you mean `{}`?", *meant) : std::string();
}

}  // namespace reducecheck
