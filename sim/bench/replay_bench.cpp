// SPDX-License-Identifier: Apache-2.0
// The replay of reduction orders against reading the same bytes, timed in the same run and in turn.
// Nothing here is a test.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck::bench {
namespace {

constexpr int ranks = 8;
constexpr std::size_t bytes = std::size_t{64} << 20;

/// Of this process: the machine may be shared.
double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <class Body>
double seconds(Body body) {
  const double start = processor_seconds();
  body();
  return processor_seconds() - start;
}

template <class Encoding>
std::uint64_t read_all(const std::vector<std::vector<Encoding>>& inputs) {
  std::uint64_t all = 0;
  for (const auto& input : inputs) {
    for (std::size_t i = 0; i < input.size(); i += 8 / sizeof(Encoding)) {
      std::uint64_t word = 0;
      std::memcpy(&word, &input[i], 8);
      all ^= word;
    }
  }
  return all;
}

double median(std::vector<double> samples) {
  std::ranges::nth_element(samples,
                           samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2));
  return samples[samples.size() / 2];
}

template <class Encoding>
void measure(const std::string& name, Format format) {
  const std::size_t count = bytes / sizeof(Encoding);
  const MadeOrder made = make_order(name, {count, ranks, format, {}});
  if (!made.order) {
    fmt::print(stderr, "{}\n", made.refusal);
    std::exit(1);
  }
  std::vector<std::vector<Encoding>> inputs(ranks, std::vector<Encoding>(count));
  std::vector<const Encoding*> pointers;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto random = static_cast<std::int32_t>(mix(rank * count + i) >> 40);
      inputs[rank][i] = static_cast<Encoding>(
          round_to(format, static_cast<float>(random - (1 << 23)) * 0x1p-23F));
    }
    pointers.push_back(inputs[rank].data());
  }
  const OrderReplay replay(*made.order);
  std::vector<Encoding> out(count);
  std::vector<double> replays, reads;
  std::uint64_t digest = 0;
  for (int i = 0; i < 9; ++i) {
    replays.push_back(seconds([&] { replay.sum(0, pointers.data(), out.data()); }));
    reads.push_back(seconds([&] { digest ^= read_all(inputs); }));
  }
  fmt::print("{:<28} {:<9} {:>9.1f} {:>9.1f} {:>6.1f}x   {:016x}\n", name, traits(format).name,
             1e3 * median(replays), 1e3 * median(reads), median(replays) / median(reads), digest);
}

}  // namespace
}  // namespace reducecheck::bench

int main() {
  using namespace reducecheck::bench;
  using reducecheck::Format;
  fmt::print("{} ranks of {} MiB each; one thread; medians of processor time\n", ranks,
             bytes >> 20);
  fmt::print("{:<28} {:<9} {:>9} {:>9} {:>7}\n", "order", "dtype", "replay ms", "read ms", "ratio");
  measure<std::uint32_t>("nccl_ring", Format::fp32);
  measure<std::uint16_t>("nccl_ring", Format::bf16);
  measure<std::uint16_t>("nccl_ring", Format::fp16);
  measure<std::uint8_t>("nccl_ring", Format::fp8_e4m3);
  measure<std::uint16_t>("openmpi_recursive_doubling", Format::bf16);
  measure<std::uint16_t>("vllm_two_shot", Format::bf16);
  return 0;
}
