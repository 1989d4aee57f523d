// SPDX-License-Identifier: Apache-2.0
// Launches on a stream run when their turn comes, faults on it are kept, misuse is refused.
#include <utility>

#include "kernels/bodies_test.hpp"

namespace reducecheck::kernels {
namespace {

/// A stream that runs what was put on it when it is told to.
struct ToyStream {
  std::vector<std::pair<void (*)(void*), void*>> waiting;
  int status = 0;

  Queue queue() {
    return {this, [](void* stream, void (*callback)(void*), void* data) {
              auto* toy = static_cast<ToyStream*>(stream);
              if (toy->status == 0) toy->waiting.emplace_back(callback, data);
              return toy->status;
            }};
  }
  void drain() {
    for (const auto& [callback, data] : std::exchange(waiting, {})) callback(data);
  }
};

const TestType& ints() {
  return test_types()[0];
}

TEST(Launches, WaitForTheirTurnOnTheStream) {
  ToyStream stream;
  Buffer a(ints(), Encodings{1, 2, 3});
  const Buffer b(ints(), Encodings{10, 20, 30});
  add(stream.queue(), Element::u64, a.data(), a.data(), b.data(), 3);
  scale(stream.queue(), Element::u64, a.data(), a.data(), 2, 3);
  EXPECT_EQ(a.read(), (Encodings{1, 2, 3}));
  stream.drain();
  EXPECT_EQ(a.read(), (Encodings{22, 44, 66}));
  EXPECT_EQ(take_failure(stream.queue()), std::nullopt);
}

TEST(Launches, KeepTheFirstFaultOfAStream) {
  ToyStream stream;
  ToyStream other;
  const Buffer x(ints(), Encodings(8, 1));
  Buffer out(ints(), 8);
  const std::vector<std::int32_t> rows = {0, 9};
  gather_rows(stream.queue(), Element::u64, out.data(), x.data(), rows.data(), 2, 2, 4);
  stream.drain();
  EXPECT_EQ(take_failure(other.queue()), std::nullopt);
  const auto sentence = take_failure(stream.queue());
  ASSERT_TRUE(sentence.has_value());
  EXPECT_EQ(*sentence,
            "kernel `gather_rows`, block 0, thread 2: load of `x`[36], which has 8 elements");
  EXPECT_EQ(take_failure(stream.queue()), std::nullopt);
  EXPECT_THROW(
      gather_rows({}, Element::u64, out.data(), x.data(), rows.data(), 2, 2, 4, Rung::plain),
      KernelFault);
}

TEST(Launches, SayWhenAStreamRefuses) {
  ToyStream stream;
  stream.status = 35;
  Buffer a(ints(), Encodings{1});
  try {
    add(stream.queue(), Element::u64, a.data(), a.data(), a.data(), 1);
    FAIL();
  } catch (const LaunchError& error) {
    EXPECT_STREQ(error.what(), "kernel `add`: its stream refuses it with status 35");
  }
}

TEST(Launches, RefuseWhatNoKernelCanServe) {
  Buffer a(ints(), Encodings(64, 1));
  auto* bytes = static_cast<std::byte*>(a.data());
  const std::vector<const void*> none;
  const std::vector<const void*> two(2, a.data());
  const std::vector<std::int32_t> twice = {0, 0};
  const std::vector<std::int32_t> later = {1, 0};
  const std::vector<std::function<void()>> misuses = {
      [&] { add({}, Element::u64, nullptr, a.data(), a.data(), 1); },
      [&] { add({}, Element::u64, a.data(), bytes + 4, a.data(), 1); },
      [&] { scale_rows({}, Element::u64, a.data(), a.data(), a.data(), 1UL << 40, 1UL << 40); },
      [&] { fill({}, Element::fp32, a.data(), {.shift = 101}, 1, 1); },
      [&] { permute({}, {}, nullptr, 1, 1, 1); },
      [&] { permute({}, {}, nullptr, 0, 1, 1025); },
      [&] { rms_norm({}, Element::u64, a.data(), {.x = a.data(), .rows = 1, .columns = 1}); },
      [&] {
        rms_norm({}, Element::fp32, a.data(), {a.data(), a.data(), nullptr, nullptr, 1, 1});
      },
      [&] { all_reduce_one_shot({}, Element::u64, a.data(), none, 1, Accumulation::fp32); },
      [&] {
        reduce_share({}, Element::u64, a.data(), two, 4, {3, 2}, 0, Accumulation::fp32);
      },
      [&] {
        reduce_share({}, Element::u64, a.data(), two, 4, {0, 2}, 2, Accumulation::fp32);
      },
      [&] {
        ring_fold({}, Element::u64, a.data(), two, 4, {twice, 4});
      },
      [&] {
        ring_fold({}, Element::u64, a.data(), two, 4, {later, 4});
      },
      [&] { grouped_linear({}, Element::u64, a.data(), a.data(), a.data(), nullptr, 1, 1, 1, 1); },
  };
  for (std::size_t i = 0; i < misuses.size(); ++i) {
    EXPECT_THROW(misuses[i](), LaunchError) << i;
  }
}

TEST(Launches, OfNothingDoNothing) {
  add({}, Element::bf16, nullptr, nullptr, nullptr, 0);
  linear({}, Element::bf16, nullptr, nullptr, nullptr, 0, 5, 5);
  Comparison result{9, 9};
  compare({}, Element::bf16, &result, nullptr, nullptr, 0);
  EXPECT_EQ(result.mismatches, 0U);
}

}  // namespace
}  // namespace reducecheck::kernels
