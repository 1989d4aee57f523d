// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/domain/contract.hpp"
#include "sim/domain/contract_wide.hpp"
#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

template <std::size_t Operands, class D, class T>
void add_group(const T* const* operands, std::size_t first, std::size_t last, T* __restrict out) {
  const T* in[Operands];
  for (std::size_t k = 0; k < Operands; ++k) in[k] = operands[k];
  for (std::size_t j = first; j < last; ++j) {
    T sum = out[j];
    for (std::size_t k = 0; k < Operands; ++k) sum = D::add(sum, in[k][j]);
    out[j] = sum;
  }
}

/// Eight operands at a time, which the processor reads ahead in parallel, over blocks whose sums
/// stay in the first-level cache.
template <class D, class T>
void add_in_groups(std::span<const T* const> operands, std::size_t count, T* out) {
  constexpr std::size_t block = 2048;
  for (std::size_t first = 0; first < count; first += block) {
    const std::size_t last = std::min(count, first + block);
    std::size_t k = 0;
    for (; k + 8 <= operands.size(); k += 8) add_group<8, D>(&operands[k], first, last, out);
    for (; k < operands.size(); ++k) add_group<1, D>(&operands[k], first, last, out);
  }
}

/// Sums in registers over all operands, a few columns at a time, where there are such registers and
/// the operands stay in the second-level cache: beyond it, they are too many streams for the
/// processor to read ahead.
template <class T>
void add_to(std::span<const T* const> operands, std::size_t count, T* out) {
  constexpr std::size_t cache = std::size_t{1} << 18;
  if (operands.size() * count * sizeof(T) <= cache && wide::available()) {
    return wide::add_operands(operands, count, out);
  }
  portable::add_operands(operands, count, out);
}

}  // namespace

void portable::add_operands(std::span<const std::uint64_t* const> operands, std::size_t count,
                            std::uint64_t* out) {
  add_in_groups<Mod64>(operands, count, out);
}

void portable::add_operands(std::span<const float* const> operands, std::size_t count, float* out) {
  add_in_groups<Float32>(operands, count, out);
}

void add_operands_prime(std::span<const std::uint64_t* const> operands, std::size_t count,
                        std::uint64_t* out) {
  add_in_groups<Prime>(operands, count, out);
}

void add_operands_mod64(std::span<const std::uint64_t* const> operands, std::size_t count,
                        std::uint64_t* out) {
  add_to(operands, count, out);
}

void add_operands_float(std::span<const float* const> operands, std::size_t count, float* out) {
  add_to(operands, count, out);
}

}  // namespace reducecheck
