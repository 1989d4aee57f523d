// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/speed.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <numeric>

#include "kernels/golden/cases.hpp"

namespace reducecheck::kernels::golden {
namespace {

constexpr Element timed_type = Element::bf16;
constexpr std::size_t width = bytes_of(timed_type);
constexpr std::size_t columns = 4096;

/// Seconds of one launch.
double seconds_of(const std::function<void(Queue)>& launch) {
  constexpr int launches = 8;
  const Queue queue = queue_of(0);
  launch(queue);  // the first one loads the kernel
  finish(queue);
  std::array<double, 5> batches{};
  for (double& batch : batches) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < launches; ++i) launch(queue);
    finish(queue);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    batch = took.count() / launches;
  }
  std::ranges::sort(batches);
  return batches[batches.size() / 2];
}

}  // namespace

std::vector<MeasuredSpeed> measure_speed(std::size_t n) {
  const std::size_t rows = n / columns;
  std::vector<SiteMemory> inputs;
  for (std::uint64_t key = 0; key < 4; ++key) {
    inputs.emplace_back(n * width);
    fill({}, timed_type, inputs.back().data(), {.key = key}, rows, columns);
  }
  finish({});
  const SiteMemory out(n * width);
  const SiteMemory result(sizeof(Comparison));
  std::vector<std::int32_t> backwards(rows);
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  const SiteMemory row_numbers(rows * sizeof(std::int32_t));
  row_numbers.write(backwards.data(), rows * sizeof(std::int32_t));
  const void* a = inputs[0].data();
  const void* b = inputs[1].data();
  const std::array<const void*, 4> peers = {a, b, inputs[2].data(), inputs[3].data()};
  static constexpr std::array<std::int32_t, 4> ring = {0, 1, 2, 3};
  const double one = static_cast<double>(n * width);

  std::vector<MeasuredSpeed> measured;
  const auto time = [&](const char* kernel, double buffers, auto launch) {
    measured.push_back({kernel, true, buffers * one, seconds_of(launch)});
  };
  const auto time_unbound = [&](const char* kernel, double buffers, auto launch) {
    time(kernel, buffers, launch);
    measured.back().bound_by_memory = false;
  };
  time("copy", 2, [&](Queue q) { copy_there(q, out.data(), a, n * width); });
  time("fill", 1, [&](Queue q) { fill(q, timed_type, out.data(), {.key = 1}, rows, columns); });
  time("add", 3, [&](Queue q) { add(q, timed_type, out.data(), a, b, n); });
  time("multiply", 3, [&](Queue q) { multiply(q, timed_type, out.data(), a, b, n); });
  time("scale", 2, [&](Queue q) { scale(q, timed_type, out.data(), a, 0x4040, n); });
  time("scale_rows", 2,
       [&](Queue q) { scale_rows(q, timed_type, out.data(), a, b, rows, columns); });
  // An exponential function in binary64.
  time_unbound("swiglu", 3, [&](Queue q) { swiglu(q, timed_type, out.data(), a, b, n); });
  time("gather_rows", 2, [&](Queue q) {
    gather_rows(q, timed_type, out.data(), a, static_cast<std::int32_t*>(row_numbers.data()), rows,
                rows, columns);
  });
  // One thread of a block adds the squares, in their order.
  time_unbound("rms_norm", 2, [&](Queue q) {
    rms_norm(q, timed_type, out.data(), {.x = a, .weight = b, .rows = rows, .columns = columns});
  });
  time("all_reduce_one_shot of 4", 5, [&](Queue q) {
    all_reduce_one_shot(q, timed_type, out.data(), peers, n, Accumulation::fp32);
  });
  time("ring_fold of 4", 5, [&](Queue q) {
    ring_fold(q, timed_type, out.data(), peers, n, {ring, 65'536});
  });
  time("compare", 2,
       [&](Queue q) { compare(q, timed_type, static_cast<Comparison*>(result.data()), a, b, n); });
  return measured;
}

}  // namespace reducecheck::kernels::golden
