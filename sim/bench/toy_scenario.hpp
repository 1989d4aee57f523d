// SPDX-License-Identifier: Apache-2.0
// The toy layer of the benchmark: hidden 16, width 8, 8 experts, top-2, 4 tokens on tp x ep ranks.
#pragma once

#include <string>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/scenario.hpp"

namespace reducecheck::bench {

struct ToySizes {
  int tokens = 4;
  int hidden = 16;
  int inter = 8;
  int experts = 8;
  int top_k = 2;
};

/// Both branches reduced alone, and merged under one all-reduce; the shared branch is replicated
/// over ep, so that in the merged form one ep rank adds it. Aborts on a broken text.
Scenario toy_scenario(const ToySizes& sizes);

}  // namespace reducecheck::bench
