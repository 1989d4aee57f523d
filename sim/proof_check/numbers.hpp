// SPDX-License-Identifier: Apache-2.0
// Internal to the proof checker: numbers for all sizes, and what the path of a case says of them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::proof_check {

using Json = nlohmann::json;
using Monomial = std::map<std::string, int>;
using Polynomial = std::map<Monomial, Fraction>;

/// The certificate is not accepted, or the checker has no rule.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] void refuse(const std::string& why);
inline void require(bool truth, const std::string& why) {
  truth ? void() : refuse(why);
}
inline void within_rules(bool truth, const std::string& why) {
  require(truth, "outside the checker's rules: " + why);
}

/// No configuration is in the case, or none in which the text has a meaning.
struct Empty {};

Polynomial number(const Fraction& value);
Polynomial symbol(const std::string& name, int power = 1);
Polynomial plus(Polynomial a, const Polynomial& b, const Fraction& times = 1);
Polynomial operator*(const Polynomial& a, const Polynomial& b);
Polynomial inverse(const Polynomial& monomial);
std::optional<std::int64_t> integer(const Polynomial& p);
Json to_json(const Polynomial& p);
std::string text(const Polynomial& p);

class Facts {
 public:
  explicit Facts(const Scenario& scenario);
  /// Takes in one answer of the tree; how many there can be; and what it says.
  void learn(const Json& question, int answer);
  [[nodiscard]] int answers(const Json& question) const;
  [[nodiscard]] std::string said(const Json& question, int answer) const;

  [[nodiscard]] Polynomial reduced(Polynomial p) const;
  [[nodiscard]] bool live(const std::string& axis) const;
  [[nodiscard]] bool norms_are_free_of_scale() const { return scenario_.assume.scale_free_norm; }
  /// Whether it is the size of an axis, a built-in size or a scalar assumed to be above zero.
  [[nodiscard]] bool positive(const std::string& symbol) const;
  [[nodiscard]] const SwitchValue& choice(const Switch& of) const;
  [[nodiscard]] bool less(const Polynomial& a, const Polynomial& b) const;
  [[nodiscard]] bool equal(const Polynomial& a, const Polynomial& b) const;
  [[nodiscard]] bool divides(const Polynomial& divisor, const Polynomial& of) const;

 private:
  struct Range {
    Fraction low = 1;
    std::optional<Fraction> high;
  };
  [[nodiscard]] bool is_size(const std::string& name) const;
  [[nodiscard]] std::optional<int> answer(const Json& question) const;
  [[nodiscard]] Polynomial proposed(const Json& written) const;
  [[nodiscard]] Range range(const Polynomial& monomial) const;
  [[nodiscard]] bool holds(const std::string& kind, Polynomial a, Polynomial b) const;
  [[nodiscard]] bool chosen_for(const std::string& size, const Monomial& axes) const;
  void replace(const std::string& axis, const Polynomial& by);
  void bound(const Polynomial& a, const Polynomial& b, bool truth);

  const Scenario& scenario_;
  std::set<std::string> sizes_;   // the built-in ones
  std::set<std::string> split_;   // those that some placement splits
  std::set<std::string> owners_;  // of the tokens; "": not known
  std::vector<std::pair<Json, int>> answers_;
  std::vector<std::pair<std::string, Polynomial>> replaced_;
  std::map<std::string, Range> ranges_;
};

}  // namespace reducecheck::proof_check
