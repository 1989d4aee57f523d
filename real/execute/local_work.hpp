// SPDX-License-Identifier: Apache-2.0
// Arithmetic of one rank that something else than the executor's own loops does: kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "real/execute/local_tensor.hpp"
#include "real/numbers/element.hpp"

namespace reducecheck::real {

/// A weight as a function: its hash, and which block of it.
struct WeightBlock {
  std::uint64_t key = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;
  int shift = 0;  // contents are scaled by 2^-shift
};

/// down(act(gate(x)) * up(x)) over the inner features [begin, begin + width) of `total`.
struct GatedWeights {
  std::uint64_t keys[3] = {};  // gate, up, down
  int begin = 0;
  int width = 0;
  int total = 0;
};

/// Experts of a rank: `slots` holds the weights of each, in the order in which a row adds what they
/// return, and chosen[row, choice] is a slot, or -1 for none here.
struct ExpertWork {
  std::vector<GatedWeights> slots;
  std::vector<std::int32_t> chosen;
  std::size_t choices = 0;
};

/// How often something was computed here, and how often by the executor.
struct StepPlaces {
  std::size_t elsewhere = 0;
  std::size_t here = 0;
};

/// Every function computes what the executor would, bit for bit, into `out`, which has its shape;
/// or returns false and leaves the work to the executor. Tensors are not of ids. Throws:
/// BackendError where a kernel fails.
class LocalWork {
 public:
  LocalWork() = default;
  virtual ~LocalWork() = default;
  LocalWork(const LocalWork&) = delete;
  LocalWork& operator=(const LocalWork&) = delete;

  /// out = x W.
  virtual bool product(ElementType type, const LocalTensor& x, const WeightBlock& weight,
                       LocalTensor& out) = 0;
  /// out = act(gate) * up.
  virtual bool gate(ElementType type, const LocalTensor& gate, const LocalTensor& up,
                    LocalTensor& out) = 0;
  /// out[row] = the sum over its chosen slots of p[row, choice] times what the slot makes of
  /// x[row].
  virtual bool experts(ElementType type, const LocalTensor& x, const LocalTensor& p,
                       const ExpertWork& work, LocalTensor& out) = 0;
  virtual bool add(ElementType type, const LocalTensor& a, const LocalTensor& b,
                   LocalTensor& out) = 0;
  virtual bool multiply(ElementType type, const LocalTensor& a, const LocalTensor& b,
                        LocalTensor& out) = 0;
  virtual bool scale(ElementType type, const LocalTensor& x, std::uint64_t factor,
                     LocalTensor& out) = 0;
  /// out = x / sqrt(mean of squares of a row), times a row of weights where there is one.
  virtual bool norm(ElementType type, const LocalTensor& x, const LocalTensor* weight,
                    LocalTensor& out) = 0;
};

/// The exponent of two that weights of that many inputs are scaled down by.
int fan_in_exponent(std::int64_t fan_in);

}  // namespace reducecheck::real
