// SPDX-License-Identifier: Apache-2.0
// The loops of sim/order compiled once more, for the processor that compiles.
#pragma once

#include "sim/order/replay_kernels.hpp"

namespace reducecheck::ordering {

void native_replay_bf16(const ReplayStretch<std::uint16_t>& stretch, const ReplayManner& manner);

}  // namespace reducecheck::ordering
