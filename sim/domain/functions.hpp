// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reducecheck {

/// The pointwise functions of the language.
enum class Function : std::uint8_t {
  act,
  silu,
  gelu,
  relu,
  tanh,
  quant,
  sigmoid,
  rsqrt,
  exp,
  log,
};

/// In the order of Function.
inline constexpr std::array<std::string_view, 10> function_names = {
    "act", "silu", "gelu", "relu", "tanh", "quant", "sigmoid", "rsqrt", "exp", "log"};

/// Throws: std::out_of_range for a word that is no function (a broken plan).
Function function_named(std::string_view name);
constexpr std::string_view spelling(Function function) {
  return function_names[static_cast<std::size_t>(function)];
}

/// act, silu, gelu, relu, tanh and quant give zero for zero, in every domain.
constexpr bool keeps_zero(Function function) {
  return function <= Function::quant;
}

/// The functions in double precision by +, -, *, / and exact scaling only, so that the same bits
/// come out on every machine; a C library's exp differs between versions and processors. Relative
/// error below (6 |e| + 16) 2^-52, e the argument of the exponential that is taken (derived in
/// props/function_bounds_props.cpp); one rounding to 32 or 16 bits hides that in all but about one
/// case in 10^5, and it is deterministic either way. `act` is silu.
double evaluate(Function function, double x);

}  // namespace reducecheck
