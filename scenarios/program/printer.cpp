// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/printer.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "scenarios/program/levels.hpp"
#include "scenarios/program/literals.hpp"

namespace reducecheck {
namespace {

std::string print_at(const Expr& expression, Level least);

Level level_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::logical_or: return or_level;
    case BinaryOp::logical_and: return and_level;
    case BinaryOp::add:
    case BinaryOp::subtract: return sum_level;
    case BinaryOp::multiply:
    case BinaryOp::divide:
    case BinaryOp::floor_divide:
    case BinaryOp::modulo:
    case BinaryOp::matmul: return term_level;
    default: return comparison_level;
  }
}

Level tighter(Level level) {
  return static_cast<Level>(level + 1);
}

// A decimal number ends when its denominator has no other prime factors than those of ten.
bool is_decimal(const Fraction& value) {
  std::int64_t denominator = value.denominator();
  while (denominator % 2 == 0) denominator /= 2;
  while (denominator % 5 == 0) denominator /= 5;
  return denominator == 1;
}

Level level_of(const Expr& expression) {
  switch (expression.kind) {
    case ExprKind::tuple: return tuple_level;
    case ExprKind::conditional: return conditional_level;
    case ExprKind::binary: return level_of(expression.op);
    case ExprKind::logical_not: return not_level;
    case ExprKind::negate: return unary_level;
    case ExprKind::number:
      if (!is_decimal(expression.number)) return term_level;
      return expression.number < 0 ? unary_level : postfix_level;
    default: return postfix_level;
  }
}

std::string print_number(const Fraction& value) {
  if (value.is_integer()) return fmt::format("{}", value.numerator());
  if (!is_decimal(value)) return fmt::format("{} / {}", value.numerator(), value.denominator());
  __extension__ typedef __int128 Wider;  // ten times a remainder may not fit in 64 bits
  const Wider denominator = value.denominator();
  Wider rest = value.numerator();
  std::string result = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  result += fmt::format("{}.", static_cast<std::int64_t>(rest / denominator));
  for (rest %= denominator; rest != 0; rest %= denominator) {
    rest *= 10;
    result += static_cast<char>('0' + static_cast<int>(rest / denominator));
  }
  return result;
}

std::string print_all(const std::vector<Expr>& expressions) {
  std::string result;
  for (const Expr& expression : expressions) {
    if (!result.empty()) result += ", ";
    result += print_at(expression, conditional_level);
  }
  return result;
}

std::string print_call(const Expr& call) {
  std::string result = print_at(call.children[0], postfix_level) + "(";
  for (std::size_t i = 1; i < call.children.size(); ++i) {
    if (i > 1) result += ", ";
    const bool named = i <= call.keywords.size() && !call.keywords[i - 1].empty();
    if (named) result += call.keywords[i - 1] + "=";
    result += print_at(call.children[i], conditional_level);
  }
  return result + ")";
}

std::string print_binary(const Expr& binary) {
  const Level level = level_of(binary.op);
  const Level left = level == comparison_level ? sum_level : level;
  std::string result = print_at(binary.children[0], left);
  result.append(" ").append(spelling(binary.op)).append(" ");
  return result + print_at(binary.children[1], tighter(level));
}

std::string print_bare(const Expr& expression) {
  const std::vector<Expr>& children = expression.children;
  switch (expression.kind) {
    case ExprKind::number: return print_number(expression.number);
    case ExprKind::text: return quote(expression.name);
    case ExprKind::truth: return expression.number == 0 ? "False" : "True";
    case ExprKind::none: return "None";
    case ExprKind::name: return expression.name;
    case ExprKind::call: return print_call(expression);
    case ExprKind::index:
      return print_at(children[0], postfix_level) + "[" + print_at(children[1], conditional_level) +
             "]";
    case ExprKind::slice:
      return fmt::format("{}[{}:{}]", print_at(children[0], postfix_level),
                         print_at(children[1], conditional_level),
                         print_at(children[2], conditional_level));
    case ExprKind::negate: return fmt::format("-{}", print_at(children[0], unary_level));
    case ExprKind::logical_not: return fmt::format("not {}", print_at(children[0], not_level));
    case ExprKind::binary: return print_binary(expression);
    case ExprKind::conditional:
      return fmt::format("{} if {} else {}", print_at(children[0], or_level),
                         print_at(children[1], or_level), print_at(children[2], conditional_level));
    case ExprKind::list: return fmt::format("[{}]", print_all(children));
    case ExprKind::tuple: return print_all(children);
    case ExprKind::absent: break;
  }
  return "";
}

std::string print_at(const Expr& expression, Level least) {
  std::string bare = print_bare(expression);
  return level_of(expression) < least ? fmt::format("({})", bare) : bare;
}

class ProgramPrinter {
 public:
  void statements(const std::vector<Stmt>& statements, int depth) {
    for (const Stmt& statement : statements) print_statement(statement, depth);
  }

  std::string text;

 private:
  void line(int depth, std::string_view content) {
    text.append(static_cast<std::size_t>(4 * depth), ' ').append(content).append("\n");
  }

  void block(const std::vector<Stmt>& body, int depth) {
    statements(body, depth + 1);
    if (body.empty()) line(depth + 1, "pass");  // only in trees that no text stands for
  }

  void branch(const Stmt& statement, int depth, std::string_view word) {
    line(depth, fmt::format("{} {}:", word, print(statement.value)));
    block(statement.body, depth);
    const std::vector<Stmt>& otherwise = statement.otherwise;
    if (otherwise.size() == 1 && otherwise[0].kind == StmtKind::branch) {
      branch(otherwise[0], depth, "elif");
    } else if (!otherwise.empty()) {
      line(depth, "else:");
      block(otherwise, depth);
    }
  }

  void function(const Stmt& statement, int depth) {
    std::string parameters;
    for (const Parameter& parameter : statement.parameters) {
      if (!parameters.empty()) parameters += ", ";
      parameters += parameter.name;
      if (parameter.fallback.kind != ExprKind::absent) {
        parameters += fmt::format("={}", print(parameter.fallback));
      }
    }
    line(depth, fmt::format("def {}({}):", statement.name, parameters));
    block(statement.body, depth);
  }

  void print_statement(const Stmt& statement, int depth) {
    const auto value = [&statement] { return print_at(statement.value, tuple_level); };
    std::string targets;
    for (const std::string& target : statement.targets) {
      targets += targets.empty() ? target : fmt::format(", {}", target);
    }
    switch (statement.kind) {
      case StmtKind::assign: return line(depth, fmt::format("{} = {}", targets, value()));
      case StmtKind::augment:
        return line(depth, fmt::format("{} {}= {}", targets, spelling(statement.op), value()));
      case StmtKind::result: return line(depth, fmt::format("return {}", value()));
      case StmtKind::pass: return line(depth, "pass");
      case StmtKind::section: return line(depth, fmt::format("section {}", quote(statement.name)));
      case StmtKind::branch: return branch(statement, depth, "if");
      case StmtKind::loop:
        line(depth, fmt::format("for {} in {}:", targets, print(statement.value)));
        return block(statement.body, depth);
      case StmtKind::function: return function(statement, depth);
    }
  }
};

}  // namespace

std::string print(const Expr& expression) {
  return print_at(expression, conditional_level);
}

std::string print(const Program& program) {
  ProgramPrinter printer;
  printer.statements(program, 0);
  return printer.text;
}

}  // namespace reducecheck
