// SPDX-License-Identifier: Apache-2.0
// What each kernel must leave, computed one operation after the other in the stated order. Tensors
// are vectors of encodings; the header of the kernels, kernels/launch.hpp, says what each means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/oracle/number.hpp"

namespace reducecheck::kernels::oracle {

using Encodings = std::vector<std::uint64_t>;

/// A sum that keeps the type's precision, or binary32's.
class Sum {
 public:
  Sum(const Format& format, bool each);
  void start(std::uint64_t x);
  void add(std::uint64_t x);
  void add_product(std::uint64_t a, std::uint64_t b);
  [[nodiscard]] std::uint64_t value() const;

 private:
  [[nodiscard]] std::uint64_t widened(std::uint64_t x) const;

  Format format_;
  Format kept_;
  std::uint64_t sum_ = 0;
};

Encodings linear(const Format& format, const Encodings& x, const Encodings& weight,
                 std::size_t rows, std::size_t inner, std::size_t columns);

/// Rows [offsets[e], offsets[e + 1]) by weights[e]; the others stay what they are in `out`.
Encodings grouped_linear(const Format& format, Encodings out, const Encodings& x,
                         const Encodings& weights, const std::vector<std::int32_t>& offsets,
                         std::size_t inner, std::size_t columns);

struct Tables {
  std::vector<std::int32_t> offsets;
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> places;
};
Tables permuted(const std::vector<std::int32_t>& ids, std::size_t choices, std::int32_t experts);

Encodings gathered(const Encodings& x, const std::vector<std::int32_t>& rows, std::size_t columns);

struct CombineCase {
  Encodings returned;
  std::vector<std::int32_t> places;
  Encodings weights;
  std::size_t choices = 0;
  std::size_t columns = 0;
  bool by_place = false;
  bool each = false;
};
Encodings combined(const Format& format, const CombineCase& c);

struct Normed {
  Encodings sum;
  Encodings out;
};
/// `residual` and `weight` may be empty.
Normed normed(const Format& format, const Encodings& x, const Encodings& residual,
              const Encodings& weight, std::size_t columns);

/// Sum over inputs[order[0]], inputs[order[1]], ... of each element.
Encodings folded(const Format& format, const std::vector<Encodings>& inputs,
                 const std::vector<std::size_t>& order, bool each);

/// A ring all-reduce hop by hop: what arrives where the last hop of each chunk ends.
Encodings ring_reduced(const Format& format, std::size_t element_bytes,
                       const std::vector<Encodings>& inputs, const std::vector<std::int32_t>& ring,
                       std::size_t chunk);

/// The least and the greatest encoding that act(x) may have: silu within 2^-50 of the true value,
/// rounded to binary32 and then to the format. Of integers the hash, twice.
struct Enclosure {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
Enclosure activation(const Format& format, std::uint64_t x);

/// Element (row, column) of what the counter hash fills.
std::uint64_t content(const Format& format, std::uint64_t key, std::uint64_t row,
                      std::uint64_t column, int shift);

}  // namespace reducecheck::kernels::oracle
