// SPDX-License-Identifier: Apache-2.0
// For tests of the judge: the weights of the branches of a layer, as a scenario declares them.
#pragma once

#include <string>

namespace reducecheck {

inline const std::string shared = "shared = 'mlp(inter / tp)'";
inline const std::string routed =
    "gate = 'linear(hidden, E)'\n"
    "experts = 'experts(E, inter / tp)'";

}  // namespace reducecheck
