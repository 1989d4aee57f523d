// SPDX-License-Identifier: Apache-2.0
// Random small reference programs as texts.
#pragma once

#include <rapidcheck.h>

#include <string>

namespace reducecheck::oracle {

/// A scenario whose reference chains one to six random statements over random small sizes; half of
/// them without a division, so that they also run modulo 2^64.
rc::Gen<std::string> random_scenario();

}  // namespace reducecheck::oracle
