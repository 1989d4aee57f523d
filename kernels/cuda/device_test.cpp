// SPDX-License-Identifier: Apache-2.0
// With a device, kernels leave what the oracle says; without one, a launch says that there is none.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/launch.hpp"
#include "kernels/oracle/oracle.hpp"

namespace reducecheck::kernels {
namespace {

using oracle::Encodings;

bool has_device() {
  int devices = 0;
  return cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0;
}

struct DeviceType {
  Element element;
  oracle::Format format;
};
constexpr DeviceType device_types[] = {{Element::u64, oracle::mod64},
                                       {Element::fp32, oracle::binary32},
                                       {Element::bf16, oracle::brain16},
                                       {Element::fp16, oracle::binary16}};

/// Memory that both sides see.
class Managed {
 public:
  Managed(Element type, std::size_t n) : width_(bytes_of(type)), n_(n) {
    if (cudaMallocManaged(&data_, n * width_) != cudaSuccess) throw std::bad_alloc();
  }
  ~Managed() { cudaFree(data_); }
  Managed(const Managed&) = delete;
  Managed& operator=(const Managed&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] Encodings read() const {
    EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    Encodings values(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      std::memcpy(&values[i], static_cast<const std::byte*>(data_) + i * width_, width_);
    }
    return values;
  }

 private:
  std::size_t width_;
  std::size_t n_;
  void* data_ = nullptr;
};

/// Fills by a kernel, and returns what the oracle says it holds.
Encodings filled(const DeviceType& type, const Managed& buffer, std::uint64_t key, std::size_t rows,
                 std::size_t columns) {
  fill({}, type.element, buffer.data(), {.key = key, .shift = 2}, rows, columns);
  Encodings expected;
  for (std::size_t i = 0; i < rows * columns; ++i) {
    expected.push_back(oracle::content(type.format, key, i / columns, i % columns, 2));
  }
  EXPECT_EQ(buffer.read(), expected);
  return expected;
}

TEST(Device, WithoutOneALaunchSaysSo) {
  if (has_device()) GTEST_SKIP() << "there is a device";
  std::uint64_t x[4] = {};
  try {
    add({}, Element::u64, x, x, x, 4);
    FAIL();
  } catch (const LaunchError& error) {
    const std::string sentence = error.what();
    EXPECT_TRUE(sentence.starts_with("kernel `add`: ")) << sentence;
    EXPECT_GT(sentence.size(), 20U);
  }
  EXPECT_TRUE(take_failure({}).has_value());
}

TEST(Device, LinearLeavesTheBitsOfTheOracleOnBothRungs) {
  if (!has_device()) GTEST_SKIP() << "no device";
  const std::size_t rows = 65;
  const std::size_t inner = 33;
  const std::size_t columns = 70;
  for (const DeviceType& type : device_types) {
    const Managed x(type.element, rows * inner);
    const Managed w(type.element, inner * columns);
    const Managed out(type.element, rows * columns);
    const Encodings left = filled(type, x, 1, rows, inner);
    const Encodings right = filled(type, w, 2, inner, columns);
    const Encodings expected = oracle::linear(type.format, left, right, rows, inner, columns);
    for (const Rung rung : {Rung::plain, Rung::fast}) {
      linear({}, type.element, out.data(), x.data(), w.data(), rows, inner, columns, rung);
      EXPECT_EQ(out.read(), expected);
    }
  }
}

TEST(Device, RingAndOneShotFoldInTheirOrders) {
  if (!has_device()) GTEST_SKIP() << "no device";
  const std::size_t n = 1003;
  const std::vector<std::int32_t> ring = {0, 2, 1};
  for (const DeviceType& type : device_types) {
    const Managed a(type.element, n);
    const Managed b(type.element, n);
    const Managed c(type.element, n);
    const Managed out(type.element, n);
    const std::vector<Encodings> inputs = {filled(type, a, 1, 1, n), filled(type, b, 2, 1, n),
                                           filled(type, c, 3, 1, n)};
    const std::vector<const void*> pointers = {a.data(), b.data(), c.data()};
    ring_fold({}, type.element, out.data(), pointers, n, {ring, 48});
    EXPECT_EQ(out.read(),
              oracle::ring_reduced(type.format, bytes_of(type.element), inputs, ring, 48));
    for (const Accumulation how : {Accumulation::each_addition, Accumulation::fp32}) {
      all_reduce_one_shot({}, type.element, out.data(), pointers, n, how);
      EXPECT_EQ(out.read(),
                oracle::folded(type.format, inputs, {0, 1, 2}, how == Accumulation::each_addition));
    }
  }
}

TEST(Device, NormAndComparisonAgreeWithTheOracle) {
  if (!has_device()) GTEST_SKIP() << "no device";
  const std::size_t rows = 3;
  const std::size_t columns = 1030;
  for (const DeviceType& type : device_types) {
    if (type.format.integer()) continue;
    const Managed x(type.element, rows * columns);
    const Managed plain(type.element, rows * columns);
    const Managed fast(type.element, rows * columns);
    const Managed result(Element::u64, 2);
    const Encodings values = filled(type, x, 5, rows, columns);
    const Norm norm{.x = x.data(), .rows = rows, .columns = columns};
    rms_norm({}, type.element, plain.data(), norm, Rung::plain);
    rms_norm({}, type.element, fast.data(), norm, Rung::fast);
    EXPECT_EQ(plain.read(), oracle::normed(type.format, values, {}, {}, columns).out);
    compare({}, type.element, static_cast<Comparison*>(result.data()), plain.data(), fast.data(),
            rows * columns);
    EXPECT_EQ(result.read(), (Encodings{0, ~std::uint64_t{0}}));
  }
}

}  // namespace
}  // namespace reducecheck::kernels
