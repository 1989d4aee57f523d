// SPDX-License-Identifier: Apache-2.0
#include "props/transcript/transcript.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <regex>
#include <stdexcept>

namespace reducecheck::transcript {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view console = "```console";
constexpr std::string_view named_file = "```toml ";
constexpr std::string_view prompt = "$ ";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Takes the last line of the output as the exit status when it is one.
void take_exit_status(Command& command) {
  static const std::regex pattern("exit ([0-9]{1,3})");
  std::smatch found;
  if (command.output.empty() || !std::regex_match(command.output.back(), found, pattern)) return;
  command.exit_status = std::stoi(found[1]);
  command.output.pop_back();
}

/// Appends the commands of the block whose first line is lines[at]; gives the line behind it.
std::size_t read_console(const std::vector<std::string>& lines, std::size_t at,
                         std::vector<Command>& commands) {
  const std::size_t first = commands.size();
  bool joined = false;
  for (; at < lines.size() && !lines[at].starts_with(fence); ++at) {
    const std::string& line = lines[at];
    if (joined) {
      commands.back().text += line;
    } else if (line.starts_with(prompt)) {
      commands.push_back({at + 1, line.substr(prompt.size()), {}, std::nullopt});
    } else if (commands.size() > first) {
      commands.back().output.push_back(line);
      continue;
    } else {
      throw std::invalid_argument("line " + std::to_string(at + 1) +
                                  ": a console block must open with `$ `");
    }
    joined = commands.back().text.ends_with('\\');
    if (joined) commands.back().text.pop_back();
  }
  for (std::size_t i = first; i < commands.size(); ++i) take_exit_status(commands[i]);
  return at + 1;
}

/// Whether shown[from..] matches actual[at..]; `furthest` is the last line shown that was reached.
bool matches(const std::vector<std::string>& shown, std::size_t from,
             const std::vector<std::string>& actual, std::size_t at, std::size_t& furthest) {
  for (; from < shown.size(); ++from, ++at) {
    furthest = std::max(furthest, from);
    if (shown[from] == "...") {
      for (std::size_t skip = at; skip <= actual.size(); ++skip) {
        if (matches(shown, from + 1, actual, skip, furthest)) return true;
      }
      return false;
    }
    if (at >= actual.size() || comparable(shown[from]) != comparable(actual[at])) return false;
  }
  furthest = std::max(furthest, from);
  return at == actual.size();
}

}  // namespace

Page read_page(std::string_view markdown) {
  Page page;
  const std::vector<std::string> lines = split_lines(markdown);
  std::size_t at = 0;
  while (at < lines.size()) {
    const std::string& line = lines[at++];
    if (!line.starts_with(fence)) continue;
    if (line == console) {
      at = read_console(lines, at, page.commands);
      continue;
    }
    std::string text;
    for (; at < lines.size() && lines[at] != fence; ++at) text += lines[at] + "\n";
    ++at;
    if (line.starts_with(named_file)) page.files.push_back({line.substr(named_file.size()), text});
  }
  return page;
}

bool starts_tool(const Command& command) {
  return command.text.starts_with("reducecheck ") || command.text == "reducecheck" ||
         command.text.starts_with("build/release/bin/reducecheck");
}

std::string comparable(std::string_view line) {
  static const std::regex version(R"(reducecheck [0-9]+\.[0-9]+\.[0-9]+( \([^)]*\))?)");
  static const std::regex time(R"( *\b[0-9]+(\.[0-9]+)? ?(ns|us|µs|ms|s|min)\b)");
  std::string text = std::regex_replace(std::string(line), version, "reducecheck VERSION");
  text = std::regex_replace(text, time, " TIME");
  text.erase(text.find_last_not_of(" \t\r") + 1);
  return text;
}

std::optional<std::string> difference(const std::vector<std::string>& shown,
                                      const std::vector<std::string>& actual) {
  std::size_t furthest = 0;
  if (matches(shown, 0, actual, 0, furthest)) return std::nullopt;
  std::string sentence = furthest < shown.size()
                             ? "the page shows, but the output lacks: " + shown[furthest]
                             : "the output goes on where the page ends";
  sentence += "\nthe whole output:\n";
  for (const std::string& line : actual) sentence += line + "\n";
  return sentence;
}

Outcome run(const Command& command, const std::filesystem::path& directory) {
  const std::string shell_text =
      "cd '" + directory.string() + "' && { " + command.text + "\n} 2>&1 </dev/null";
  std::FILE* pipe = popen(shell_text.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start a shell");
  std::string output;
  char buffer[4096];
  while (const std::size_t read = std::fread(buffer, 1, sizeof buffer, pipe)) {
    output.append(buffer, read);
  }
  const int status = pclose(pipe);
  return {split_lines(output), WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

}  // namespace reducecheck::transcript
