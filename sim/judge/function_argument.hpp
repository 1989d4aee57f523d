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

/// What the step gives to its function for one element; of a norm for the row, what it gives to
/// rsqrt: norm(x) is x * rsqrt(sum(x * x) / width), and a program may write that out.
std::uint64_t argument_key(const Plan& plan, const Interpreter<Prime>& values, const Step& step,
                           int row, int column);

}  // namespace reducecheck
