// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/dump_metadata.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"
#include "sim/dump/dump_folder.hpp"

namespace reducecheck {
namespace {

constexpr std::string_view format_name = "reducecheck.dump/1";

using Axes = std::vector<std::pair<std::string, int>>;

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != text.npos; comma = text.find(',')) {
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(text);
  return parts;
}

bool is_axis_name(std::string_view text) {
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && (text.front() < '0' || text.front() > '9') &&
         std::ranges::all_of(text, in_name);
}

std::optional<std::pair<std::string, int>> axis_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || !is_axis_name(text.substr(0, equals))) return std::nullopt;
  const std::string_view digits = text.substr(equals + 1);
  int size = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  if (!whole || size < 1 || size > DumpLimits::ranks) return std::nullopt;
  return std::pair(std::string(text.substr(0, equals)), size);
}

/// The mesh that `text` spells, or nothing with a sentence.
std::optional<Axes> mesh_in(std::string_view text, std::string& sentence) {
  Axes mesh;
  std::int64_t ranks = 1;
  for (const std::string_view part : parts_of(text)) {
    const auto axis = axis_of(part);
    if (!axis) {
      sentence = fmt::format(
          "metadata `mesh` is {}; expected AXIS=SIZE joined by commas, as in `dp=2,tp=4`",
          back_quoted(text));
      return std::nullopt;
    }
    if (std::ranges::find(mesh, axis->first, &Axes::value_type::first) != mesh.end()) {
      sentence = fmt::format("metadata `mesh` is {}, with axis {} twice", back_quoted(text),
                             back_quoted(axis->first));
      return std::nullopt;
    }
    ranks *= axis->second;
    if (ranks > DumpLimits::ranks) {
      sentence = fmt::format("metadata `mesh` is {}; at most {} ranks are read", back_quoted(text),
                             DumpLimits::ranks);
      return std::nullopt;
    }
    mesh.push_back(*axis);
  }
  return mesh;
}

std::vector<std::string> axis_names(const Axes& mesh) {
  std::vector<std::string> names;
  for (const auto& [name, size] : mesh) names.push_back(name);
  return names;
}

/// The axes that `text` spells, or nothing with a sentence.
std::optional<std::vector<std::string>> group_in(std::string_view text, const Axes& mesh,
                                                 std::string& sentence) {
  const std::vector<std::string> names = axis_names(mesh);
  std::vector<std::string> group;
  for (const std::string_view part : parts_of(text)) {
    const bool known = std::ranges::find(names, part) != names.end();
    if (known && std::ranges::find(group, part) == group.end()) {
      group.emplace_back(part);
      continue;
    }
    const std::string meant = known ? "" : did_you_mean(part, names);
    sentence = fmt::format("metadata `group` is {}, with {}{}; {}axes of the mesh: {}",
                           back_quoted(text), back_quoted(part), known ? " twice" : "",
                           meant.empty() ? "" : meant + " ", fmt::join(names, ", "));
    return std::nullopt;
  }
  return group;
}

const std::string* find(const TensorFile& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  return found == file.metadata.end() ? nullptr : &found->second;
}

/// Mesh, group and order of the first file.
std::string take_first(Dump& dump, const TensorFile& file) {
  std::string sentence;
  std::optional<Axes> mesh = mesh_in(*find(file, "mesh"), sentence);
  if (!mesh) return sentence;
  dump.mesh = std::move(*mesh);
  const std::string* order = find(file, "order");
  if (order != nullptr) dump.order = *order;
  const std::string* group = find(file, "group");
  if (group == nullptr) {
    dump.group = axis_names(dump.mesh);
    return "";
  }
  std::optional<std::vector<std::string>> axes = group_in(*group, dump.mesh, sentence);
  if (axes) dump.group = std::move(*axes);
  return sentence;
}

}  // namespace

std::vector<std::string> take_metadata(Dump& dump, const TensorFile& file) {
  std::vector<std::string> sentences;
  const std::string rank = std::to_string(dump.ranks.size());
  const std::string* format = find(file, "format");
  if (format == nullptr || *format != format_name) {
    sentences.push_back(fmt::format("metadata `format` is {}; expected `{}`",
                                    format == nullptr ? "missing" : back_quoted(*format),
                                    format_name));
    return sentences;
  }
  for (const char* key : {"rank", "mesh"}) {
    if (find(file, key) == nullptr) {
      sentences.push_back(
          fmt::format("metadata `{}` is missing; expected {}", key,
                      key == std::string_view("rank") ? back_quoted(rank) : "such as `dp=2,tp=4`"));
    }
  }
  if (!sentences.empty()) return sentences;
  if (*find(file, "rank") != rank) {
    sentences.push_back(fmt::format("metadata `rank` is {}; the file's name says {}",
                                    back_quoted(*find(file, "rank")), rank));
  }
  if (dump.ranks.empty()) {
    std::string sentence = take_first(dump, file);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
    return sentences;
  }
  const auto shown = [](const std::string* text) {
    return text == nullptr ? std::string("missing") : back_quoted(*text);
  };
  for (const char* key : {"mesh", "group", "order"}) {
    const std::string* own = find(file, key);
    const std::string* first = find(dump.ranks.front(), key);
    const bool same = own == nullptr || first == nullptr ? own == first : *own == *first;
    if (same) continue;
    sentences.push_back(
        fmt::format("metadata `{}` is {} here but {} on rank 0", key, shown(own), shown(first)));
  }
  return sentences;
}

void give_metadata(const Dump& dump, std::size_t rank, TensorFile& file) {
  file.metadata["format"] = format_name;
  file.metadata["rank"] = std::to_string(rank);
  file.metadata["mesh"] = mesh_text(dump.mesh);
  file.metadata["group"] = fmt::format("{}", fmt::join(dump.group, ","));
  if (dump.order.empty()) {
    file.metadata.erase("order");
  } else {
    file.metadata["order"] = dump.order;
  }
}

std::string mesh_text(const std::vector<std::pair<std::string, int>>& mesh) {
  std::vector<std::string> axes;
  axes.reserve(mesh.size());
  for (const auto& [name, size] : mesh) axes.push_back(fmt::format("{}={}", name, size));
  return fmt::format("{}", fmt::join(axes, ","));
}

int ranks_of(const Dump& dump) {
  int ranks = 1;
  for (const auto& [name, size] : dump.mesh) ranks *= size;
  return ranks;
}

}  // namespace reducecheck
