// SPDX-License-Identifier: Apache-2.0
// Console blocks of Markdown pages: what a reader is told to type and told to see.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck::transcript {

/// One command of a ```console block: the text behind `$ `, with lines that end in a backslash
/// joined, and what the page shows below it. `exit N` as the last line is the exit status.
struct Command {
  std::size_t line = 0;
  std::string text;
  std::vector<std::string> output;
  std::optional<int> exit_status;
};

/// A block that opens with ```toml NAME: a file that the page's commands may read.
struct PageFile {
  std::string name;
  std::string text;
};

struct Page {
  std::vector<Command> commands;
  std::vector<PageFile> files;
};

Page read_page(std::string_view markdown);

/// Whether the command starts the tool.
bool starts_tool(const Command& command);

/// The line without what differs between runs and builds: the tool's version and commit become
/// VERSION, times become TIME, blanks at the end go.
std::string comparable(std::string_view line);

/// Nothing when `actual` is what the page shows, else a sentence with the first line that differs.
/// A line `...` of the page stands for any number of lines.
std::optional<std::string> difference(const std::vector<std::string>& shown,
                                      const std::vector<std::string>& actual);

struct Outcome {
  std::vector<std::string> output;
  int exit_status = 0;  // 128 + the signal for a command that a signal ended
};

/// Runs the command in a shell in `directory`, both output streams taken together.
Outcome run(const Command& command, const std::filesystem::path& directory);

}  // namespace reducecheck::transcript
