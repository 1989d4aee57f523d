// SPDX-License-Identifier: Apache-2.0
// Internal to sim/domain: the loops of contract.hpp for processors with registers of 64 bytes, with
// the same bits as the portable ones. The compiler keeps sums in memory where it finds the
// registers by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/domain/contract.hpp"

/// For every processor.
namespace reducecheck::portable {

void contract_runs(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                   std::span<const InnerRun<std::uint64_t>> runs);
void contract_runs(const Contraction& shape, const float* x, const float* w,
                   std::span<const InnerRun<float>> runs);

void contract_placed(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                     std::span<const InnerRun<std::uint64_t>> runs,
                     std::span<const std::size_t> places, const std::uint64_t* weights);
void contract_placed(const Contraction& shape, const float* x, const float* w,
                     std::span<const InnerRun<float>> runs, std::span<const std::size_t> places,
                     const float* weights);

void generate_mod64(const WeightTile& tile, std::uint64_t* out);
void generate_float(const WeightTile& tile, float* out);

void add_operands(std::span<const std::uint64_t* const> operands, std::size_t count,
                  std::uint64_t* out);
void add_operands(std::span<const float* const> operands, std::size_t count, float* out);

}  // namespace reducecheck::portable

namespace reducecheck::wide {

/// Whether this processor has such registers; nothing else here may be called without.
bool available();

void contract_runs(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                   std::span<const InnerRun<std::uint64_t>> runs);
void contract_runs(const Contraction& shape, const float* x, const float* w,
                   std::span<const InnerRun<float>> runs);

void contract_placed(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                     std::span<const InnerRun<std::uint64_t>> runs,
                     std::span<const std::size_t> places, const std::uint64_t* weights);
void contract_placed(const Contraction& shape, const float* x, const float* w,
                     std::span<const InnerRun<float>> runs, std::span<const std::size_t> places,
                     const float* weights);

void generate_mod64(const WeightTile& tile, std::uint64_t* out);
void generate_float(const WeightTile& tile, float* out);

void add_operands(std::span<const std::uint64_t* const> operands, std::size_t count,
                  std::uint64_t* out);
void add_operands(std::span<const float* const> operands, std::size_t count, float* out);

}  // namespace reducecheck::wide
