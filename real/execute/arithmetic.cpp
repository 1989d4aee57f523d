// SPDX-License-Identifier: Apache-2.0
#include "real/execute/arithmetic.hpp"

#include <array>
#include <cmath>

#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

constexpr std::array<std::string_view, 6> zero_at_zero = {"act",  "silu", "gelu",
                                                          "relu", "tanh", "quant"};

bool keeps_zero(std::string_view function) {
  for (const std::string_view name : zero_at_zero) {
    if (name == function) return true;
  }
  return false;
}

/// The functions over real numbers, by the C library.
double real_function(std::string_view name, double x) {
  if (name == "act" || name == "silu") return x / (1 + std::exp(-x));
  if (name == "gelu") {  // the tanh form of Hendrycks and Gimpel
    const double u = std::sqrt(2 / 3.141592653589793) * (x + 0.044715 * x * x * x);
    return x * 0.5 * (1 + std::tanh(u));
  }
  if (name == "relu") return x > 0 ? x : 0;
  if (name == "tanh") return std::tanh(x);
  if (name == "quant") return std::nearbyint(x);
  if (name == "sigmoid") return 1 / (1 + std::exp(-x));
  if (name == "rsqrt") return 1 / std::sqrt(x);
  if (name == "exp") return std::exp(x);
  return std::log(x);
}

}  // namespace

std::uint64_t Arithmetic::rounded(double value) const {
  return encode(type_, static_cast<float>(value));
}

std::uint64_t Arithmetic::add(std::uint64_t a, std::uint64_t b) const {
  return real::add(type_, a, b);
}

std::uint64_t Arithmetic::subtract(std::uint64_t a, std::uint64_t b) const {
  return exact() ? a - b : encode(type_, value(a) - value(b));
}

std::uint64_t Arithmetic::multiply(std::uint64_t a, std::uint64_t b) const {
  return exact() ? a * b : encode(type_, value(a) * value(b));
}

std::uint64_t Arithmetic::divide(std::uint64_t a, std::uint64_t b) const {
  return encode(type_, value(a) / value(b));
}

bool Arithmetic::less(std::uint64_t a, std::uint64_t b) const {
  return exact() ? a < b : value(a) < value(b);
}

std::uint64_t Arithmetic::greater(std::uint64_t a, std::uint64_t b) const {
  return real::greater(type_, a, b);
}

std::uint64_t Arithmetic::number(const Fraction& fraction) const {
  if (exact()) return static_cast<std::uint64_t>(fraction.numerator());
  return rounded(static_cast<double>(fraction.numerator()) /
                 static_cast<double>(fraction.denominator()));
}

std::uint64_t Arithmetic::content(std::uint64_t bits, int shift) const {
  if (exact()) return bits;
  // The top 24 bits as a two's complement integer.
  const auto top = static_cast<std::int64_t>(bits >> 40);
  const std::int64_t signed_top = top >= (1 << 23) ? top - (1 << 24) : top;
  return rounded(std::ldexp(static_cast<double>(signed_top), -23 - shift));
}

std::uint64_t Arithmetic::garbage(std::uint64_t bits) const {
  if (exact()) return ~(bits & 0xffffU);
  return rounded(32768.0 + static_cast<double>(bits & 0x3ffU));
}

std::uint64_t Arithmetic::apply(std::string_view function, std::uint64_t x) const {
  if (!exact()) return rounded(real_function(function, static_cast<double>(value(x))));
  if (x == 0 && keeps_zero(function)) return 0;
  return mix(mix(name_hash(function)) ^ x);
}

std::uint64_t Arithmetic::quantise(std::uint64_t x, std::uint64_t scale) const {
  if (exact()) return x == 0 ? 0 : mix(mix(mix(name_hash("quant")) ^ x) ^ scale);
  const auto s = static_cast<double>(value(scale));
  const double steps = std::nearbyint(static_cast<double>(value(x)) * 127 / s);
  return rounded(steps * s / 127);
}

void Accumulator::add_product(std::uint64_t a, std::uint64_t b) {
  if (arithmetic_->exact()) {
    exact_ += a * b;
    return;
  }
  const float product = decode(arithmetic_->type(), a) * decode(arithmetic_->type(), b);
  floating_ = floating_ + product;
}

void Accumulator::add(std::uint64_t a) {
  if (arithmetic_->exact()) {
    exact_ += a;
  } else {
    floating_ = floating_ + decode(arithmetic_->type(), a);
  }
}

std::uint64_t Accumulator::sum() const {
  return arithmetic_->exact() ? exact_ : encode(arithmetic_->type(), floating_);
}

}  // namespace reducecheck::real
