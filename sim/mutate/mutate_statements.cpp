// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/program/printer.hpp"
#include "sim/mutate/mutant_draft.hpp"

namespace reducecheck::mutation {
namespace {

bool mentions(const Expr& e, const std::string& name) {
  if (e.kind == ExprKind::name && e.name == name) return true;
  return std::ranges::any_of(e.children, [&](const Expr& one) { return mentions(one, name); });
}

bool mentions(const Stmt& s, const std::string& name) {
  const auto inside = [&](const Stmt& one) { return mentions(one, name); };
  return std::ranges::find(s.targets, name) != s.targets.end() || mentions(s.value, name) ||
         std::ranges::any_of(s.body, inside) || std::ranges::any_of(s.otherwise, inside);
}

/// The variable that the statement reduces or gathers in place, under a condition or not; or empty.
std::string reduced_in_place(const Stmt& s) {
  if (s.kind == StmtKind::branch && s.body.size() == 1 && s.otherwise.empty()) {
    return reduced_in_place(s.body[0]);
  }
  if (s.kind != StmtKind::assign || s.targets.size() != 1 || !group_argument(s.value)) return "";
  const Expr& x = s.value.children[1];
  return x.kind == ExprKind::name && x.name == s.targets[0] ? x.name : "";
}

class StatementMutants {
 public:
  explicit StatementMutants(MutantDraft& draft) : draft_(draft) {}

  void block(Program& statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      block(statements[i].body);
      block(statements[i].otherwise);
      accumulated(statements[i]);
      const std::string name = reduced_in_place(statements[i]);
      if (name.empty()) continue;
      for (std::size_t j = i + 1; j < statements.size(); ++j) {
        if (!mentions(statements[j], name)) continue;
        move(statements, i, j);
        break;
      }
      for (std::size_t j = i; j > 0; --j) {
        if (!mentions(statements[j - 1], name)) continue;
        move(statements, i, j - 1);
        break;
      }
    }
  }

 private:
  /// The statement at `from` beyond the one at `to`.
  void move(Program& statements, std::size_t from, std::size_t to) {
    const Program saved = statements;
    const std::string line = lines_of(saved[from]);
    const std::string other = lines_of(saved[to]);
    const auto at = [&](std::size_t i) {
      return statements.begin() + static_cast<std::ptrdiff_t>(i);
    };
    if (from < to) {
      std::rotate(at(from), at(from + 1), at(to + 1));
    } else {
      std::rotate(at(to), at(from), at(from + 1));
    }
    const bool later = from < to;
    draft_.propose_changed(MutantKind::move_collective, saved[from].at,
                           later ? line + "; " + other : other + "; " + line,
                           later ? other + "; " + line : line + "; " + other);
    statements = saved;
  }

  /// The statement on one line; a block of several is `...`.
  static std::string lines_of(const Stmt& s) {
    const std::string head = repair::head_line(s);
    if (s.body.empty()) return head;
    return head + (s.body.size() == 1 ? " " + lines_of(s.body[0]) : " ...");
  }

  /// `y += b` to nothing and to `y = b`.
  void accumulated(Stmt& s) {
    if (s.kind != StmtKind::augment || s.op != BinaryOp::add) return;
    const Stmt saved = s;
    const std::string before = repair::head_line(s);
    s.kind = StmtKind::assign;
    draft_.propose_changed(MutantKind::drop_addend, saved.at, before, repair::head_line(s));
    s = Stmt{};
    s.at = saved.at;
    draft_.propose_changed(MutantKind::drop_addend, saved.at, before, repair::head_line(s));
    s = saved;
  }

  MutantDraft& draft_;
};

}  // namespace

void mutate_statements(MutantDraft& draft) {
  StatementMutants mutants(draft);
  mutants.block(draft.variant().program);
  mutants.block(draft.shared());
}

}  // namespace reducecheck::mutation
