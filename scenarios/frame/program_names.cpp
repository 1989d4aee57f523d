// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/program_names.hpp"

#include <fmt/format.h>

#include "scenarios/frame/expression_names.hpp"

namespace reducecheck {
namespace {

bool binds(const Stmt& statement) {
  return statement.kind == StmtKind::assign || statement.kind == StmtKind::augment ||
         statement.kind == StmtKind::loop;
}

bool is_group(NameKind kind) {
  return kind == NameKind::axis || kind == NameKind::group || kind == NameKind::group_size ||
         kind == NameKind::group_rank;
}

}  // namespace

ProgramNames::ProgramNames(std::vector<const Program*> texts, Side side, const FrameNames& frame)
    : texts_(std::move(texts)), side_(side), frame_(frame) {
  for (const Program* text : texts_) collect(*text, variables_);
}

void ProgramNames::collect(const Program& block, Names& assigned) {
  for (const Stmt& statement : block) {
    if (statement.kind == StmtKind::function) {
      functions_.insert(statement.name);
      Names locals;  // not visible outside, but functions inside of it are
      collect(statement.body, locals);
      continue;
    }
    if (binds(statement)) assigned.insert(statement.targets.begin(), statement.targets.end());
    collect(statement.body, assigned);
    collect(statement.otherwise, assigned);
  }
}

std::vector<UnknownName> ProgramNames::check(Diagnostics& diagnostics) {
  diagnostics_ = &diagnostics;
  for (const Program* text : texts_) check_block(*text, nullptr);
  diagnostics_ = nullptr;
  return std::move(unknown_);
}

std::vector<std::string> ProgramNames::own_names() const {
  std::vector<std::string> names(variables_.begin(), variables_.end());
  names.insert(names.end(), functions_.begin(), functions_.end());
  return names;
}

void ProgramNames::check_block(const Program& block, const Names* locals) {
  for (const Stmt& statement : block) {
    if (statement.kind == StmtKind::function) {
      check_function(statement, locals);
      continue;
    }
    if (binds(statement)) {
      for (const std::string& target : statement.targets) check_target(statement, target, locals);
    }
    check_expression(statement.value, locals);
    check_block(statement.body, locals);
    check_block(statement.otherwise, locals);
  }
}

void ProgramNames::check_function(const Stmt& function, const Names* outer) {
  if (const std::optional<NameKind> kind = frame_.declared(function.name)) {
    diagnostics_->error(function.at,
                        fmt::format("`{}` is {} and cannot be defined", function.name,
                                    describe(*kind, function.name)),
                        "the frame declares it; choose another name");
  } else if (is_function(function.name)) {
    diagnostics_->error(function.at,
                        fmt::format("`{}` is an operation and cannot be defined", function.name),
                        "choose another name");
  }
  Names locals;
  for (const Parameter& parameter : function.parameters) {
    check_expression(parameter.fallback, outer);
    locals.insert(parameter.name);
  }
  // Only a parameter may have the name of an input and be assigned, so the other locals that the
  // frame declares are left out here and refused at their assignment.
  Names assigned;
  collect(function.body, assigned);
  std::erase_if(assigned,
                [&](const std::string& name) { return frame_.declared(name).has_value(); });
  locals.merge(assigned);
  check_block(function.body, &locals);
}

void ProgramNames::check_target(const Stmt& statement, const std::string& target,
                                const Names* locals) {
  const std::optional<NameKind> kind = frame_.declared(target);
  if (!kind || kind == NameKind::output || (locals != nullptr && locals->contains(target))) return;
  diagnostics_->error(
      statement.at,
      fmt::format("`{}` is {} and cannot be assigned", target, describe(*kind, target)),
      "the frame declares it; choose another name");
}

void ProgramNames::check_expression(const Expr& expression, const Names* locals) {
  for_each_name(expression,
                [&](const Expr& name, bool called) { check_name(name, called, locals); });
}

void ProgramNames::check_name(const Expr& name, bool called, const Names* locals) {
  if (locals != nullptr && locals->contains(name.name)) return;
  if (refused_in_reference(name, called)) return;
  if (variables_.contains(name.name) || functions_.contains(name.name)) return;
  if (frame_.resolve(name.name) || is_function(name.name)) return;
  if (!called && is_argument_word(name.name)) return;
  constexpr std::string_view by_slot = ".slots";
  if (name.name.ends_with(by_slot)) {
    const std::string weight = name.name.substr(0, name.name.size() - by_slot.size());
    if (frame_.resolve(weight) == NameKind::weight) return;
  }
  unknown_.push_back({name.at, name.name, called});
}

bool ProgramNames::refused_in_reference(const Expr& name, bool called) {
  if (side_ != Side::reference) return false;
  const std::optional<NameKind> kind = frame_.resolve(name.name);
  const bool group = kind && is_group(*kind);
  const bool own = variables_.contains(name.name) || functions_.contains(name.name);
  const bool function = called && !own && needs_mesh(name.name);
  if (!group && !function) return false;
  diagnostics_->error(name.at,
                      fmt::format("`{}` in the reference: it runs on one rank and may not look at "
                                  "the mesh",
                                  name.name),
                      group ? fmt::format("`{}` is {}", name.name, describe(*kind))
                            : fmt::format("`{}` belongs into the distributed program", name.name));
  return true;
}

}  // namespace reducecheck
