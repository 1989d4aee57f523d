// SPDX-License-Identifier: Apache-2.0
// The names that a frame declares, and what a word in an expression or a program stands for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

enum class NameKind {
  axis,
  group,
  switch_,
  size,
  weight,
  input,
  output,  // not declared for use: the programs assign it
  alias,
  group_size,  // `X_size`
  group_rank,  // `X_rank`
};

/// `an axis`, `a derived group`, ...
const char* describe(NameKind kind);

/// `a built-in size`, where `name` is one; else the kind.
std::string describe(NameKind kind, std::string_view name);

/// True for a function of the language. `norm` and `all_reduce` are two of them.
bool is_function(std::string_view name);

/// Functions that exchange data between ranks or ask where a rank stands: not for the reference.
bool needs_mesh(std::string_view name);

/// Functions of configuration values, which may stand in frame expressions.
bool is_config_function(std::string_view name);

/// Words that mean something as an argument, such as `cols` in `dim=cols`.
bool is_argument_word(std::string_view name);

const std::vector<std::string>& all_functions();

class FrameNames {
 public:
  /// Reports names that are declared twice, are no names, or shadow the language's own.
  FrameNames(const Scenario& scenario, Diagnostics& diagnostics);

  /// What `name` stands for, through aliases; nothing for an unknown name or an output.
  [[nodiscard]] std::optional<NameKind> resolve(std::string_view name) const;

  /// The group or size that a word of an expression leads to: `ep` for an alias of it and
  /// `ep_size`.
  [[nodiscard]] std::string root(std::string_view name) const;

  /// The kind of `name` if the frame itself declares it, built-in sizes included.
  [[nodiscard]] std::optional<NameKind> declared(std::string_view name) const;

  /// The names of these kinds, for did-you-mean.
  [[nodiscard]] std::vector<std::string> of(std::initializer_list<NameKind> kinds) const;

 private:
  struct Entry {
    NameKind kind;
    Position at;
    std::string target;  // of an alias
  };

  void add(NameKind kind, const std::string& name, Position at, Diagnostics& diagnostics,
           const std::string& target = "");
  [[nodiscard]] std::optional<NameKind> resolve_direct(std::string_view name) const;

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace reducecheck
