// SPDX-License-Identifier: Apache-2.0
// Random scenarios that load_scenario accepts, built in code and not from text.
#pragma once

#include <fmt/format.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck {

/// Draws a scenario. To be used inside of a property, as every draw is one of RapidCheck's.
class ScenarioDraw {
 public:
  Scenario run() {
    draw_head();
    draw_mesh();
    draw_tables();
    scenario_.reference = draw_program({"x"}, "y", false);
    draw_variants();
    draw_expectations();
    if (flip()) scenario_.replay = Replay{{}, *rc::gen::arbitrary<std::uint64_t>(), ""};
    return std::move(scenario_);
  }

 private:
  using Words = std::vector<std::string>;

  static int upto(int most) { return *rc::gen::inRange(0, most + 1); }
  static bool flip() { return upto(1) == 1; }
  static const std::string& pick(const Words& words) {
    return words[static_cast<std::size_t>(upto(static_cast<int>(words.size()) - 1))];
  }
  static Words several(const char* stem, int most) {
    Words names;
    for (int i = upto(most); i > 0; --i) names.push_back(fmt::format("{}{}", stem, i));
    return names;
  }
  static std::string text() {
    static const Words letters = {"a",  " ",  "\"", "'", "'''", "\"\"\"", "\\", "\n",
                                  "\r", "\t", "#",  "=", "[",   "\x01",   "é",  "😀"};
    std::string result;
    for (int i = upto(8); i > 0; --i) result += pick(letters);
    return result;
  }

  static Expr name_of(const std::string& name) {
    Expr result{ExprKind::name};
    result.name = name;
    return result;
  }
  static Expr number(std::int64_t value) {
    Expr result{ExprKind::number};
    result.number = value;
    return result;
  }
  static Expr node(ExprKind kind, std::vector<Expr> children) {
    Expr result{kind};
    result.children = std::move(children);
    return result;
  }
  static Expr binary(BinaryOp op, Expr left, Expr right) {
    Expr result = node(ExprKind::binary, {std::move(left), std::move(right)});
    result.op = op;
    return result;
  }
  static Expr call(const std::string& function, std::vector<Expr> arguments) {
    arguments.insert(arguments.begin(), name_of(function));
    Expr result = node(ExprKind::call, std::move(arguments));
    result.keywords.resize(result.children.size() - 1);
    return result;
  }

  /// An expression over `names` that may stand in the frame.
  static Expr expression(const Words& names, int depth) {
    const int form = depth == 0 ? upto(2) : upto(8);
    const auto sub = [&] { return expression(names, depth - 1); };
    switch (form) {
      case 0:
        return number(upto(100));
      case 1:
      case 2:
        return name_of(pick(names));
      case 3:
        return node(ExprKind::negate, {sub()});
      case 4:
        return node(ExprKind::logical_not, {sub()});
      case 5:
        return node(ExprKind::conditional, {sub(), sub(), sub()});
      case 6:
        return node(flip() ? ExprKind::list : ExprKind::tuple, {sub(), sub()});
      case 7:
        return call("max", {sub(), sub()});
      default:
        return binary(static_cast<BinaryOp>(upto(static_cast<int>(BinaryOp::logical_or))), sub(),
                      sub());
    }
  }

  void draw_head() {
    scenario_.title = text();
    scenario_.source = text();
    scenario_.entry = text();
    scenario_.note = text();
    scenario_.model = text();
  }

  void draw_mesh() {
    names_ = several("axis", 3);
    names_.push_back("tp");
    for (const std::string& name : names_) {
      Axis axis{name, {}, {}};
      for (int size = upto(12); size > 0; --size) axis.sizes.push_back(size * 3);
      scenario_.axes.push_back(std::move(axis));
    }
    scenario_.ranks = 1 + upto(1'023);
    for (const std::string& name : several("group", 3)) {
      scenario_.groups.push_back({name, {}, expression(names_, 2)});
      names_.push_back(name);
    }
    if (flip()) scenario_.where = expression(names_, 2);
  }

  void draw_tables() {
    for (const std::string& name : several("choice", 3)) {
      Switch item{name, {}, {}};
      const int type = upto(2);
      for (int i = upto(1); i >= 0; --i) {
        if (type == 0) item.values.emplace_back(i == 0);
        if (type == 1) item.values.emplace_back(*rc::gen::arbitrary<std::int64_t>() / 2 * 2 + i);
        if (type == 2) item.values.emplace_back(text() + std::to_string(i));
      }
      scenario_.switches.push_back(std::move(item));
      names_.push_back(name);
    }
    for (const std::string& name : several("size", 3)) {
      scenario_.sizes.push_back({name, {}, expression(names_, 3)});
      names_.push_back(name);
    }
    for (const char* name : {"hidden", "k"}) names_.emplace_back(name);
    weights_ = several("weight", 4);
    for (const std::string& name : weights_) scenario_.weights.push_back(draw_weight(name));
    scenario_.inputs = {draw_layout("x")};
    for (const std::string& name : several("input", 2)) {
      scenario_.inputs.push_back(draw_layout(name));
    }
    scenario_.outputs = {draw_layout("y")};
    scenario_.assume.scale_free_norm = flip();
    for (const WeightDecl& weight : scenario_.weights) {
      if (weight.kind == WeightKind::scalar && flip()) {
        scenario_.assume.positive.push_back(weight.name);
      }
    }
    if (flip()) scenario_.aliases = {{"config.tp", {}, "tp"}, {"world", {}, pick(names_)}};
  }

  Layout draw_layout(const std::string& name) {
    return {name, {}, expression(names_, 2), expression(names_, 1)};
  }

  WeightDecl draw_weight(const std::string& name) {
    static constexpr std::size_t dimensions[] = {2, 1, 2, 2, 1, 0};
    const int kind = upto(5);
    WeightDecl weight{name, {}, static_cast<WeightKind>(kind), {}};
    for (std::size_t i = 0; i < dimensions[kind]; ++i) {
      weight.dimensions.push_back(expression(names_, 2));
    }
    return weight;
  }

  Program draw_program(Words known, const std::string& target, bool distributed) {
    known.insert(known.end(), weights_.begin(), weights_.end());
    if (distributed) known.insert(known.end(), names_.begin(), names_.end());
    Program program;
    for (int i = upto(3); i >= 0; --i) {
      Stmt statement;
      statement.kind = StmtKind::assign;
      statement.targets = {target};
      statement.value = expression(known, 3);
      if (flip()) {
        Expr words{ExprKind::text};
        words.name = text();
        // The strings of programs hold what can be printed, and line ends.
        std::erase_if(words.name, [](char c) { return c == '\r' || c == '\t' || c == '\x01'; });
        statement.value = call("act", {std::move(statement.value), std::move(words)});
      }
      if (flip()) {
        Stmt branch;
        branch.kind = StmtKind::branch;
        branch.value = expression(known, 1);
        branch.body = {statement};
        if (flip()) branch.otherwise = {statement};
        statement = std::move(branch);
      }
      program.push_back(std::move(statement));
    }
    return program;
  }

  void draw_variants() {
    if (flip()) scenario_.distributed = draw_program({"x"}, "y", true);
    if (!scenario_.distributed.empty() && flip()) {
      scenario_.variants = {{"program", {}, {}, {}}};
      return;
    }
    for (const std::string& name : several("variant-", 3)) {
      Variant variant{name, {}, draw_program({"x"}, "y", true), {}};
      if (upto(3) == 0) variant.weights = {draw_weight("own"), draw_weight("other")};
      scenario_.variants.push_back(std::move(variant));
    }
    scenario_.variants.push_back({"last", {}, draw_program({"x"}, "y", true), {}});
  }

  void draw_expectations() {
    Words branches = weights_;
    branches.emplace_back("x");
    for (const Variant& variant : scenario_.variants) {
      if (flip()) continue;
      Expectation expectation{variant.name, {}, {}};
      for (int i = upto(2); i >= 0; --i) {
        ExpectedVerdict verdict{{}, pick({"holds", "double_reduce"}), {}, Expr{ExprKind::absent}};
        if (verdict.verdict != "holds" && flip()) {
          verdict.branches = {pick(branches), "uninitialised"};
        }
        if (flip()) verdict.when = expression(names_, 2);
        expectation.verdicts.push_back(std::move(verdict));
      }
      scenario_.expectations.push_back(std::move(expectation));
    }
  }

  Scenario scenario_;
  Words names_;
  Words weights_;
};

}  // namespace reducecheck
