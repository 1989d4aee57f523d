// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace reducecheck::bench {

/// Whether a property of RapidCheck holds in `cases` cases, each of which draws a layout below
/// `layouts` and a seed.
bool property_holds(int cases, int layouts, const std::function<bool(int, std::uint64_t)>& holds);

}  // namespace reducecheck::bench
