// SPDX-License-Identifier: Apache-2.0
// The third oracle: what a reference program computes, said again by loops over integers.
//
// It reads the parsed text and nothing else: no plan, no interpreter, no Eigen, and its own
// arithmetic and hash. The interpreter and the verdict could share a mistake; this could not.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::oracle {

using Word = std::uint64_t;
using Rows = std::vector<std::vector<Word>>;

enum class Domain {
  prime,  // the field of integers modulo 2^61 - 1
  mod64,  // the ring of integers modulo 2^64
};

/// A mistake planted into the oracle, to show that the comparison with the interpreter notices one.
enum class OracleFault {
  none,
  swapped_projections,  // up for gate, gate for up
  one_layer,            // w[i] is w[0]
  smallest_topk,
  norm_without_width,
  next_expert,
  short_sum,        // a sum over the features forgets the last one
  norm_with_scale,  // norm(c * x) is not norm(x), whatever the file assumes
};

struct Token {
  std::int64_t owner = 0;
  std::int64_t index = 0;
};

/// What the text leaves open.
struct Question {
  std::map<std::string, std::vector<Token>> tokens;  // the rows of each input
  std::map<std::string, std::int64_t> sizes;
  std::map<std::string, SwitchValue> switches;
  std::uint64_t seed = 1;
  Domain domain = Domain::prime;
  OracleFault fault = OracleFault::none;
};

/// Text that the oracle does not understand, or that has no value in the domain.
struct OracleError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Every output of the reference, a row for each token. Throws: OracleError.
std::map<std::string, Rows> evaluate_reference(const Scenario& scenario, const Question& question);

}  // namespace reducecheck::oracle
