// SPDX-License-Identifier: Apache-2.0
// Every kernel in every type over a few shapes, on inputs of the counter hash: what golden vectors
// hold, and what a device and the host are compared by.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/golden/site.hpp"

namespace reducecheck::kernels::golden {

using Bytes = std::vector<unsigned char>;

/// One run of a case: how it is launched, and its inputs, which live until it has ended.
class GoldenRun {
 public:
  GoldenRun(Element type_of_it, Queue queue_of_it, Rung rung_of_it)
      : type(type_of_it), queue(queue_of_it), rung(rung_of_it) {}

  /// n elements in [-1, 1), and n encodings of any kind: infinities, NaN, subnormals.
  const void* tame(std::uint64_t key, std::size_t n);
  const void* wild(std::uint64_t key, std::size_t n);
  const std::int32_t* table(const std::vector<std::int32_t>& values);

  Element type;
  Queue queue;
  Rung rung;

 private:
  const void* held(const Bytes& bytes);

  std::vector<SiteMemory> held_;
};

struct GoldenCase {
  std::string name;  // `linear bf16 5x7x9`
  Element type = Element::u64;
  std::size_t bytes = 0;  // of what it leaves
  std::function<void(GoldenRun& run, void* out)> launch;
};

/// All cases, or those of one small shape.
std::vector<GoldenCase> golden_cases(bool reduced);

/// What a case leaves, with one encoding for all NaN. Throws: LaunchError, KernelFault.
Bytes left_by(const GoldenCase& one, std::uint64_t repetition, Rung rung);

/// A hash of bytes (FNV-1a).
std::uint64_t digest_of(const Bytes& bytes);

std::string name_of(Element type);

}  // namespace reducecheck::kernels::golden
