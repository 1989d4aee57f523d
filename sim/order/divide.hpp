// SPDX-License-Identifier: Apache-2.0
// Division that rounds up, as libraries cut buffers.
#pragma once

#include <cstddef>

namespace reducecheck::ordering {

constexpr std::size_t divide_up(std::size_t number, std::size_t by) {
  return (number + by - 1) / by;
}

/// The least multiple of `to` that is not below `number`.
constexpr std::size_t round_up(std::size_t number, std::size_t to) {
  return divide_up(number, to) * to;
}

}  // namespace reducecheck::ordering
