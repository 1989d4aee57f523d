// SPDX-License-Identifier: Apache-2.0
#include "sim/proof_check/numbers.hpp"

#include <cstdlib>

namespace reducecheck::proof_check {

void refuse(const std::string& why) {
  throw Refusal(why);
}

Polynomial number(const Fraction& value) {
  return plus({}, {{{}, value}});
}

Polynomial symbol(const std::string& name, int power) {
  return {{{{name, power}}, 1}};
}

Polynomial plus(Polynomial a, const Polynomial& b, const Fraction& times) {
  for (const auto& [powers, value] : b) {
    Fraction& sum = a[powers];
    sum = sum + value * times;
    if (sum == Fraction(0)) a.erase(powers);
  }
  return a;
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  within_rules(a.size() * b.size() < 1000, "a sum of many sizes");
  Polynomial result;
  for (const auto& [m, c] : a) {
    for (const auto& [n, d] : b) {
      Monomial powers = m;
      for (const auto& [name, power] : n) {
        require(std::abs(powers[name] += power) <= 100, "a power beyond 100");
        if (powers[name] == 0) powers.erase(name);
      }
      result = plus(result, {{powers, c * d}});
    }
  }
  return result;
}

Polynomial inverse(const Polynomial& monomial) {
  within_rules(monomial.size() == 1, "a division by a sum of sizes or zero");
  Polynomial result = number(Fraction(1) / monomial.begin()->second);
  for (const auto& [name, power] : monomial.begin()->first) result = result * symbol(name, -power);
  return result;
}

std::optional<std::int64_t> integer(const Polynomial& p) {
  if (p.empty()) return 0;
  const auto& [powers, value] = *p.begin();
  return p.size() == 1 && powers.empty() && value.is_integer() ? std::optional(value.numerator())
                                                               : std::nullopt;
}

Json to_json(const Polynomial& p) {
  Json result = Json::array();
  for (const auto& [m, c] : p) result.push_back(Json::array({c.numerator(), c.denominator(), m}));
  return result;
}

std::string text(const Polynomial& p) {
  std::string result;
  for (const auto& [powers, value] : p) {
    std::string term = value == Fraction(1) && !powers.empty() ? "" : to_string(value);
    for (const auto& [name, power] : powers) {
      term += (term.empty() ? "" : " * ") + name + (power == 1 ? "" : "^" + std::to_string(power));
    }
    result += (result.empty() ? "" : " + ") + term;
  }
  return result.empty() ? "0" : result;
}

}  // namespace reducecheck::proof_check
