// SPDX-License-Identifier: Apache-2.0
// The tables of a scenario file, one function each. All of them report every error that they find
// and go on, so that a person sees the errors of a file together.
#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/frame/toml_node.hpp"

namespace reducecheck {

/// What is being read, and into what.
struct Reading {
  Scenario& scenario;
  Diagnostics& diagnostics;
  /// Some table that declares names cannot be read. Uses of names are then not checked: every one
  /// would seem to be an error, and the one that matters would drown.
  bool names_are_hidden;
  /// Texts with syntax errors: `reference`, `distributed`, `variant.NAME`. Their names are not
  /// checked, because what the broken statement assigns would seem to be unknown.
  std::set<std::string> broken;
};

/// True if `node` is of `kind`; else an error that says what `path` is and what is wanted, such as
/// `a list of integers`, with `example` as the hint.
bool expect_kind(const TomlNode& node, TomlNode::Kind kind, std::string_view path,
                 std::string_view wanted, std::string_view example, Diagnostics& diagnostics);

/// An error for each child of `table` that is none of `keys`. `where` is empty for the file itself.
void refuse_unknown_keys(const TomlNode& table, std::initializer_list<std::string_view> keys,
                         std::string_view where, Diagnostics& diagnostics);

/// The error of a key that must be there, with an example as the hint.
void report_missing(Position at, std::string_view path, std::string_view example,
                    Diagnostics& diagnostics);

/// The children of a table whose keys are names chosen by the user; none if it is no table, and at
/// most FrameLimits::names of them.
std::span<const TomlNode> named_children(const TomlNode* table, std::string_view path,
                                         std::string_view example, Diagnostics& diagnostics);

/// A list of integers or a single one; each from `low` to `high`.
std::vector<std::int64_t> read_integers(const TomlNode& node, std::string_view path,
                                        std::int64_t low, std::int64_t high,
                                        Diagnostics& diagnostics);

void read_mesh(const TomlNode& mesh, Reading& reading);
void read_switches(const TomlNode& table, Reading& reading);
void read_sizes(const TomlNode& table, Reading& reading);
void read_layouts(const TomlNode& table, std::vector<Layout>& layouts, Reading& reading);
void read_aliases(const TomlNode& table, Reading& reading);
/// After the programs: variants may declare scalars.
void read_assumptions(const TomlNode& table, Reading& reading);
void read_replay(const TomlNode& table, Reading& reading);

/// The weights of `path`: the file's own or those of a variant.
std::vector<WeightDecl> read_weights(const TomlNode& table, const std::string& path,
                                     Reading& reading);

/// `program` and `variant`; either may be absent.
void read_programs(const TomlNode* program, const TomlNode* variants, Reading& reading);

/// After everything else: verdicts name variants, weights and inputs.
void read_expectations(const TomlNode& table, Reading& reading);

}  // namespace reducecheck
