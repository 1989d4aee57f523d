// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/ulps.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "kernels/golden/cases.hpp"

namespace reducecheck::kernels::golden {
namespace {

/// A floating type by its fields.
struct UlpFormat {
  Element element;
  int bits;
  int fraction_bits;
  int bias;
  double silu_bound;  // half a unit; the rounding to fp32 before; 2^-50 of the value
};
constexpr UlpFormat ulp_formats[] = {{Element::fp32, 32, 23, 127, 0.5 + 0x1p-26},
                                     {Element::bf16, 16, 7, 127, 0.5 + 0x1p-16},
                                     {Element::fp16, 16, 10, 15, 0.5 + 0x1p-13}};

/// The number that an encoding is; infinity beyond the largest.
long double value_of(const UlpFormat& format, std::uint32_t bits) {
  const std::uint32_t magnitude = bits & ((1U << (format.bits - 1)) - 1);
  const auto field = static_cast<int>(magnitude >> format.fraction_bits);
  if (field == (1 << (format.bits - 1 - format.fraction_bits)) - 1) {
    return (magnitude & ((1U << format.fraction_bits) - 1)) == 0 ? HUGE_VALL : std::nanl("");
  }
  const std::uint32_t one = field == 0 ? 0U : 1U << format.fraction_bits;
  const std::uint32_t units = (magnitude & ((1U << format.fraction_bits) - 1)) | one;
  const long double size = std::ldexp(static_cast<long double>(units),
                                      std::max(field, 1) - format.bias - format.fraction_bits);
  return bits >> (format.bits - 1) != 0 ? -size : size;
}

/// The distance of neighbours of the format where `x` is.
long double unit_at(const UlpFormat& format, long double x) {
  const int exponent = x == 0 ? 1 - format.bias : std::max(std::ilogb(x), 1 - format.bias);
  return std::ldexp(1.0L, exponent - format.fraction_bits);
}

void count(const UlpFormat& format, std::uint32_t got, long double wanted, UlpRow& row) {
  const long double value = value_of(format, got);
  if (std::isnan(wanted) || std::isinf(value)) return;
  const auto ulps = static_cast<double>(std::fabs(value - wanted) / unit_at(format, wanted));
  ++row.tried;
  if (ulps <= 0.5) ++row.nearest;
  row.most = std::max(row.most, ulps);
}

/// Encodings as the memory of a device holds them.
Bytes stored(const UlpFormat& format, const std::vector<std::uint32_t>& encodings) {
  const std::size_t element_bytes = bytes_of(format.element);
  Bytes bytes(encodings.size() * element_bytes);
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    std::memcpy(bytes.data() + i * element_bytes, &encodings[i], element_bytes);
  }
  return bytes;
}

std::vector<std::uint32_t> left_in(const UlpFormat& format, const SiteMemory& memory,
                                   std::size_t n) {
  const std::size_t element_bytes = bytes_of(format.element);
  Bytes bytes(n * element_bytes);
  memory.read(bytes.data(), bytes.size());
  std::vector<std::uint32_t> encodings(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    std::memcpy(&encodings[i], bytes.data() + i * element_bytes, element_bytes);
  }
  return encodings;
}

SiteMemory memory_with(const Bytes& bytes) {
  SiteMemory memory(bytes.size());
  memory.write(bytes.data(), bytes.size());
  return memory;
}

UlpRow silu_row(const UlpFormat& format, std::uint32_t stride) {
  UlpRow row{.what = "silu " + name_of(format.element), .bound = format.silu_bound};
  const std::uint64_t step = format.bits == 16 ? 1 : stride;
  std::vector<std::uint32_t> numbers;
  for (std::uint64_t i = 0; i < std::uint64_t{1} << format.bits; i += step) {
    const long double x = value_of(format, static_cast<std::uint32_t>(i));
    if (std::isfinite(x)) numbers.push_back(static_cast<std::uint32_t>(i));
  }
  const auto one = static_cast<std::uint32_t>(format.bias) << format.fraction_bits;
  const SiteMemory gate = memory_with(stored(format, numbers));
  const SiteMemory up =
      memory_with(stored(format, std::vector<std::uint32_t>(numbers.size(), one)));
  const SiteMemory out(numbers.size() * bytes_of(format.element));
  const Queue queue = queue_of(0);
  swiglu(queue, format.element, out.data(), gate.data(), up.data(), numbers.size());
  finish(queue);
  const std::vector<std::uint32_t> got = left_in(format, out, numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const long double x = value_of(format, numbers[i]);
    count(format, got[i], x / (1 + std::exp(-x)), row);
  }
  return row;
}

UlpRow norm_row(const UlpFormat& format) {
  constexpr std::size_t rows = 16;
  constexpr std::size_t row_size = 1024;
  UlpRow row{.what = "norm " + name_of(format.element)};
  const std::size_t element_bytes = bytes_of(format.element);
  const SiteMemory x(rows * row_size * element_bytes);
  const SiteMemory out(rows * row_size * element_bytes);
  const Queue queue = queue_of(0);
  fill(queue, format.element, x.data(), {.key = 5}, rows, row_size);
  rms_norm(queue, format.element, out.data(), {.x = x.data(), .rows = rows, .columns = row_size});
  finish(queue);
  const std::vector<std::uint32_t> in = left_in(format, x, rows * row_size);
  const std::vector<std::uint32_t> got = left_in(format, out, rows * row_size);
  for (std::size_t r = 0; r < rows; ++r) {
    long double squares = 0;
    for (std::size_t j = 0; j < row_size; ++j) {
      const long double value = value_of(format, in[r * row_size + j]);
      squares += value * value;
    }
    const long double factor = 1 / std::sqrt(squares / row_size);
    for (std::size_t i = r * row_size; i < (r + 1) * row_size; ++i) {
      count(format, got[i], value_of(format, in[i]) * factor, row);
    }
  }
  return row;
}

}  // namespace

std::vector<UlpRow> measure_ulps(std::uint32_t stride) {
  std::vector<UlpRow> table;
  for (const UlpFormat& format : ulp_formats) table.push_back(silu_row(format, stride));
  for (const UlpFormat& format : ulp_formats) table.push_back(norm_row(format));
  return table;
}

}  // namespace reducecheck::kernels::golden
