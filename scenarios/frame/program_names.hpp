// SPDX-License-Identifier: Apache-2.0
// Which names a program assigns and which it uses without anybody declaring them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenarios/frame/frame_names.hpp"
#include "scenarios/program/ast.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// A name that nothing declares.
struct UnknownName {
  Position at;
  std::string name;
  bool called = false;

  auto operator<=>(const UnknownName&) const = default;
};

/// The names of the texts that run one after the other as one program.
class ProgramNames {
 public:
  enum class Side { reference, distributed };

  ProgramNames(std::vector<const Program*> texts, Side side, const FrameNames& frame);

  /// The unknown names; assignments to names of the frame, and what the reference must not use, go
  /// to `diagnostics`.
  [[nodiscard]] std::vector<UnknownName> check(Diagnostics& diagnostics);

  [[nodiscard]] bool assigns(const std::string& name) const { return variables_.contains(name); }

  /// Variables and functions, for did-you-mean.
  [[nodiscard]] std::vector<std::string> own_names() const;
  [[nodiscard]] const std::set<std::string>& functions() const { return functions_; }

 private:
  using Names = std::set<std::string>;

  void collect(const Program& block, Names& assigned);
  void check_block(const Program& block, const Names* locals);
  void check_function(const Stmt& function, const Names* outer);
  void check_target(const Stmt& statement, const std::string& target, const Names* locals);
  void check_expression(const Expr& expression, const Names* locals);
  void check_name(const Expr& name, bool called, const Names* locals);
  bool refused_in_reference(const Expr& name, bool called);

  std::vector<const Program*> texts_;
  Side side_;
  const FrameNames& frame_;
  Names variables_;
  Names functions_;
  std::vector<UnknownName> unknown_;
  Diagnostics* diagnostics_ = nullptr;  // while check runs
};

}  // namespace reducecheck
