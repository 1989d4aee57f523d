// SPDX-License-Identifier: Apache-2.0
// The house rules that a program can read off the text. Each rule gives what breaks it, in order of
// file and line, and nothing for a tree that keeps it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "props/tidy/source_tree.hpp"

namespace reducecheck::tidy {

struct Violation {
  std::string path;
  std::size_t line = 0;
  std::string sentence;

  bool operator==(const Violation&) const = default;
};

using Violations = std::vector<Violation>;

/// Files that a rule does not hold for, each with the reason.
using Exceptions = std::map<std::string, std::string>;

/// What is left of `violations` without the excepted files, and a violation for each exception that
/// nothing needs any more.
Violations excepting(const Violations& violations, const Exceptions& exceptions);

/// Folders include along the arrows of the README's map only: scenarios nothing else, sim the
/// scenarios, kernels nothing else, real the scenarios, the kernels and the public headers of
/// sim/judge and sim/report; libraries likewise.
Violations include_arrows(const Tree& tree);

/// An installed header includes only installed headers, and none of the libraries that a user would
/// then have to compile.
Violations public_headers(const Tree& tree);

/// Every source opens with its licence.
Violations licence_lines(const Tree& tree);

/// Lines of at most 100 columns; a code point is one column.
Violations line_lengths(const Tree& tree);

/// Sources of at most 300 lines.
Violations file_lengths(const Tree& tree);

/// Function bodies of at most 60 lines, from the opening brace to the closing one.
Violations function_lengths(const Tree& tree);

/// No macros.
Violations macros(const Tree& tree);

/// No call, flag or mark that the house does without.
Violations banned_words(const Tree& tree);

/// A name of a type has one definition in all files, those of unnamed namespaces apart: two are one
/// type for the linker, which takes the functions of either.
Violations definitions(const Tree& tree);

/// Every source is named in a CMakeLists.txt, and every folder with one is entered from above.
Violations registrations(const Tree& tree);

/// A scenario stands at catalogue/PROJECT/NAME.toml, where the catalogue's test looks, or in a
/// folder called test_data; the catalogue holds nothing else.
Violations catalogue_places(const Tree& tree);

/// The headers of a tree that are installed, as named in file sets of CMakeLists.txt.
std::vector<std::string> public_header_paths(const Tree& tree);

/// The words of a CMake file without comments; parentheses are words of their own.
std::vector<std::string> cmake_words(const std::string& text);

}  // namespace reducecheck::tidy
