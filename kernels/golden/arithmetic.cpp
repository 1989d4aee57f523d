// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <thread>

#include "kernels/golden/cases.hpp"
#include "kernels/golden/conversion.hpp"

namespace reducecheck::kernels::golden {
namespace {

/// A format of 16 bits, by its fields.
struct HalfFormat {
  Element element;
  int exponent_bits;
  int fraction_bits;

  [[nodiscard]] int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  [[nodiscard]] std::uint32_t infinity() const {
    return ((1U << exponent_bits) - 1) << fraction_bits;
  }
};
constexpr HalfFormat half_formats[] = {{Element::bf16, 8, 7}, {Element::fp16, 5, 10}};

constexpr std::uint32_t a_nan = 0xffffffff;  // stands for all of them

/// The encoding nearest to x, ties to even: x in units of the last place, which is exact in
/// binary64, rounded to an integer by the C library.
std::uint32_t nearest(const HalfFormat& format, double x) {
  if (std::isnan(x)) return a_nan;
  const std::uint32_t sign = std::signbit(x) ? 0x8000U : 0U;
  if (std::isinf(x)) return sign | format.infinity();
  const int own = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52 & 0x7ffU) - 1023;
  const int exponent = std::max(own, 1 - format.bias());
  const auto last_place = static_cast<std::uint64_t>(exponent - format.fraction_bits + 1023) << 52;
  const auto units =
      static_cast<std::uint32_t>(std::nearbyint(std::fabs(x) / std::bit_cast<double>(last_place)));
  const auto field = static_cast<std::uint32_t>(exponent + format.bias() - 1);
  return sign | std::min((field << format.fraction_bits) + units, format.infinity());
}

/// The number that a 16-bit encoding is.
double number_of(const HalfFormat& format, std::uint32_t bits) {
  const std::uint32_t magnitude = bits & 0x7fffU;
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  if (magnitude > format.infinity()) return std::nan("");
  if (magnitude == format.infinity()) return sign * HUGE_VAL;
  const int field = static_cast<int>(magnitude >> format.fraction_bits);
  const std::uint32_t one = field == 0 ? 0U : 1U << format.fraction_bits;
  const std::uint32_t units = (magnitude & ((1U << format.fraction_bits) - 1)) | one;
  return sign * std::ldexp(units, std::max(field, 1) - format.bias() - format.fraction_bits);
}

/// One NaN for all, of a format of 16 bits.
std::uint32_t plain(const HalfFormat& format, std::uint32_t bits) {
  return (bits & 0x7fffU) > format.infinity() ? a_nan : bits;
}

/// What came out as each element, what should have, and which one it is.
template <class Got, class Wanted, class Name>
struct ElementCheck {
  Got got;
  Wanted wanted;
  Name name;
};

/// Compares n elements on all cores.
template <class Each>
void compare_all(std::size_t n, const Each& each, ArithmeticCheck& check) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::uint64_t> wrong(cores, 0);
  std::vector<std::size_t> first(cores, n);
  std::vector<std::thread> threads;
  for (std::size_t core = 0; core < cores; ++core) {
    threads.emplace_back([&, core] {
      for (std::size_t i = n * core / cores; i < n * (core + 1) / cores; ++i) {
        if (each.got(i) == each.wanted(i)) continue;
        if (wrong[core]++ == 0) first[core] = i;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  check.tried += n;
  for (std::size_t core = 0; core < cores; ++core) {
    check.wrong += wrong[core];
    if (first[core] == n || !check.first.empty()) continue;
    char text[160];
    std::snprintf(text, sizeof text, "%s is %x, not %x", each.name(first[core]).c_str(),
                  each.got(first[core]), each.wanted(first[core]));
    check.first = text;
  }
}

std::string in_hex(std::uint32_t bits) {
  char text[16];
  std::snprintf(text, sizeof text, "%x", bits);
  return text;
}

constexpr std::size_t most_at_once = std::size_t{1} << 24;

ArithmeticCheck narrowed(const HalfFormat& format, std::uint32_t stride) {
  ArithmeticCheck check{.what = "fp32 to " + name_of(format.element), .first = ""};
  const std::uint64_t all = (std::uint64_t{1} << 32) / stride;
  const SiteMemory there(std::min<std::uint64_t>(all, most_at_once) * 2);
  std::vector<std::uint16_t> here(std::min<std::uint64_t>(all, most_at_once));
  for (std::uint64_t done = 0; done < all; done += here.size()) {
    const std::size_t n = std::min<std::uint64_t>(here.size(), all - done);
    const auto first = static_cast<std::uint32_t>(done * stride);
    const Queue queue = queue_of(0);
    convert_to(queue, format.element, static_cast<std::uint16_t*>(there.data()), first, stride, n);
    finish(queue);
    there.read(here.data(), n * 2);
    const auto bits = [=](std::size_t i) { return first + static_cast<std::uint32_t>(i) * stride; };
    compare_all(
        n,
        ElementCheck{[&](std::size_t i) { return plain(format, here[i]); },
                     [&](std::size_t i) { return nearest(format, std::bit_cast<float>(bits(i))); },
                     [&](std::size_t i) { return check.what + ": " + in_hex(bits(i)); }},
        check);
  }
  return check;
}

ArithmeticCheck widened(const HalfFormat& format) {
  constexpr std::size_t n = 65'536;
  ArithmeticCheck check{.what = name_of(format.element) + " to fp32", .first = ""};
  const SiteMemory there(n * 4);
  std::vector<std::uint32_t> here(n);
  const Queue queue = queue_of(0);
  convert_from(queue, format.element, static_cast<std::uint32_t*>(there.data()), n);
  finish(queue);
  there.read(here.data(), n * 4);
  const auto one_nan = [](float x) {
    return std::isnan(x) ? a_nan : std::bit_cast<std::uint32_t>(x);
  };
  compare_all(n,
              ElementCheck{[&](std::size_t i) { return one_nan(std::bit_cast<float>(here[i])); },
                           [&](std::size_t i) {
                             const double x = number_of(format, static_cast<std::uint32_t>(i));
                             return one_nan(static_cast<float>(x));
                           },
                           [&](std::size_t i) { return in_hex(static_cast<std::uint32_t>(i)); }},
              check);
  return check;
}

void added(Queue queue, void* out, const void* a, const void* b, std::size_t n) {
  add(queue, Element::bf16, out, a, b, n);
}

void multiplied(Queue queue, void* out, const void* a, const void* b, std::size_t n) {
  multiply(queue, Element::bf16, out, a, b, n);
}

/// Sums or products of one of `stride` bf16 with all: exact in binary64, or so far apart that what
/// is lost decides no tie.
ArithmeticCheck of_pairs(bool products, std::uint32_t stride) {
  constexpr std::size_t row = 65'536;
  const HalfFormat& format = half_formats[0];
  ArithmeticCheck check{.what = products ? "bf16 * bf16" : "bf16 + bf16", .first = ""};
  std::vector<double> numbers;
  for (std::uint32_t i = 0; i < row; ++i) numbers.push_back(number_of(format, i));
  const std::size_t all = (row + stride - 1) / stride;
  const std::size_t most_rows = std::min(all, most_at_once / row);
  std::vector<std::uint16_t> left(most_rows * row);
  std::vector<std::uint16_t> right(left.size());
  for (std::size_t i = 0; i < right.size(); ++i) right[i] = static_cast<std::uint16_t>(i);
  std::vector<std::uint16_t> here(left.size());
  const SiteMemory a(left.size() * 2);
  const SiteMemory b(left.size() * 2);
  const SiteMemory out(left.size() * 2);
  b.write(right.data(), right.size() * 2);
  for (std::size_t done = 0; done < all; done += most_rows) {
    const std::size_t n = std::min(most_rows, all - done) * row;
    for (std::size_t i = 0; i < n; ++i) {
      left[i] = static_cast<std::uint16_t>((done + i / row) * stride);
    }
    a.write(left.data(), n * 2);
    const Queue queue = queue_of(0);
    (products ? multiplied : added)(queue, out.data(), a.data(), b.data(), n);
    finish(queue);
    out.read(here.data(), n * 2);
    const auto wanted = [&](std::size_t i) {
      const double x = numbers[left[i]];
      const double y = numbers[right[i]];
      return nearest(format, products ? x * y : x + y);
    };
    compare_all(
        n,
        ElementCheck{[&](std::size_t i) { return plain(format, here[i]); }, wanted,
                     [&](std::size_t i) { return in_hex(left[i]) + ", " + in_hex(right[i]); }},
        check);
  }
  return check;
}

}  // namespace

std::vector<ArithmeticCheck> check_arithmetic(std::uint32_t stride) {
  std::vector<ArithmeticCheck> checks;
  for (const HalfFormat& format : half_formats) {
    checks.push_back(narrowed(format, stride));
    checks.push_back(widened(format));
  }
  checks.push_back(of_pairs(false, std::min(stride, 8191U)));
  checks.push_back(of_pairs(true, std::min(stride, 8191U)));
  return checks;
}

}  // namespace reducecheck::kernels::golden
