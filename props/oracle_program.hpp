// SPDX-License-Identifier: Apache-2.0
// The text of the third oracle: statements and expressions of a reference program, walked as a
// tree.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "props/oracle_numbers.hpp"

namespace reducecheck::oracle {

struct WeightName {
  const WeightDecl* decl = nullptr;
  std::int64_t layer = 0;
};

/// None, a number (or a truth), a word, a list, a tensor, or a weight.
struct Value {
  std::variant<std::monostate, Fraction, std::string, std::vector<Value>, Tensor, WeightName> data;
};

inline bool is_ids(const Value& value) {
  const auto* tensor = std::get_if<Tensor>(&value.data);
  return tensor != nullptr && tensor->ids;
}

/// The arguments of a call, in order, and the word of `dim=`.
struct Arguments {
  std::vector<Value> values;
  std::vector<std::string> keywords;
  bool columns = false;
};

class Program {
 public:
  Program(const Scenario& scenario, const Question& question)
      : scenario_(scenario),
        question_(question),
        numbers_(question, scenario.assume.scale_free_norm),
        frames_(1) {}

  std::map<std::string, Rows> run();

 private:
  // Statements; a value is what `return` gave.
  std::optional<Value> execute(const std::vector<Stmt>& body);
  std::optional<Value> execute(const Stmt& statement);
  void assign(const std::vector<std::string>& targets, const Value& value);

  // Expressions
  Value evaluate(const Expr& e);
  Value name(const std::string& written);
  Value index(const Expr& e);
  Value slice(const Expr& e);
  Value binary(BinaryOp op, const Value& left, const Value& right);
  Value combine(BinaryOp op, const Value& left, const Value& right);  // tensors
  Value call(const Expr& e);
  Value call_function(const Stmt& function, const Arguments& arguments);
  Value call_weight(const WeightName& weight, const std::vector<Value>& arguments);
  std::optional<Value> call_list_function(const std::string& name, const std::vector<Value>& all);
  std::optional<Value> call_operation(const std::string& name, const Arguments& arguments);
  Value concatenate(const Arguments& arguments);
  Value select(const std::vector<Value>& arguments);
  Value take(const Value& from, const Value& which);

  // Conversions
  Tensor tensor(const Value& value);
  std::int64_t integer(const Value& value);
  std::size_t size(const Expr& dimension);  // the whole, whoever it is split over
  Tensor input(const Layout& layout);

  const Scenario& scenario_;
  const Question& question_;
  Numbers numbers_;
  std::map<std::string, const Stmt*> functions_;
  std::vector<std::map<std::string, Value>> frames_;  // the text's variables, then a call's each
};

}  // namespace reducecheck::oracle
