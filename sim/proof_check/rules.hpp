// SPDX-License-Identifier: Apache-2.0
// Internal to the proof checker: its rules. Each keeps the meaning; all else is refused.
#pragma once

#include <algorithm>
#include <functional>
#include <tuple>

#include "sim/proof_check/numbers.hpp"

namespace reducecheck::proof_check {

using Axes = std::vector<std::string>;  // major first

/// A logical tensor (its place in the table of nodes), what axes do to it, and the axes that cut
/// its rows and features, outermost first.
struct Addend {
  int atom = 0;
  Json roles = Json::array(), rows = Json::array(), cols = Json::array();

  friend bool operator==(const Addend&, const Addend&) = default;
  friend bool operator<(const Addend& a, const Addend& b) {
    return std::tie(a.atom, a.roles, a.rows, a.cols) < std::tie(b.atom, b.roles, b.rows, b.cols);
  }
};

struct Tensor {
  Polynomial rows = number(1), cols = number(1);
  std::map<Addend, Polynomial> terms;

  void add(const Addend& addend, const Polynomial& by) {
    Polynomial& sum = terms[addend];
    sum = plus(sum, by);
    if (sum.empty()) terms.erase(addend);
    within_rules(terms.size() <= 4096, "a sum of so many addends");
  }
};

Json to_json(const Tensor& x);

/// The arguments of a function, all complete, and where they lie.
struct Clean {
  Json forms = Json::array(), rows, cols;  // null: no argument has any
};

class Rules {
 public:
  Rules(const Facts& facts, const Json& atoms);
  int node(Json what, bool rows, bool cols);
  [[nodiscard]] const Json& at(int atom) const { return nodes_[static_cast<std::size_t>(atom)]; }
  [[nodiscard]] bool has(int atom, char dimension) const;
  [[nodiscard]] bool is_ids(const Tensor& x) const;
  [[nodiscard]] Polynomial size(const Axes& axes) const;

  /// The rows (or features) of two operands; one that has none takes those of the other.
  [[nodiscard]] Polynomial common(const Tensor& a, const Tensor& b, bool rows) const;
  Tensor constant(const Polynomial& value);
  static Tensor single(int atom, const Polynomial& rows, const Polynomial& cols, const Clean& where,
                       const Rules& rules);
  Tensor scaled(Tensor x, const Polynomial& by) const;
  Tensor sum(const Tensor& a, const Tensor& b, const Fraction& times = 1);
  Tensor product(const Tensor& a, const Tensor& b);
  Clean clean(const std::vector<Tensor>& arguments) const;
  Tensor function(const std::string& name, const std::vector<Tensor>& arguments);
  Tensor reciprocal(const Tensor& x);
  Tensor square(const Tensor& x);
  Tensor norm(const Tensor& of);
  Tensor sum_cols(const Tensor& x);
  Tensor largest(const Tensor& x, bool of_all);
  Tensor column(const Tensor& x, const Polynomial& which);
  Tensor matmul(const Tensor& x, const Tensor& matrix);
  Tensor weighted(Json node, const Tensor& factor, const Clean& where, const Polynomial& cols,
                  const Json& layout, const Axes& owners, const Axes& inner);
  Tensor all_reduce(const Tensor& x, const Axes& group, bool maximum = false);
  Tensor cut(Tensor x, const Axes& group, bool rows) const;
  Tensor gathered(Tensor x, const Axes& group, bool rows) const;
  Tensor guarded(const Tensor& x, const Axes& group) const;
  Tensor dispatched(const Tensor& x, const Tensor& ids, const std::string& weight, int layer,
                    const Axes& group);
  Tensor combined(const Tensor& out, const Tensor& ids, const std::string& weight, int layer,
                  const Axes& group);
  Tensor answered(const Tensor& out, const std::string& weight, int layer, const Axes& owners);

 private:
  [[nodiscard]] bool held(const Json& layout, const std::string& axis) const;
  [[nodiscard]] std::vector<int> factors(int atom) const;
  int joined(std::vector<int> atoms);
  int outside(int atom, char dimension, const std::function<int(int)>& make);
  static void add_role(Addend& addend, Json role);
  static void add_cuts(Addend& addend, const Json& role, const Json& cuts, const std::string& of);
  static int role_on(const Addend& addend, const std::string& axis);
  int dispatch(const Tensor& ids, const std::string& weight, int layer, const Axes& group);

  const Facts& facts_;
  std::vector<Json> nodes_;
  std::map<std::string, int> places_;
  std::vector<Json> dispatches_;
};

}  // namespace reducecheck::proof_check
