// SPDX-License-Identifier: Apache-2.0
#include "props/oracle_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"

namespace reducecheck::oracle {
namespace {

std::int64_t owners_of(const Scope& scope, const Expr& rows) {
  const Expr* e = &rows;
  while (e->kind == ExprKind::binary && e->op == BinaryOp::floor_divide) e = &e->children[0];
  if (e->kind != ExprKind::binary || e->op != BinaryOp::divide) return 1;
  return as_integer(scope.evaluate(e->children[1]), e->at, "the owners of the rows");
}

std::vector<Token> all_tokens(const Scope& scope, const Expr& rows) {
  const Expr* size = &rows;
  while (size->kind == ExprKind::binary &&
         (size->op == BinaryOp::floor_divide || size->op == BinaryOp::divide)) {
    size = &size->children[0];
  }
  const reducecheck::Value value = scope.evaluate(*size);
  std::vector<std::int64_t> counts;
  if (std::holds_alternative<List>(value.data)) {
    counts = as_integers(value, size->at, "the tokens");
  } else {
    counts = {as_integer(value, size->at, "the tokens")};
  }
  std::vector<Token> tokens;
  for (std::int64_t owner = 0; owner < owners_of(scope, rows); ++owner) {
    const std::int64_t count = counts[static_cast<std::size_t>(owner) % counts.size()];
    for (std::int64_t i = 0; i < count; ++i) tokens.push_back({owner, i});
  }
  return tokens;
}

}  // namespace

Scenario scenario_of(const std::string& text, const std::string& file) {
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file, diagnostics);
  if (!scenario) {
    throw std::runtime_error(
        fmt::format("{}: {}\n{}", file, diagnostics.sorted().front().message, text));
  }
  return *scenario;
}

std::vector<Scenario> catalogue() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Scenario> scenarios;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    scenarios.push_back(scenario_of(text, path.string()));
  }
  return scenarios;
}

std::vector<Configuration> configurations(const Scenario& scenario, std::int64_t ranks) {
  Diagnostics diagnostics;
  auto all = sweep(scenario, {}, diagnostics).configurations;
  if (!diagnostics.empty()) throw std::runtime_error(diagnostics.sorted().front().message);
  std::erase_if(all, [ranks](const Configuration& configuration) {
    const auto& axes = configuration.axes;
    return std::accumulate(axes.begin(), axes.end(), std::int64_t{1}, std::multiplies()) > ranks;
  });
  return all;
}

Question question_in(const Scope& scope, std::uint64_t seed, Domain domain) {
  Question question;
  question.seed = seed;
  question.domain = domain;
  for (const Layout& layout : scope.scenario().inputs) {
    question.tokens[layout.name] = all_tokens(scope, layout.rows);
  }
  for (const std::string& name : scope.names()) {
    const auto value = scope.find(name, -1);
    if (!value) continue;
    if (const auto* number = std::get_if<Fraction>(&value->data)) {
      question.sizes[name] = number->numerator();
    } else if (const auto* flag = std::get_if<bool>(&value->data)) {
      question.switches[name] = *flag;
    } else if (const auto* word = std::get_if<std::string>(&value->data)) {
      question.switches[name] = *word;
    }
  }
  return question;
}

template <class D>
std::string difference(const Plan& plan, const Scenario& scenario, const Question& question,
                       Interpreter<D>& interpreter) {
  const auto expected = evaluate_reference(scenario, question);
  interpreter.load(plan);
  interpreter.run(question.seed);
  for (std::size_t o = 0; o < plan.output_names.size(); ++o) {
    const std::string& name = plan.output_names[o];
    const int value = plan.reference.outputs[o][0];
    const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
    const Rows& rows = expected.at(name);
    if (rows.size() != static_cast<std::size_t>(shape.rows)) {
      return fmt::format("{}: {} rows, the oracle has {}", name, shape.rows, rows.size());
    }
    const Word* actual = interpreter.numbers(value);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (rows[r].size() != static_cast<std::size_t>(shape.width)) {
        return fmt::format("{}: {} features, the oracle has {}", name, shape.width, rows[r].size());
      }
      for (std::size_t j = 0; j < rows[r].size(); ++j, ++actual) {
        if (*actual == rows[r][j]) continue;
        return fmt::format("{}[{}, {}] is {}, the oracle says {}", name, r, j, *actual, rows[r][j]);
      }
    }
  }
  return "";
}

template std::string difference<Prime>(const Plan&, const Scenario&, const Question&,
                                       Interpreter<Prime>&);
template std::string difference<Mod64>(const Plan&, const Scenario&, const Question&,
                                       Interpreter<Mod64>&);

Plan plan_of(const Scope& scope) {
  std::vector<const Variant*> variants;
  for (const Variant& variant : scope.scenario().variants) variants.push_back(&variant);
  return unroll(scope, variants);
}

}  // namespace reducecheck::oracle
