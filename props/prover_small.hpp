// SPDX-License-Identifier: Apache-2.0
// Small scenarios for the prover, written in few words.
#pragma once

#include <string>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::props {

/// Lines of the file that differ from: axes a and b, an input x and an output y of whole rows and
/// features, one program.
struct Small {
  std::string name;
  std::string reference;
  std::string distributed;
  std::string weights{};
  std::string frame{};  // what is given here is not written by itself
};

std::string scenario_text(const Small& small);
Scenario scenario_of(const Small& small);

}  // namespace reducecheck::props
