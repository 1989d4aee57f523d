// SPDX-License-Identifier: Apache-2.0
// Which hypothesis an output agrees with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/diagnose/allowance.hpp"
#include "sim/diagnose/evidence.hpp"

namespace reducecheck::diagnosing {

enum class Method : std::uint8_t {
  none,           // nothing could be compared
  replay,         // every bit is what an order gives
  bound,          // within what rounding can do in any order
  least_squares,  // the bound alone would not tell
};

struct Decision {
  enum class Answer : std::uint8_t { right, wrong, undecided };
  Answer answer = Answer::undecided;
  std::string reason;             // of `undecided`
  Faults faults;                  // the likeliest cause
  std::vector<Faults> same;       // other causes of the same coefficients
  std::vector<Faults> different;  // what would explain the outputs too, with other coefficients
  Method method = Method::none;
  std::string order;            // of a replay
  std::string way;              // what it computes
  std::string order_not_used;   // why a named order was of no use
  std::vector<int> outputs;     // ranks whose outputs were compared
  Misfit right;                 // of the right sum
  Misfit chosen;                // of `faults`
  std::size_t seen_shares = 0;  // whose loss the bound would show in some element
  std::vector<std::optional<Evidence::Estimate>> terms;   // how often each counts
  std::vector<std::optional<Evidence::Estimate>> shares;  // in the first wrong output
};

struct DecideOptions {
  std::string order;                            // empty: not known
  std::map<std::string, std::string> settings;  // of the order
};

/// The decision on a case without a `reason`.
Decision decide(const Case& one, const DecideOptions& options);

}  // namespace reducecheck::diagnosing
