// SPDX-License-Identifier: Apache-2.0
// For tests of rounding bounds: operands that are hard to bound, and the bound and the error again,
// in integers and without the code under test.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/certify/sum_steps.hpp"

namespace reducecheck {

/// One element of every leaf.
using Operands = std::vector<float>;

inline constexpr int operand_kinds = 8;

inline constexpr std::array formats = {Format::fp32, Format::bf16, Format::fp16, Format::fp8_e4m3,
                                       Format::fp8_e5m2};

/// Operands of the format from a hash of the seed. Kinds: 0 like a normal distribution, 1 of all
/// exponents, 2 cancelling in pairs but for a rest, 3 subnormals and the numbers above them, 4 ties
/// (one large, the rest half of its ulp), 5 all equal, 6 one large and ever smaller ones, which
/// lose everything, 7 powers of two and their neighbours below.
Operands hard_operands(Format format, int kind, int count, std::uint64_t seed);

/// One operand after the other.
SumTree fold(int ranks);

/// A tree over `ranks` operands that adds two random ones of what is left each time.
SumTree random_tree(int ranks, std::uint64_t seed);

/// The sum, step by step with the scalar functions of format.hpp; one value a step.
std::vector<float> step_values(const SumSteps& steps, const Operands& operands);

/// A bound of the local error of one step for what it added and got: what a checker may get wrong.
using LocalBound = std::function<double(Format, float a, float b, float result)>;

/// min(ulp / 2, |a|, |b|) from the neighbour of the result, and 0 where it is a + b; for a
/// conversion b is 0.
double local_bound(Format format, float a, float b, float result);

/// What is wrong with claiming that the sum is within `claimed` of the exact one, and that the
/// bound is the sum of the local bounds to a relative 2^-38; empty where nothing is. Exact.
std::string bound_fault(const SumSteps& steps, const Operands& operands, double claimed);

}  // namespace reducecheck
