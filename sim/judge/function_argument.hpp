// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: by what an application of a function is the same in two programs.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "scenarios/unroll/plan.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

/// (owner, index) of a row, the same for all rows that broadcast; nothing for any other row.
using Token = std::pair<int, int>;
std::optional<Token> token_of(const RowTag& tag);

/// What a norm multiplies each element of the row by, before its weight.
std::uint64_t norm_factor(const Plan& plan, const Interpreter<Prime>& values, const Step& norm,
                          int row);

/// What a norm of the row gives to rsqrt: norm(x) is x * rsqrt(sum(x * x) / width), and a program
/// may write that out.
std::uint64_t root_key(const Plan& plan, const Interpreter<Prime>& values, const Step& norm,
                       int row);

/// What the step gives to its function for one element; of a norm for the row, root_key, or where
/// norms are free of scale what is the same for all multiples of the row.
std::uint64_t argument_key(const Plan& plan, const Interpreter<Prime>& values, const Step& step,
                           int row, int column);

}  // namespace reducecheck
