// SPDX-License-Identifier: Apache-2.0
// Gloo's all-reduces over loopback TCP against the orders that the simulator predicts for them: no
// element may differ in a bit. Ranks are threads.
#include <fmt/format.h>
#include <gloo/allreduce.h>
#include <gloo/allreduce_halving_doubling.h>
#include <gloo/allreduce_ring.h>
#include <gloo/allreduce_ring_chunked.h>
#include <gloo/math.h>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/hash_store.h>
#include <gloo/transport/tcp/device.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <thread>

#include "real/parity/patterns.hpp"
#include "real/parity/prediction.hpp"

namespace reducecheck::real {
namespace {

using Context = std::shared_ptr<gloo::Context>;
using Collective = void (*)(const Context&, float*, std::size_t);

constexpr std::uint64_t seed = 20240607;
constexpr ElementType fp32 = ElementType::fp32;

/// Large counts only where the environment asks for them.
std::vector<std::size_t> counts() {
  if (std::getenv("REDUCECHECK_ALL_COUNTS") != nullptr) {
    return {1, 2, 7, 63, 1000, 4099, 65'537, 100'003, 1'048'577};
  }
  return {1, 7, 1000, 4099};
}

void by_options(const Context& context, gloo::AllreduceOptions::Algorithm algorithm, float* data,
                std::size_t count) {
  gloo::AllreduceOptions options(context);
  options.setAlgorithm(algorithm);
  options.setOutput(data, count);
  void (*sum)(void*, const void*, const void*, std::size_t) = &gloo::sum<float>;
  options.setReduceFunction(sum);
  gloo::allreduce(options);
}

void ring(const Context& context, float* data, std::size_t count) {
  by_options(context, gloo::AllreduceOptions::Algorithm::RING, data, count);
}

void bcube(const Context& context, float* data, std::size_t count) {
  by_options(context, gloo::AllreduceOptions::Algorithm::BCUBE, data, count);
}

template <class Algorithm>
void by_class(const Context& context, float* data, std::size_t count) {
  Algorithm algorithm(context, std::vector<float*>{data}, static_cast<int>(count));
  algorithm.run();
}

struct Known {
  const char* order;
  Collective run;
  const char* other;  // what another algorithm would give
};

constexpr Known known[] = {
    {"gloo_ring", ring, "gloo_halving_doubling"},
    {"gloo_bcube", bcube, "gloo_ring"},
    {"gloo_halving_doubling", by_class<gloo::AllreduceHalvingDoubling<float>>, "gloo_ring"},
    {"gloo_ring_chunked", by_class<gloo::AllreduceRingChunked<float>>, "gloo_halving_doubling"},
    {"gloo_ring_legacy", by_class<gloo::AllreduceRing<float>>, "gloo_halving_doubling"},
};

/// The contexts of all ranks, connected with each other.
std::vector<Context> connected(int ranks) {
  gloo::rendezvous::HashStore store;
  std::vector<Context> contexts(static_cast<std::size_t>(ranks));
  std::vector<std::thread> threads;
  for (int r = 0; r < ranks; ++r) {
    threads.emplace_back([&, r] {
      auto device = gloo::transport::tcp::CreateDevice(gloo::transport::tcp::attr("127.0.0.1"));
      auto context = std::make_shared<gloo::rendezvous::Context>(r, ranks);
      context->connectFullMesh(store, device);
      contexts[static_cast<std::size_t>(r)] = context;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return contexts;
}

RankElements summed(const std::vector<Context>& contexts, Collective run,
                    const RankElements& inputs) {
  RankElements sums = inputs;
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < contexts.size(); ++r) {
    threads.emplace_back([&, r] {
      std::vector<float> data(inputs[r].size() / sizeof(float));
      std::memcpy(data.data(), inputs[r].data(), inputs[r].size());
      run(contexts[r], data.data(), data.size());
      std::memcpy(sums[r].data(), data.data(), sums[r].size());
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sums;
}

RankElements all_inputs(Pattern pattern, int ranks, std::size_t count) {
  RankElements inputs;
  for (int r = 0; r < ranks; ++r) {
    inputs.push_back(pattern_elements(pattern, fp32, seed, r, count));
  }
  return inputs;
}

class GlooBits : public testing::TestWithParam<int> {};

TEST_P(GlooBits, EveryBitIsPredicted) {
  const int ranks = GetParam();
  const std::vector<Context> contexts = connected(ranks);
  std::size_t compared = 0;
  for (const Known& one : known) {
    for (const std::size_t count : counts()) {
      for (const Pattern pattern : {Pattern::spread, Pattern::adversarial}) {
        const RankElements inputs = all_inputs(pattern, ranks, count);
        const RankElements sums = summed(contexts, one.run, inputs);
        const SumOrder order = order_for(one.order, fp32, ranks, count);
        for (int r = 0; r < ranks; ++r) {
          const auto& sum = sums[static_cast<std::size_t>(r)];
          ASSERT_EQ(told_mismatch(order, fp32, r, inputs, sum), "") << one.order << ' ' << count;
          compared += count;
        }
      }
    }
  }
  fmt::print("{} ranks: {} elements compared\n", ranks, compared);
}

/// Two ranks have one order.
class GlooControls : public testing::TestWithParam<int> {};

TEST_P(GlooControls, AWrongOrderMispredictsMoreThanATenth) {
  const int ranks = GetParam();
  constexpr std::size_t count = 4099;
  const std::vector<Context> contexts = connected(ranks);
  const RankElements inputs = all_inputs(Pattern::close, ranks, count);
  for (const Known& one : known) {
    const RankElements sums = summed(contexts, one.run, inputs);
    const SumOrder wrong = order_for(one.other, fp32, ranks, count);
    std::size_t different = 0;
    for (int r = 0; r < ranks; ++r) {
      const auto& sum = sums[static_cast<std::size_t>(r)];
      different += mismatches(fp32, predicted_sum(wrong, fp32, r, inputs), sum).count;
    }
    const double share = static_cast<double>(different) / (static_cast<double>(ranks) * count);
    EXPECT_GT(share, 0.1) << one.order;
  }
}

INSTANTIATE_TEST_SUITE_P(Ranks, GlooBits, testing::Range(2, 9));
INSTANTIATE_TEST_SUITE_P(Ranks, GlooControls, testing::Range(3, 9));

}  // namespace
}  // namespace reducecheck::real
