// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: the parts of the verifier, each of which can be replaced by a wrong
// one, and the tests of each part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "props/fault_matrix/cell.hpp"
#include "props/laws.hpp"
#include "props/rounding_cases.hpp"
#include "real/numbers/element.hpp"
#include "sim/report/result.hpp"

namespace reducecheck::matrix {

using Bytes = std::vector<std::byte>;
using ResultFile = reducecheck::Report;  // of a check

/// The parts, as they are.
struct Verifier {
  Verifier();

  /// How far a sum may be from the exact one.
  std::function<double(const SumSteps&, const Operands&)> bound;
  props::Simulator simulator;
  std::function<std::uint64_t(std::uint64_t before, real::ElementType,
                              const std::vector<std::uint64_t>&)>
      digest;
  /// How many elements differ.
  std::function<std::size_t(real::ElementType, const Bytes&, const Bytes&)> different;
  std::function<std::uint64_t(std::uint64_t asked)> seed;
  std::function<std::string(const ResultFile&)> file;
};

/// A test of a part: what it has to complain of, or an empty text.
struct SelfTest {
  const char* name;
  const char* part;
  std::string (*complaint)(const Verifier&, const Setting&);
};
std::span<const SelfTest> self_tests();

/// The roundings of a sum in that configuration.
SumSteps steps_at(const Setting& at);

}  // namespace reducecheck::matrix
