// SPDX-License-Identifier: Apache-2.0
// How the parts of a result are said in words, the same in every report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.hpp"

namespace reducecheck {

/// `dp=1 tp=2 use_ep=true`: the axes in their order, then the switches; `one rank` without any.
std::string layout_text(const Configured& configuration);

/// `true`, `4`, `deepep`.
std::string switch_text(const SwitchValue& value);

/// Ascending ranks as a set: `{0,1}`, `{0..7}`, `{0,2,4,6,8,10,.. 32 ranks}`.
std::string rank_set(std::span<const int> ranks);

/// `1,048,576`.
std::string grouped_digits(std::int64_t number);

/// `1 scenario`, `2 scenarios`; `noun` is singular and regular.
std::string counted(std::size_t number, std::string_view noun);

/// `double_reduce(shared, experts)`, or the class alone without branches.
std::string defect_text(std::string_view defect_class, std::span<const std::string> branches);

/// `holds`, `undecided`, `double_reduce(shared)`.
std::string verdict_text(const Cell& cell);

/// `file:line:col`, or the file alone where the line is unknown.
std::string place_text(std::string_view file, Position at);

/// `a, b and c`, or an empty string.
std::string listed(std::span<const std::string> words);

/// `text` on one line, safe for a terminal: line breaks and tabs as spaces, the rest by
/// printable().
std::string one_line(std::string_view text);

/// Terminal columns that `text` takes up.
std::size_t display_width(std::string_view text);

/// `text` in lines of at most `width` columns where its words allow, each after `indent` spaces.
/// Ends in a line break.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 96);

}  // namespace reducecheck
