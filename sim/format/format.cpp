// SPDX-License-Identifier: Apache-2.0
#include "sim/format/format.hpp"

namespace reducecheck {

float widen(Format format, std::uint32_t encoding) {
  return with_format(format, [=]<Format F>() { return widen<F>(encoding); });
}

std::uint32_t round_to(Format format, float x) {
  return with_format(format, [=]<Format F>() { return round_to<F>(x); });
}

std::uint32_t add_in(Format format, std::uint32_t a, std::uint32_t b) {
  return with_format(format, [=]<Format F>() { return add_in<F>(a, b); });
}

}  // namespace reducecheck
