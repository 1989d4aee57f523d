// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

Mesh make_mesh(const Scenario& scenario, const Configuration& configuration) {
  std::vector<std::string> names;
  for (const Axis& axis : scenario.axes) names.push_back(axis.name);
  return {std::move(names), configuration.axes};
}

/// Whether `name` is split somewhere: it stands left of a `/`.
bool splits(const Expr& expression, const std::string& name) {
  const auto mentions = [&](const auto& self, const Expr& e) -> bool {
    return (e.kind == ExprKind::name && e.name == name) ||
           std::ranges::any_of(e.children, [&](const Expr& child) { return self(self, child); });
  };
  if (expression.kind == ExprKind::binary && expression.op == BinaryOp::divide &&
      mentions(mentions, expression.children[0])) {
    return true;
  }
  return std::ranges::any_of(expression.children,
                             [&](const Expr& child) { return splits(child, name); });
}

bool cuts_columns(const Expr& e) {
  if (std::ranges::find(e.keywords, "dim") != e.keywords.end()) return true;
  return std::ranges::any_of(e.children, cuts_columns);
}

bool cuts_columns(const Program& program) {
  return std::ranges::any_of(program, [](const Stmt& s) {
    return cuts_columns(s.value) || cuts_columns(s.body) || cuts_columns(s.otherwise);
  });
}

bool splits(const Scenario& scenario, const std::string& name) {
  const auto weight = [&](const WeightDecl& w) {
    return std::ranges::any_of(w.dimensions, [&](const Expr& e) { return splits(e, name); });
  };
  const auto layout = [&](const Layout& l) { return splits(l.features, name); };
  const auto variant = [&](const Variant& v) {
    return std::ranges::any_of(v.weights, weight) || (name == "hidden" && cuts_columns(v.program));
  };
  return std::ranges::any_of(scenario.weights, weight) ||
         std::ranges::any_of(scenario.inputs, layout) ||
         std::ranges::any_of(scenario.outputs, layout) ||
         std::ranges::any_of(scenario.variants, variant) ||
         (name == "hidden" && cuts_columns(scenario.distributed));
}

/// Every rank needs at least two features of a width that is split: with one, a forgotten division
/// by the local width would be a division by one. A width that nobody splits stays small.
std::int64_t default_width(const Scenario& scenario, const Mesh& mesh, const std::string& name) {
  return splits(scenario, name) ? std::max<std::int64_t>(4, 2 * mesh.ranks()) : 4;
}

std::int64_t default_experts(const Mesh& mesh) {
  const std::int64_t ranks = mesh.ranks();
  return (4 + ranks - 1) / ranks * ranks;
}

}  // namespace

bool splits_width(const Scenario& scenario, const std::string& name) {
  return splits(scenario, name);
}

const std::vector<std::string>& built_in_sizes() {
  static const std::vector<std::string> names = {"hidden", "inter", "shared_inter", "vocab",
                                                 "E",      "k",     "tokens"};
  return names;
}

Scope::Scope(const Scenario& scenario, const Configuration& configuration,
             const SizeOverrides& overrides)
    : scenario_(scenario), mesh_(make_mesh(scenario, configuration)) {
  for (int axis = 0; axis < mesh_.axes(); ++axis) {
    values_[mesh_.name(axis)] = {GroupValue{{{axis}}, {mesh_.size(axis)}}};
  }
  add_switches(configuration);
  add_plain_sizes(overrides);
  add_groups();
  add_sizes();
}

void Scope::add_switches(const Configuration& configuration) {
  for (std::size_t i = 0; i < scenario_.switches.size(); ++i) {
    Value value;
    std::visit(
        [&](const auto& v) {
          if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::int64_t>) {
            value = make_integer(v);
          } else {
            value.data = v;
          }
        },
        configuration.switches[i]);
    values_[scenario_.switches[i].name] = std::move(value);
  }
}

void Scope::add_groups() {
  for (const NamedExpr& group : scenario_.groups) add_named(group);
  for (const NamedExpr& group : scenario_.groups) {
    values_[group.name] = {
        as_group(values_[group.name], group.at, {"the derived group", group.name})};
  }
}

void Scope::add_named(const NamedExpr& named) {
  if (values_.contains(named.name)) return;
  if (std::ranges::find(in_progress_, named.name) != in_progress_.end()) {
    throw TextError(named.at, fmt::format("`{}` is defined by itself", named.name));
  }
  in_progress_.push_back(named.name);
  add_mentioned(named.value);
  values_[named.name] = evaluate(named.value);
  in_progress_.pop_back();
}

/// Derived groups and sizes may use each other in any order of the file, also as `ep_size` and
/// through an alias.
void Scope::add_mentioned(const Expr& expression) {
  if (expression.kind == ExprKind::name) {
    const std::string& name = target_of(expression.name);
    if (const NamedExpr* named = find_named(name)) {
      add_named(*named);
    } else if (!values_.contains(name) && (name.ends_with("_size") || name.ends_with("_rank"))) {
      if (const NamedExpr* group = find_named(name.substr(0, name.size() - 5))) add_named(*group);
    }
  }
  for (const Expr& child : expression.children) add_mentioned(child);
}

const NamedExpr* Scope::find_named(const std::string& name) const {
  for (const auto* list : {&scenario_.groups, &scenario_.sizes}) {
    for (const NamedExpr& named : *list) {
      if (named.name == name) return &named;
    }
  }
  return nullptr;
}

/// What replaces the file's sizes, and the defaults that depend on the mesh alone: groups and other
/// sizes may use them.
void Scope::add_plain_sizes(const SizeOverrides& overrides) {
  for (const auto& [name, size] : overrides) values_[name] = make_integer(size);
  const auto fall_back = [&](const std::string& name, std::int64_t size) {
    if (!values_.contains(name) && find_named(name) == nullptr) values_[name] = make_integer(size);
  };
  fall_back("k", 2);
  fall_back("hidden", default_width(scenario_, mesh_, "hidden"));
  fall_back("inter", default_width(scenario_, mesh_, "inter"));
  fall_back("shared_inter", default_width(scenario_, mesh_, "shared_inter"));
  fall_back("vocab", default_width(scenario_, mesh_, "vocab"));
  fall_back("E", default_experts(mesh_));
}

void Scope::add_sizes() {
  for (const NamedExpr& size : scenario_.sizes) add_named(size);
  const auto check = [&](const char* name, std::int64_t limit) {
    const std::int64_t number = size(name);
    if (number >= 1 && number <= limit) return;
    throw TextError({}, fmt::format("{} = {}; it must be from 1 to {}", name, number, limit));
  };
  for (const char* name : {"E", "k"}) check(name, Limits::experts);
  for (const char* name : {"hidden", "inter", "shared_inter", "vocab"}) check(name, Limits::width);
  if (!values_.contains("tokens")) values_["tokens"] = make_integer(default_tokens());
}

std::int64_t Scope::default_tokens() const {
  std::int64_t owners = 1;
  for (const Expr* rows = scenario_.inputs.empty() ? nullptr : &scenario_.inputs[0].rows;
       rows != nullptr && rows->kind == ExprKind::binary; rows = &rows->children[0]) {
    if (rows->op == BinaryOp::divide) {
      owners *= as_group(evaluate(rows->children[1]), rows->at, "the owners of the rows").size();
    }
  }
  const bool routed = std::ranges::any_of(scenario_.weights, [](const WeightDecl& w) {
    return w.kind == WeightKind::experts || w.kind == WeightKind::table;
  });
  // Every expert should be chosen by some token: four choices for each make that likely, and the
  // seed of a check is one for which it is so.
  const std::int64_t choices = owners * size("k");
  const std::int64_t wanted = routed ? (4 * size("E") + choices - 1) / choices : 4;
  const std::int64_t ranks = mesh_.ranks();
  const std::int64_t unit = ranks % owners == 0 ? ranks / owners : ranks;
  return std::max<std::int64_t>(1, (wanted + unit - 1) / unit) * unit;
}

const std::string& Scope::target_of(const std::string& written) const {
  for (const Alias& alias : scenario_.aliases) {
    if (alias.name == written) return alias.target;
  }
  return written;
}

std::optional<Value> Scope::find(const std::string& written, int rank) const {
  const std::string& name = target_of(written);
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  const auto group = [&](std::string_view suffix) -> const GroupValue* {
    if (!name.ends_with(suffix)) return nullptr;
    const auto found = values_.find(name.substr(0, name.size() - suffix.size()));
    return found == values_.end() ? nullptr : std::get_if<GroupValue>(&found->second.data);
  };
  if (const GroupValue* g = group("_size")) return Value{*g};
  if (const GroupValue* g = group("_rank"); g != nullptr && rank >= 0) {
    return make_integer(group_index(mesh_, g->group, rank), true);
  }
  return std::nullopt;
}

std::int64_t Scope::size(const std::string& name) const {
  return as_integer(values_.at(name), {}, {"the size", name});
}

std::vector<std::pair<std::string, std::int64_t>> Scope::derived() const {
  std::vector<std::pair<std::string, std::int64_t>> result;
  for (const NamedExpr& group : scenario_.groups) {
    result.emplace_back(group.name, std::get<GroupValue>(values_.at(group.name).data).size());
  }
  return result;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  for (const Alias& alias : scenario_.aliases) names.push_back(alias.name);
  return names;
}

}  // namespace reducecheck
