// SPDX-License-Identifier: Apache-2.0
// Bodies that are wrong in a single place do not leave what the oracle says.
#include "kernels/bodies_test.hpp"
#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {
namespace {

constexpr std::size_t planted_inner = 37;

/// The slip in a product of one row with a matrix of 64 columns.
enum class Slip : std::uint8_t {
  none,
  descending,     // the inner index runs the other way
  rounded_sum,    // the accumulator has the type's precision
  truncated,      // the result is not rounded to nearest
  last_left_out,  // the inner index ends one early
  next_column,    // the weight of the neighbour
};

template <class E>
struct SlippingLinear {
  using Stored = typename E::Stored;
  Slip slip;
  host::View<Stored> out;
  host::View<const Stored> x;
  host::View<const Stored> weight;

  __device__ void operator()(host::Context& ctx) const {
    const std::size_t j = grid_index(ctx);
    const std::size_t terms = planted_inner - (slip == Slip::last_left_out ? 1 : 0);
    const std::size_t column = slip == Slip::next_column ? (j + 1) % 64 : j;
    float sum = 0;
    for (std::size_t i = 0; i < terms; ++i) {
      const std::size_t k = slip == Slip::descending ? terms - 1 - i : i;
      sum += E::widen(x.load(k)) * E::widen(weight.load(k * 64 + column));
      sum = kept<E>(sum, slip == Slip::rounded_sum);
    }
    const auto cut = static_cast<Stored>(Fp32::narrow(sum) >> (32 - 8 * sizeof(Stored)));
    out.store(j, slip == Slip::truncated ? cut : E::narrow(sum));
  }
};

template <class E>
std::string difference_with(Slip slip, const TestType& type) {
  using Stored = typename E::Stored;
  Draw draw(21);
  const Encodings x = draw.tame(type, planted_inner);
  const Encodings w = draw.tame(type, planted_inner * 64);
  const Buffer row(type, x);
  const Buffer matrix(type, w);
  Buffer out(type, 64);
  host::Launch launch({}, "slipping_linear");
  launch.run({1, 64, 0}, SlippingLinear<E>{slip, launch.out<Stored>("out", out.data(), 64),
                                           launch.in<Stored>("x", row.data(), x.size()),
                                           launch.in<Stored>("w", matrix.data(), w.size())});
  return difference(type, out.read(), oracle::linear(type.format, x, w, 1, planted_inner, 64));
}

TEST(PlantedBodies, AreToldFromTheOracleOneAndAll) {
  const TestType& fp32 = floating_test_types()[0];
  const TestType& bf16 = floating_test_types()[1];
  EXPECT_EQ(difference_with<Fp32>(Slip::none, fp32), "");
  EXPECT_EQ(difference_with<Bf16>(Slip::none, bf16), "");
  // Rounding to bf16 hides the order of sums in fp32 nearly always.
  EXPECT_NE(difference_with<Fp32>(Slip::descending, fp32), "");
  for (const Slip slip :
       {Slip::rounded_sum, Slip::truncated, Slip::last_left_out, Slip::next_column}) {
    EXPECT_NE(difference_with<Bf16>(slip, bf16), "") << static_cast<int>(slip);
  }
}

}  // namespace
}  // namespace reducecheck::kernels
