// SPDX-License-Identifier: Apache-2.0
// Routing, matrix products and norms leave what the oracle says, in every type, rung and schedule.
#include "kernels/bodies_test.hpp"

namespace reducecheck::kernels {
namespace {

class Layer : public testing::TestWithParam<TestType> {
 protected:
  const TestType& type() const { return GetParam(); }
  Draw draw_{11};
};

class FloatingLayer : public Layer {};

const auto name_of_type = [](const auto& type) { return type.param.name; };
INSTANTIATE_TEST_SUITE_P(Types, Layer, testing::ValuesIn(test_types()), name_of_type);
INSTANTIATE_TEST_SUITE_P(Types, FloatingLayer, testing::ValuesIn(floating_test_types()),
                         name_of_type);

TEST(Permute, TablesAreThoseOfAStableSort) {
  Draw draw(3);
  struct Sizes {
    std::size_t tokens;
    std::size_t choices;
    std::int32_t experts;
  };
  for (const Sizes s : {Sizes{1, 1, 1}, Sizes{37, 2, 5}, Sizes{300, 4, 300}, Sizes{0, 3, 2}}) {
    // Ids of other ranks' experts, and of none, are among them.
    const std::vector<std::int32_t> ids = draw.ids(s.tokens * s.choices, -2, s.experts + 2);
    const oracle::Tables expected = oracle::permuted(ids, s.choices, s.experts);
    under_schedules([&] {
      std::vector<std::int32_t> offsets(static_cast<std::size_t>(s.experts) + 1, 77);
      std::vector<std::int32_t> tokens(ids.size(), 77);
      std::vector<std::int32_t> places(ids.size(), 77);
      permute({}, {offsets.data(), tokens.data(), places.data()}, ids.data(), s.tokens, s.choices,
              static_cast<std::size_t>(s.experts));
      EXPECT_EQ(offsets, expected.offsets);
      EXPECT_EQ(tokens, expected.tokens);
      EXPECT_EQ(places, expected.places);
    });
  }
}

TEST_P(Layer, GatherCopiesRowsAndZeros) {
  for (const std::size_t columns : {24U, 5U}) {
    const Encodings x = draw_.wild(type(), 19 * columns);
    const std::vector<std::int32_t> rows = draw_.ids(41, -1, 19);
    const Buffer from(type(), x);
    for (const Rung rung : {Rung::plain, Rung::fast}) {
      expect_left(type(), oracle::gathered(x, rows, columns), [&](void* out) {
        gather_rows({}, type().element, out, from.data(), rows.data(), 41, 19, columns, rung);
      });
    }
  }
}

TEST_P(Layer, CombineAddsInTheOrderThatIsAskedFor) {
  const std::size_t tokens = 23;
  const std::size_t choices = 4;
  const std::size_t columns = 13;
  const std::vector<std::int32_t> ids = draw_.ids(tokens * choices, 0, 7);
  oracle::CombineCase c{draw_.tame(type(), tokens * choices * columns),
                        oracle::permuted(ids, choices, 6).places,  // expert 6 is elsewhere
                        draw_.tame(type(), tokens * choices), choices, columns};
  const Buffer returned(type(), c.returned);
  const Buffer weights(type(), c.weights);
  for (const bool by_place : {false, true}) {
    for (const bool each : {false, true}) {
      c.by_place = by_place;
      c.each = each;
      expect_left(type(), oracle::combined(type().format, c), [&](void* out) {
        combine({}, type().element, out,
                {returned.data(), c.places.data(), weights.data(), tokens, choices, columns,
                 by_place ? CombineOrder::by_place : CombineOrder::by_choice,
                 each ? Accumulation::each_addition : Accumulation::fp32});
      });
    }
  }
}

TEST_P(Layer, LinearIsOneFoldAnElement) {
  struct Sizes {
    std::size_t rows;
    std::size_t inner;
    std::size_t columns;
    bool wild;
  };
  // Within a tile, beyond it by one in each direction, nothing to add, and what no sum survives.
  for (const Sizes s : {Sizes{3, 5, 7, false}, Sizes{65, 17, 65, false}, Sizes{2, 0, 3, false},
                        Sizes{9, 16, 8, true}}) {
    const auto draw = [&](std::size_t n) {
      return s.wild ? draw_.wild(type(), n) : draw_.tame(type(), n);
    };
    const Encodings x = draw(s.rows * s.inner);
    const Encodings w = draw(s.inner * s.columns);
    const Buffer left(type(), x);
    const Buffer right(type(), w);
    const Encodings expected = oracle::linear(type().format, x, w, s.rows, s.inner, s.columns);
    for (const Rung rung : {Rung::plain, Rung::fast}) {
      expect_left(type(), expected, [&](void* out) {
        linear({}, type().element, out, left.data(), right.data(), s.rows, s.inner, s.columns,
               rung);
      });
    }
  }
}

TEST_P(Layer, EachExpertTakesItsRowsOnly) {
  // More than a tile, none, one; and rows behind the last.
  const std::vector<std::int32_t> offsets = {0, 66, 66, 67, 70};
  const std::size_t rows = 73;
  const std::size_t inner = 6;
  const std::size_t columns = 10;
  const Encodings x = draw_.tame(type(), rows * inner);
  const Encodings w = draw_.tame(type(), 4 * inner * columns);
  const Buffer left(type(), x);
  const Buffer right(type(), w);
  const Encodings untouched = Buffer(type(), rows * columns).read();
  const Encodings expected =
      oracle::grouped_linear(type().format, untouched, x, w, offsets, inner, columns);
  for (const Rung rung : {Rung::plain, Rung::fast}) {
    expect_left(type(), expected, [&](void* out) {
      grouped_linear({}, type().element, out, left.data(), right.data(), offsets.data(), 4, rows,
                     inner, columns, rung);
    });
  }
}

TEST_P(FloatingLayer, NormRoundsWhereItSaysAndAddsInOrder) {
  for (const std::size_t columns : {7U, 1030U}) {
    const std::size_t rows = 3;
    const Encodings x = draw_.tame(type(), rows * columns);
    const Encodings residual = draw_.tame(type(), rows * columns);
    const Encodings weight = draw_.tame(type(), columns);
    const Buffer own(type(), x);
    const Buffer other(type(), residual);
    const Buffer scale(type(), weight);
    const auto all = oracle::normed(type().format, x, residual, weight, columns);
    const auto bare = oracle::normed(type().format, x, {}, {}, columns);
    for (const Rung rung : {Rung::plain, Rung::fast}) {
      expect_left(type(), bare.out, [&](void* out) {
        rms_norm({}, type().element, out, {.x = own.data(), .rows = rows, .columns = columns},
                 rung);
      });
      under_schedules([&] {
        Buffer sum(type(), x.size());
        Buffer out(type(), x.size());
        rms_norm({}, type().element, out.data(),
                 {sum.data(), own.data(), other.data(), scale.data(), rows, columns}, rung);
        EXPECT_EQ(difference(type(), sum.read(), all.sum), "");
        EXPECT_EQ(difference(type(), out.read(), all.out), "");
      });
    }
  }
}

TEST_P(FloatingLayer, NormOfZerosAndInfinitiesIsThatOfTheFormat) {
  for (const std::uint64_t value : {std::uint64_t{0}, type().format.infinity(), std::uint64_t{1},
                                    type().format.infinity() - 1}) {
    const Encodings x(5, value);
    const Buffer own(type(), x);
    expect_left(type(), oracle::normed(type().format, x, {}, {}, 5).out, [&](void* out) {
      rms_norm({}, type().element, out, {.x = own.data(), .rows = 1, .columns = 5});
    });
  }
}

}  // namespace
}  // namespace reducecheck::kernels
