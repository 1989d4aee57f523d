// SPDX-License-Identifier: Apache-2.0
// The functions in double precision against the C library's, within bounds derived from how both
// compute. u = 2^-52; the library's functions are within 1u of the truth (its manual's table).
//
//  * exp(x) reduces x to r = x - k ln2. The product and the constant are each off by half a u times
//    |x|, which exp turns into a relative error; 14 terms of Horner's rule end in one rounding of a
//    sum near 1 and pass on at most |r| < 0.35 of the earlier ones, less than 3u with the cut
//    series:
//    (|x| + 4) u, and 1u of the library's.
//  * sigmoid = 1 / (1 + exp(-x)): the error of exp counts at most once, two roundings here, two
//  there:
//    (|x| + 8) u. silu multiplies once more on either side: (|x| + 9) u.
//  * tanh: small arguments by a series without cancellation. From |x| > ln2 / 4 on, (e - 1) / (e +
//  1)
//    with e = exp(2x) enlarges e's error by 2e / (e^2 - 1) < 3: (6 |x| + 16) u.
//  * log: where the exponent is not 0, |log x| > 0.34 while e ln2 is at most twice that, so nothing
//    cancels by more than 2; the quotient s and 14 terms that shrink by s^2 < 0.03: 8u.
//  * rsqrt: one correctly rounded root and one quotient on both sides: equal.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "sim/domain/functions.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck {
namespace {

constexpr double u = 0x1p-52;

struct Bounded {
  Function function;
  double largest;  // |x| of the samples
  std::function<double(double)> truth;
  std::function<double(double)> bound;  // relative
};

double gelu_argument(double x) {
  return 0.7978845608028654 * (x + 0.044715 * x * x * x);
}

std::vector<Bounded> functions() {
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  const auto silu = [](double x) { return x / (1 + std::exp(-x)); };
  const auto gelu = [](double x) { return x / (1 + std::exp(-2 * gelu_argument(x))); };
  const auto linear = [](double per_x, double constant) {
    return [=](double x) { return (per_x * std::fabs(x) + constant) * u; };
  };
  const auto gelu_bound = [](double x) { return (2 * std::fabs(gelu_argument(x)) + 9) * u; };
  return {
      {Function::exp, 700, [](double x) { return std::exp(x); }, linear(1, 5)},
      {Function::sigmoid, 700, sigmoid, linear(1, 8)},
      {Function::silu, 700, silu, linear(1, 9)},
      {Function::act, 700, silu, linear(1, 9)},
      {Function::tanh, 30, [](double x) { return std::tanh(x); }, linear(6, 16)},
      {Function::gelu, 20, gelu, gelu_bound},
      {Function::relu, 700, [](double x) { return std::fmax(x, 0); }, linear(0, 0)},
      {Function::quant, 700, [](double x) { return std::nearbyint(x); }, linear(0, 0)},
  };
}

/// Samples of every magnitude from 2^-60 up to `largest`, of both signs.
std::vector<double> samples(double largest) {
  std::vector<double> all;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const double unit = std::ldexp(static_cast<double>(mix(i) >> 11), -53);
    const int scale = static_cast<int>(mix(~i) % 71) - 60;
    const double x = std::ldexp(1 + unit, scale);
    if (x <= largest) all.insert(all.end(), {x, -x});
  }
  return all;
}

TEST(FunctionBounds, EveryFunctionIsNearTheLibrarys) {
  for (const Bounded& f : functions()) {
    int wrong = 0;
    double worst = 0;
    for (const double x : samples(f.largest)) {
      const double truth = f.truth(x);
      const double error = std::fabs(evaluate(f.function, x) - truth);
      if (error <= f.bound(x) * std::fabs(truth)) continue;
      ++wrong;
      worst = std::fmax(worst, error / std::fabs(truth));
    }
    EXPECT_EQ(wrong, 0) << spelling(f.function) << ", worst relative error " << worst;
  }
}

TEST(FunctionBounds, LogarithmAndRootAreNearTheLibrarys) {
  int wrong = 0;
  for (const double signed_x : samples(2048)) {
    const double x = std::fabs(signed_x);
    const double truth = std::log(x);
    wrong += std::fabs(evaluate(Function::log, x) - truth) <= 8 * u * std::fabs(truth) ? 0 : 1;
    wrong += evaluate(Function::rsqrt, x) == 1 / std::sqrt(x) ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0);
}

TEST(FunctionBounds, ZeroStaysZero) {
  for (int i = 0; i <= static_cast<int>(Function::log); ++i) {
    const auto f = static_cast<Function>(i);
    if (keeps_zero(f)) {
      EXPECT_EQ(evaluate(f, 0.0), 0.0) << spelling(f);
    }
  }
}

}  // namespace
}  // namespace reducecheck
