// SPDX-License-Identifier: Apache-2.0
#include "sim/domain/functions.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace reducecheck {
namespace {

constexpr double ln2 = 0.6931471805599453;

/// 2^k * sum of r^n / n! with |r| <= ln2 / 2: 14 terms leave less than 2^-52.
double exponential(double x) {
  if (std::isnan(x)) return x;
  if (x > 709) return std::numeric_limits<double>::infinity();
  if (x < -745) return 0;
  const double k = std::nearbyint(x / ln2);
  const double r = x - k * ln2;
  double sum = 1;
  for (int n = 14; n > 0; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

/// x = m * 2^e with m in [1/sqrt2, sqrt2); ln m = 2 artanh(s) with s = (m - 1) / (m + 1).
double logarithm(double x) {
  if (!(x > 0))
    return x == 0 ? -std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::quiet_NaN();
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < 0.7071067811865476) {
    m *= 2;
    --e;
  }
  const double s = (m - 1) / (m + 1);
  double series = 0;
  for (int n = 27; n > 0; n -= 2) series = 1.0 / n + s * s * series;
  return 2 * s * series + e * ln2;
}

double sigmoid(double x) {
  return 1 / (1 + exponential(-x));
}

double hyperbolic_tangent(double x) {
  if (std::fabs(x) > 20) return x > 0 ? 1 : -1;
  if (std::fabs(x) < ln2 / 4) {
    // e - 1 would cancel: its series is r (1 + r/2 (1 + r/3 (...))).
    const double r = 2 * x;
    double sum = 1;
    for (int n = 15; n > 1; --n) sum = 1 + sum * r / n;
    return r * sum / (r * sum + 2);
  }
  const double e = exponential(2 * x);
  return (e - 1) / (e + 1);
}

}  // namespace

Function function_named(std::string_view name) {
  for (std::size_t i = 0; i < function_names.size(); ++i) {
    if (function_names[i] == name) return static_cast<Function>(i);
  }
  throw std::out_of_range("no function " + std::string(name));
}

double evaluate(Function function, double x) {
  switch (function) {
    case Function::act:
    case Function::silu: return x * sigmoid(x);
    case Function::gelu:  // the tanh form of Hendrycks and Gimpel; (1 + tanh u) / 2 = sigmoid(2u)
      return x * sigmoid(2 * 0.7978845608028654 * (x + 0.044715 * x * x * x));
    case Function::relu: return x > 0 ? x : 0;
    case Function::tanh: return hyperbolic_tangent(x);
    case Function::quant: return std::nearbyint(x);
    case Function::sigmoid: return sigmoid(x);
    case Function::rsqrt: return 1 / std::sqrt(x);
    case Function::exp: return exponential(x);
    case Function::log: return logarithm(x);
  }
  return x;
}

}  // namespace reducecheck
