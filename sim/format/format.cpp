// SPDX-License-Identifier: Apache-2.0
#include "sim/format/format.hpp"

namespace reducecheck {
namespace {

/// Calls `f` with the format as a constant.
template <class F>
auto with_format(Format format, F f) {
  switch (format) {
    case Format::fp32: return f.template operator()<Format::fp32>();
    case Format::bf16: return f.template operator()<Format::bf16>();
    case Format::fp16: return f.template operator()<Format::fp16>();
    case Format::fp8_e4m3: return f.template operator()<Format::fp8_e4m3>();
    case Format::fp8_e5m2: break;
  }
  return f.template operator()<Format::fp8_e5m2>();
}

}  // namespace

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
