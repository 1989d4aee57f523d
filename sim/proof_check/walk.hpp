// SPDX-License-Identifier: Apache-2.0
// Internal to the proof checker: a program's text, walked in one case.
#pragma once

#include <variant>

#include "sim/proof_check/rules.hpp"

namespace reducecheck::proof_check {

struct Value;
using List = std::vector<Value>;

struct Group {
  Axes axes;
};

struct Rank {  // of this rank over these axes
  Axes axes;
};

struct Guard {  // of the first rank over these axes
  Axes axes;
  bool first = true;
};

struct Weight {
  const WeightDecl* decl = nullptr;
  int layer = 0;
};

/// This rank's share of 0 .. count - 1.
struct Block {
  Polynomial count;
  Axes axes;
};

struct Value {
  std::variant<std::monostate, bool, Polynomial, std::string, Group, List, Tensor, Weight, Block,
               Rank, Guard>
      is;
};

struct Call {
  std::string name;
  List arguments;
  std::map<std::string, Value> keywords;
};

class Walk {
 public:
  Walk(const Scenario& scenario, const Variant* variant, const Facts& facts, Rules& rules)
      : scenario_(scenario), variant_(variant), facts_(facts), rules_(rules) {}

  /// Runs the text. Of a variant each value is compared with the next of `claims`; null: the
  /// reference.
  void run(const std::vector<const Program*>& text, const Json* claims);
  Tensor output(const Layout& layout);
  Tensor laid(const Layout& layout);
  void check_frame();

 private:
  using Names = std::map<std::string, Value>;
  struct Returned {
    Value value;
  };

  void block(const Program& statements);
  void statement(const Stmt& one);
  void assign(const std::vector<std::string>& names, const Value& value);
  Value evaluate(const Expr& e);
  Value frame(const Expr& e);
  Value named(const std::string& name);
  std::optional<Value> declared(const std::string& name);
  const Value& argument(const Call& call, std::size_t place) const;
  void same_weights();
  void branch(const Stmt& one);
  Value indexed(const Expr& e);
  Value top(const Tensor& x, const Polynomial& k);
  Value moved(const Call& call, const Axes& group);
  Value view(const Call& call, const Axes& group);
  Value call_table(const Weight& weight, const Call& call);
  Value of_tensors(BinaryOp op, const Value& a, const Value& b);
  const WeightDecl* weight(const std::string& name) const;
  Value binary(BinaryOp op, const Value& a, const Value& b);
  bool compared(BinaryOp op, const Value& a, const Value& b);
  Value quotient(BinaryOp op, const Polynomial& a, const Polynomial& b);
  Value choose(const Value& condition, const std::function<Value(bool)>& arm);
  Value merged(const Guard& guard, const Value& there, const Value& elsewhere);
  Value call(const Expr& e);
  Value call_function(const Stmt& function, const Call& call);
  std::optional<Value> operation(const Call& call);
  std::optional<Value> collective(const Call& call);
  std::optional<Value> configured(const Call& call);
  Value call_weight(const Weight& weight, const Call& call);
  Tensor routed(const Weight& weight, const Tensor& x, const Value& ids, const Tensor& p);
  std::pair<Polynomial, Axes> owned(const Value& numbers, const Json& table);
  List numbers(const WeightDecl& decl);
  [[nodiscard]] bool is_ids(const Value& value) const;
  Json table(const Value& ids);
  Tensor tensor(const Value& value);
  Polynomial scalar(const Value& value);
  bool truth(const Value& value);
  Axes live(const Value& group);
  std::pair<Polynomial, Axes> dimension(const Expr& e, bool whole);
  void claim(const Value& value);

  const Scenario& scenario_;
  const Variant* variant_;
  const Facts& facts_;
  Rules& rules_;
  const Json* claims_ = nullptr;
  std::size_t claimed_ = 0;
  int steps_ = 0;
  bool whole_ = true;
  std::vector<Names> frames_{1};
  std::vector<Axes> guards_;
  Names known_;
  std::map<std::string, const Stmt*> functions_;
};

/// Of a file or command that says nothing to accept or to refuse.
struct Unusable {
  std::string why;
};

/// Whether the certificate's text proves the variant, of the scenario in `file`, for all sizes; and
/// what is said of it. Throws Unusable where it is no certificate.
std::pair<bool, std::string> verdict(const Scenario& scenario, const Variant& variant,
                                     const std::string& file, const std::string& certificate);

}  // namespace reducecheck::proof_check
