// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/tree.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "scenarios/program/printer.hpp"

namespace reducecheck::repair {
namespace {

/// Collects places in the order of the text.
class Collector {
 public:
  explicit Collector(std::vector<Place>& out) : out_(out) {}

  void program(Program& statements, bool of_variant) {
    of_variant_ = of_variant;
    block(statements);
  }

 private:
  void block(Program& statements) {
    for (Stmt& s : statements) {
      statement_ = &s;
      expression(s.value, role_of(s));
      block(s.body);
      block(s.otherwise);
    }
  }

  static Role role_of(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::assign:
      case StmtKind::result: return Role::value;
      case StmtKind::augment: return s.op == BinaryOp::add ? Role::addend : Role::other;
      case StmtKind::branch: return Role::condition;
      default: return Role::other;
    }
  }

  void expression(Expr& e, Role role) {
    if (e.kind == ExprKind::absent) return;
    out_.push_back({&e, statement_, role, of_variant_, out_.size()});
    const std::optional<std::size_t> group = group_argument(e);
    for (std::size_t i = 0; i < e.children.size(); ++i) {
      Role inner = Role::other;
      if (e.kind == ExprKind::call && i > 0 && i != group) inner = Role::argument;
      if (is(e, BinaryOp::add)) inner = Role::addend;
      if (e.kind == ExprKind::conditional) inner = i == 1 ? Role::condition : Role::value;
      if (e.kind == ExprKind::call && i == 0) continue;  // a name of a function is no value
      expression(e.children[i], inner);
    }
  }

  std::vector<Place>& out_;
  Stmt* statement_ = nullptr;
  bool of_variant_ = false;
};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  bool open = false;
  for (const char c : text) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    if (letter && open) {
      words.back() += c;
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      words.emplace_back(1, c);
    }
    open = letter;
  }
  return words;
}

/// The length of a longest common subsequence.
std::size_t common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const std::string& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = word == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

Expr negated(Expr condition) {
  if (condition.kind == ExprKind::logical_not) return condition.children[0];
  static const std::map<BinaryOp, BinaryOp> opposites = {
      {BinaryOp::equal, BinaryOp::not_equal},    {BinaryOp::not_equal, BinaryOp::equal},
      {BinaryOp::less, BinaryOp::greater_equal}, {BinaryOp::greater_equal, BinaryOp::less},
      {BinaryOp::greater, BinaryOp::less_equal}, {BinaryOp::less_equal, BinaryOp::greater}};
  const auto opposite = opposites.find(condition.op);
  if (condition.kind == ExprKind::binary && opposite != opposites.end()) {
    condition.op = opposite->second;
    return condition;
  }
  return node(ExprKind::logical_not, {std::move(condition)});
}

Expr chosen(Expr if_true, Expr condition, Expr if_false) {
  return node(ExprKind::conditional,
              {std::move(if_true), std::move(condition), std::move(if_false)});
}

std::string callee_of(const Expr& e) {
  if (e.kind != ExprKind::call) return "";
  const Expr* callee = &e.children[0];
  if (callee->kind == ExprKind::index) callee = &callee->children[0];
  if (callee->kind != ExprKind::name) return "";
  return callee->name.substr(0, callee->name.rfind(".slots"));
}

std::vector<Expr> operands(const Expr& e, BinaryOp op) {
  if (!is(e, op)) return {e};
  std::vector<Expr> all = operands(e.children[0], op);
  for (Expr& right : operands(e.children[1], op)) all.push_back(std::move(right));
  return all;
}

Expr joined(const std::vector<Expr>& parts, BinaryOp op) {
  Expr result{ExprKind::absent};
  for (const Expr& part : parts) {
    result = result.kind == ExprKind::absent ? part : binary(op, std::move(result), part);
  }
  return result;
}

bool is_boolean(const Expr& e) {
  if (e.kind == ExprKind::truth || e.kind == ExprKind::logical_not) return true;
  if (e.kind != ExprKind::binary) return false;
  switch (e.op) {
    case BinaryOp::equal:
    case BinaryOp::not_equal:
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal:
    case BinaryOp::in:
    case BinaryOp::not_in:
    case BinaryOp::logical_and:
    case BinaryOp::logical_or: return true;
    default: return false;
  }
}

std::vector<Place> places(Variant& variant, Program& shared) {
  std::vector<Place> all;
  Collector collector(all);
  collector.program(variant.program, true);
  collector.program(shared, false);
  return all;
}

std::string head_line(const Stmt& statement) {
  Stmt head = statement;
  head.body.clear();
  head.otherwise.clear();
  const std::string text = print(Program{head});
  return text.substr(0, text.find('\n'));
}

std::size_t count_words(const std::string& text) {
  return words_of(text).size();
}

std::size_t words_changed(const std::string& before, const std::string& after) {
  std::vector<std::string> a = words_of(before);
  std::vector<std::string> b = words_of(after);
  // Only the middle can differ, and the table is quadratic.
  const auto [end_a, end_b] = std::ranges::mismatch(a, b);
  const auto same = static_cast<std::ptrdiff_t>(end_a - a.begin());
  a.erase(a.begin(), a.begin() + same);
  b.erase(b.begin(), b.begin() + same);
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.pop_back();
    b.pop_back();
  }
  return a.size() + b.size() - 2 * common(a, b);
}

}  // namespace reducecheck::repair
