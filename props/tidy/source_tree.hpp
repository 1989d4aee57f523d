// SPDX-License-Identifier: Apache-2.0
// The files of the project as text, for tests that judge the text itself.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck::tidy {

/// A file of the tree; `path` is from the root, with slashes.
struct SourceFile {
  std::string path;
  std::string text;
};

using Tree = std::vector<SourceFile>;

/// The text files of the project below `root` in order of their paths: the five folders, `cmake`
/// and the files of the root itself. Folders called `build` and hidden ones are not entered.
Tree read_tree(const std::filesystem::path& root);

/// Whether the file is C++ or CUDA.
bool is_source(std::string_view path);

/// Whether the file is a test or a header for tests.
bool is_test(std::string_view path);

/// The path without its last component; empty for a file of the root.
std::string folder_of(std::string_view path);

/// The lines of a text, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The text with comments and the insides of literals turned into blanks. Line ends stay, so a
/// place in one is a place in the other.
std::string code_only(std::string_view text);

/// The number of the line, counted from 1, that holds the byte at `offset`.
std::size_t line_at(std::string_view text, std::size_t offset);

/// Whether `c` may be part of an identifier.
bool in_identifier(char c);

}  // namespace reducecheck::tidy
