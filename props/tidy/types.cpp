// SPDX-License-Identifier: Apache-2.0
// One definition a name: linkers do not say when a type has two.
#include <map>
#include <optional>
#include <string_view>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

/// What follows `word` at the start of the line, or nothing.
std::optional<std::string_view> after(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  return line.substr(word.size());
}

/// The name of the type that the line, at the outermost level of a namespace, begins to define.
std::string defined_type(std::string_view line) {
  for (const std::string_view word : {"struct ", "class ", "enum class "}) {
    const auto rest = after(line, word);
    if (!rest) continue;
    std::size_t length = 0;
    while (length < rest->size() && in_identifier((*rest)[length])) ++length;
    const bool begins = line.find('{') != std::string_view::npos;
    const bool specialises = length < rest->size() &&
                             ((*rest)[length] == '<' || (*rest).substr(length).starts_with("::"));
    return begins && !specialises ? std::string(rest->substr(0, length)) : "";
  }
  return "";
}

}  // namespace

Violations definitions(const Tree& tree) {
  Violations found;
  std::map<std::string, std::string> places;
  for (const SourceFile& file : tree) {
    if (!is_source(file.path)) continue;
    std::vector<std::string> spaces;
    const std::string code = code_only(file.text);
    const auto code_lines = lines_of(code);
    const auto text_lines = lines_of(file.text);
    for (std::size_t i = 0; i < code_lines.size(); ++i) {
      const std::string_view line = code_lines[i];
      if (line.starts_with("namespace {")) spaces.emplace_back();
      if (text_lines[i].starts_with("}  // namespace") && !spaces.empty()) spaces.pop_back();
      if (const auto rest = after(line, "namespace "); rest && !line.starts_with("namespace {")) {
        spaces.emplace_back(rest->substr(0, rest->find(' ')));
      }
      const std::string type = defined_type(line);
      if (type.empty()) continue;
      std::string name;
      for (const std::string& space : spaces) name += space.empty() ? file.path : space + "::";
      const auto [known, is_new] = places.try_emplace(name + type, file.path);
      if (is_new || known->second == file.path) continue;
      found.push_back({file.path, i + 1, name + type + " is defined in " + known->second + " too"});
    }
  }
  return found;
}

}  // namespace reducecheck::tidy
