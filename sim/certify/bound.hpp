// SPDX-License-Identifier: Apache-2.0
// How far a rounded sum may be from the exact one: certified bounds, and the error itself.
//
// A sum over a tree of roundings is computed = exact + sum of e_v, e_v the error of rounding v,
// because the roundings telescope (each node holds its operands' sum plus its own error). To
// nearest, |e_v| <= min(ulp(s_v) / 2, |a_v|, |b_v|): a_v and b_v are candidates for the nearest
// number of a_v + b_v too. Nothing is lost by underflow: every number on the way is a multiple of
// the format's smallest one (Hauser, Handling floating-point exceptions, 1996). Two roundings in a
// row, to binary32 or binary16 and then to the format, are one for sums of two (Figueroa 1995).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/certify/exact_sum.hpp"
#include "sim/certify/sum_steps.hpp"

namespace reducecheck {

/// Half of the distance from |x| to the next larger number of the format; exact. `x` is a finite
/// number of the format.
double half_ulp(Format format, float x);

/// Sums of many elements in one order, with their bounds. Keeps its scratch between runs.
class SumReplay {
 public:
  explicit SumReplay(SumSteps steps);

  /// values[i] is the sum of leaves[l][i] over all leaves l, with the roundings of the steps.
  /// bounds[i] is certified: |values[i] - exact sum| <= bounds[i], for any values[i] that these
  /// steps give. It is the sum, over the steps that are not exact, of min(ulp / 2, |a|, |b|), added
  /// in binary64 and multiplied by 1 + steps * 2^-52, more than that addition can lose. It is
  /// infinite where a number on the way is not finite or left the range of the format: nothing is
  /// known then.
  void run(std::span<const float* const> leaves, std::size_t count, std::span<float> values,
           std::span<double> bounds);

  [[nodiscard]] const SumSteps& steps() const { return steps_; }

 private:
  void run_block(std::span<const float* const> leaves, std::size_t first, std::size_t count);

  SumSteps steps_;
  std::vector<float> nodes_;    // of one block, node after node
  std::vector<double> bounds_;  // of one block
};

/// The error of each step for one element, exactly. Infinite or NaN where a step left the range.
std::vector<float> local_errors(const SumSteps& steps, std::span<const float> leaves);

/// computed - exact, exactly, as the sum of the local errors. They must be finite.
ExactSum rounding_error(const SumSteps& steps, std::span<const float> leaves);

/// Which orders a bound covers when the order is not known.
enum class SumFamily : std::uint8_t {
  each_addition,  // any order, every addition rounds to the format
  wide_once,      // any order in binary32 (or wider), each all_reduce rounds once at its end
  any,            // any order, each addition in the format or a wider one, rounded back at will
};

/// The sums that a family is about: all_reduce over `ranks` of each of `branches`, or of their sum,
/// or of some of them; and `addends` which every rank has alike, each added once.
struct SumShape {
  Format format = Format::fp32;
  int ranks = 1;
  int branches = 1;
  int addends = 0;
};

/// |computed - exact| <= of_sum * |exact| + of_magnitudes * (sum of all |operands|).
struct FamilyBound {
  double of_sum = 0;
  double of_magnitudes = 0;
};

/// The supremum over the family of what is known a priori; both factors are rounded upwards. An
/// operand passes through at most h = ranks - 1 + branches - 1 + addends additions, each of which
/// changes it by a factor within 1 +- u / (1 + u), u = 2^-(significant bits) (Jeannerod and Rump,
/// On relative errors of floating-point operations, 2018); in any order n operands lose at most
/// (n - 1) u in all (Jeannerod and Rump, Improved error bounds for inner products, 2013).
FamilyBound family_bound(SumFamily family, const SumShape& shape);

}  // namespace reducecheck
