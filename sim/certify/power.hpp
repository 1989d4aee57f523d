// SPDX-License-Identifier: Apache-2.0
// How small a wrong coefficient a check of rounded sums can see.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/format/format.hpp"

namespace reducecheck {

struct PowerRequest {
  Format format = Format::bf16;
  std::vector<int> ranks;
  std::string order = "nccl_ring";
  std::map<std::string, std::string> settings{};
  std::uint64_t seed = 1;
};

/// One check of sums over so many ranks.
struct CheckPower {
  int ranks = 0;
  std::string check;        // `bound of any order`, `running bound`, `replay`, `allclose`
  double dropped_seen = 0;  // share of elements that show a rank whose partial sum is missing
  /// The smallest error of one rank's coefficient that shows in a tensor whichever rank has it, and
  /// so does every larger one, among powers of 2^(1/2) up to 1; 0: not even 1.
  double smallest = 0;
  double alarms = 0;  // share of elements of right sums that the check calls wrong
  double median_ratio =
      0;  // of bound / |error| of right sums, where there is one; 0 without a bound
};

inline constexpr std::size_t power_elements = 4096;

/// The checks for each number of ranks, measured on tensors of power_elements elements of near
/// normally distributed partial sums in the order of the request. Allclose compares with the exact
/// sum, with the tolerances that torch.testing.assert_close has for the format; fp8 has none there.
/// Nothing, with the reason in `refusal`, where an order is none for the request.
std::vector<CheckPower> power_of_checks(const PowerRequest& request, std::string& refusal);

/// As a table for a person.
std::string power_text(const PowerRequest& request, const std::vector<CheckPower>& powers);

/// Format `reducecheck.power/1`, to which keys are only added.
std::string power_json(const PowerRequest& request, const std::vector<CheckPower>& powers,
                       const std::string& version);

}  // namespace reducecheck
