// SPDX-License-Identifier: Apache-2.0
// Compares a rounding to a format with the definition, over some or all patterns of binary32.
#pragma once

#include <bit>
#include <cstdint>
#include <ostream>

#include "sim/format/nearest_table_test.hpp"

namespace reducecheck {

/// How many patterns are rounded otherwise than by the table, and the first of them.
struct Mismatches {
  std::uint64_t count = 0;
  std::uint32_t pattern = 0;
  std::uint32_t expected = 0;

  void note(std::uint64_t found, std::uint32_t at, std::uint32_t wanted) {
    if (count == 0 && found > 0) pattern = at, expected = wanted;
    count += found;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Mismatches& wrong) {
  return out << wrong.count << " wrong, the first " << std::hex << wrong.pattern << " instead of "
             << wrong.expected << std::dec;
}

/// Every `stride`th pattern of each preimage, with either sign, and those next to its ends.
template <class Round>
Mismatches mismatches(const NearestTable& table, std::uint32_t sign, std::uint32_t stride,
                      Round round) {
  Mismatches wrong;
  const auto compare = [&](std::uint32_t first, std::uint32_t last, std::uint32_t step,
                           std::uint32_t minus, std::uint32_t encoding) {
    std::uint64_t found = 0;
    const std::uint32_t count = (last - first) / step + 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t pattern = (first + i * step) | minus;
      found += round(std::bit_cast<float>(pattern)) != encoding ? 1U : 0U;
    }
    wrong.note(found, first | minus, encoding);
  };
  for (const Preimage& image : table.preimages()) {
    if (image.first > image.last) continue;  // infinity of a format that is as wide as binary32
    const std::uint32_t ends = std::min(image.last - image.first, 2U);
    for (const bool negative : {false, true}) {
      const std::uint32_t minus = negative ? 0x80000000U : 0U;
      const std::uint32_t encoding = image.encoding | (negative ? sign : 0U);
      if (stride > 1) {
        compare(image.first, image.first + ends, 1, minus, encoding);
        compare(image.last - ends, image.last, 1, minus, encoding);
      }
      compare(image.first, image.last, stride, minus, encoding);
    }
  }
  return wrong;
}

/// NaNs that are rounded to anything but a NaN of the same sign.
template <class Round>
Mismatches nan_mismatches(const NearestTable& table, std::uint32_t sign, std::uint32_t stride,
                          Round round) {
  Mismatches wrong;
  for (std::uint64_t pattern = 0x7f800001U; pattern <= 0x7fffffffU; pattern += stride) {
    const auto magnitude = static_cast<std::uint32_t>(pattern);
    for (const bool negative : {false, true}) {
      const std::uint32_t minus = negative ? 0x80000000U : 0U;
      const std::uint32_t encoding = round(std::bit_cast<float>(magnitude | minus));
      const bool right =
          table.is_nan(encoding & (sign - 1)) && (encoding & sign) == (negative ? sign : 0U);
      wrong.note(right ? 0 : 1, magnitude | minus, 0);
    }
  }
  return wrong;
}

}  // namespace reducecheck
