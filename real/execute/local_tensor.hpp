// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reducecheck::real {

/// A value on this rank: encodings of the element type, or ids as two's complement.
struct LocalTensor {
  int rows = 0;
  int width = 0;
  bool integer = false;
  std::vector<std::uint64_t> elements;  // row-major

  [[nodiscard]] std::uint64_t& at(int row, int column) {
    return elements[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(column)];
  }
  [[nodiscard]] std::uint64_t at(int row, int column) const {
    return elements[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(column)];
  }
  [[nodiscard]] std::int64_t id(int row, int column) const {
    return static_cast<std::int64_t>(at(row, column));
  }
};

}  // namespace reducecheck::real
