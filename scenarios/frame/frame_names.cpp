// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/frame_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/frame/load.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

struct Function {
  std::string_view name;
  bool needs_mesh = false;
  bool config = false;
};

constexpr std::array functions = {
    Function{"topk"},
    Function{"chunk", true, true},
    Function{"pad"},
    Function{"cat"},
    Function{"rows"},
    Function{"width"},
    Function{"counts", true},
    Function{"rank", true, true},
    Function{"size", true, true},
    Function{"block", true, true},
    Function{"range", false, true},
    Function{"len", false, true},
    Function{"min", false, true},
    Function{"max", false, true},
    Function{"sum", false, true},
    Function{"ceil_div", false, true},
    Function{"all_reduce", true},
    Function{"reduce_scatter", true},
    Function{"reduce_scatterv", true},
    Function{"all_gather", true},
    Function{"all_gatherv", true},
    Function{"broadcast", true},
    Function{"dispatch", true},
    Function{"combine", true},
    Function{"norm"},
    Function{"act"},
    Function{"silu"},
    Function{"gelu"},
    Function{"relu"},
    Function{"tanh"},
    Function{"quant"},
    Function{"sigmoid"},
    Function{"rsqrt"},
    Function{"exp"},
    Function{"log"},
    Function{"take"},
    Function{"where"},
    Function{"amax"},
};

constexpr std::array<std::string_view, 7> built_in_sizes = {
    "hidden", "inter", "shared_inter", "vocab", "E", "k", "tokens"};

constexpr std::array<std::string_view, 6> argument_words = {"sum",  "avg",  "max",
                                                            "cols", "rows", "garbage"};

constexpr std::size_t group_suffix = 5;  // of `_size` and `_rank`

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

const Function* find_function(std::string_view name) {
  const auto* found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : found;
}

/// Identifiers; those of an alias may have dots, as in `config.ep_size`.
bool is_name(std::string_view name, bool dots) {
  bool begins = true;
  for (const char c : name) {
    if (dots && !begins && c == '.') {
      begins = true;
      continue;
    }
    if (begins ? !begins_name(c) : !continues_name(c)) return false;
    begins = false;
  }
  return !begins;
}

/// Why `name` cannot be declared, or nothing.
std::string reserved(std::string_view name, NameKind kind) {
  if (contains(std::array<std::string_view, 3>{"axes", "ranks", "where"}, name) &&
      (kind == NameKind::axis || kind == NameKind::group)) {
    return "is a key of `mesh`";
  }
  if (is_keyword(name) || name == "section" || name == "self") return "is a word of the language";
  if (find_function(name) != nullptr) return "is a function of the language";
  if (is_argument_word(name)) return "is a word of the language";
  // Switches may vary a built-in size: `tokens = [4, 8]`.
  if (contains(built_in_sizes, name) && kind != NameKind::size && kind != NameKind::switch_) {
    return "is " + describe(NameKind::size, name);
  }
  return "";
}

}  // namespace

const char* describe(NameKind kind) {
  switch (kind) {
    case NameKind::axis:
      return "an axis";
    case NameKind::group:
      return "a derived group";
    case NameKind::switch_:
      return "a switch";
    case NameKind::size:
      return "a size";
    case NameKind::weight:
      return "a weight";
    case NameKind::input:
      return "an input";
    case NameKind::output:
      return "an output";
    case NameKind::alias:
      return "an alias";
    case NameKind::group_size:
      return "the size of a group";
    case NameKind::group_rank:
      return "a rank in a group";
  }
  return "?";
}

std::string describe(NameKind kind, std::string_view name) {
  if (kind != NameKind::size || !contains(built_in_sizes, name)) return describe(kind);
  return name == "k" ? "a built-in size (the k of top-k)" : "a built-in size";
}

bool is_function(std::string_view name) {
  return find_function(name) != nullptr;
}

bool needs_mesh(std::string_view name) {
  const Function* function = find_function(name);
  return function != nullptr && function->needs_mesh;
}

bool is_config_function(std::string_view name) {
  const Function* function = find_function(name);
  return function != nullptr && function->config;
}

bool is_argument_word(std::string_view name) {
  return contains(argument_words, name);
}

const std::vector<std::string>& all_functions() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const Function& function : functions) result.emplace_back(function.name);
    return result;
  }();
  return names;
}

FrameNames::FrameNames(const Scenario& scenario, Diagnostics& diagnostics) {
  const auto add_all = [&](NameKind kind, const auto& items) {
    for (const auto& item : items) add(kind, item.name, item.at, diagnostics);
  };
  add_all(NameKind::axis, scenario.axes);
  add_all(NameKind::group, scenario.groups);
  add_all(NameKind::switch_, scenario.switches);
  add_all(NameKind::size, scenario.sizes);
  add_all(NameKind::weight, scenario.weights);
  add_all(NameKind::input, scenario.inputs);
  add_all(NameKind::output, scenario.outputs);
  for (const Alias& alias : scenario.aliases) {
    add(NameKind::alias, alias.name, alias.at, diagnostics, alias.target);
  }
  for (const Variant& variant : scenario.variants) {
    for (const WeightDecl& weight : variant.weights) {
      if (declared(weight.name) == NameKind::weight) continue;  // replaces, or another variant's
      add(NameKind::weight, weight.name, weight.at, diagnostics);
    }
  }
}

void FrameNames::add(NameKind kind, const std::string& name, Position at, Diagnostics& diagnostics,
                     const std::string& target) {
  if (!is_name(name, kind == NameKind::alias)) {
    diagnostics.error(at, fmt::format("{} is no name", back_quoted(name)),
                      "a name has letters, digits and `_`, and begins with no digit");
    return;
  }
  if (name.size() > FrameLimits::name_length) {
    diagnostics.error(at, fmt::format("{} has {} letters; the limit is {}", back_quoted(name),
                                      name.size(), FrameLimits::name_length));
    return;
  }
  if (const std::string why = reserved(name, kind); !why.empty()) {
    diagnostics.error(at, fmt::format("`{}` cannot be {}: it {}", name, describe(kind), why),
                      "choose another name");
    return;
  }
  const auto [entry, added] = entries_.try_emplace(name, Entry{kind, at, target});
  if (added) return;
  const Entry& other = entry->second;
  const bool later = other.at < at;
  const Position first = later ? other.at : at;
  diagnostics.error(later ? at : other.at,
                    fmt::format("`{}` is declared twice: as {} in line {} and as {} here", name,
                                describe(later ? other.kind : kind), first.line,
                                describe(later ? kind : other.kind)));
}

std::optional<NameKind> FrameNames::declared(std::string_view name) const {
  if (const auto found = entries_.find(name); found != entries_.end()) return found->second.kind;
  if (contains(built_in_sizes, name)) return NameKind::size;
  return std::nullopt;
}

std::optional<NameKind> FrameNames::resolve_direct(std::string_view name) const {
  const auto is_group = [&](std::string_view candidate) {
    const std::optional<NameKind> kind = declared(candidate);
    return kind == NameKind::axis || kind == NameKind::group;
  };
  if (const std::optional<NameKind> kind = declared(name)) {
    return kind == NameKind::alias || kind == NameKind::output ? std::nullopt : kind;
  }
  if (name.ends_with("_size") && is_group(name.substr(0, name.size() - group_suffix))) {
    return NameKind::group_size;
  }
  if (name.ends_with("_rank") && is_group(name.substr(0, name.size() - group_suffix))) {
    return NameKind::group_rank;
  }
  return std::nullopt;
}

std::optional<NameKind> FrameNames::resolve(std::string_view name) const {
  const auto found = entries_.find(name);
  const bool alias = found != entries_.end() && found->second.kind == NameKind::alias;
  return resolve_direct(alias ? std::string_view(found->second.target) : name);
}

std::string FrameNames::root(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end() && found->second.kind == NameKind::alias) name = found->second.target;
  const std::optional<NameKind> kind = resolve_direct(name);
  const bool derived = kind == NameKind::group_size || kind == NameKind::group_rank;
  return std::string(derived ? name.substr(0, name.size() - group_suffix) : name);
}

std::vector<std::string> FrameNames::of(std::initializer_list<NameKind> kinds) const {
  const auto wanted = [&](NameKind kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (wanted(entry.kind)) names.push_back(name);
  }
  if (wanted(NameKind::size)) {
    for (const std::string_view name : built_in_sizes) {
      if (!entries_.contains(name)) names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace reducecheck
