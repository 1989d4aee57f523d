// SPDX-License-Identifier: Apache-2.0
// How NCCL cuts one collective into parts for its channels.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {

enum class NcclProtocol : std::uint8_t { simple, ll, ll128 };

/// One collective in a group of its own.
struct NcclCall {
  std::size_t count = 0;  // elements of the part of one rank
  std::size_t element_bytes = 4;
  std::size_t ranks = 1;
  NcclProtocol protocol = NcclProtocol::simple;
  std::size_t channels = 1;     // of the communicator
  std::size_t threads = 512;    // at most, of the algorithm and the protocol
  bool ring = false;            // LL's threshold is a rank's
  bool reduce_scatter = false;  // else all_reduce
  bool since_2_29_2 = false;
};

/// The elements of channels 0, 1, 2, ..., which lie one after the other. All are positive and add
/// up to the count. Source: NVIDIA/nccl v2.28.9-1, src/enqueue.cc, topoGetAlgoInfo and
/// scheduleCollTasksToPlan; src/include/device.h, ncclCollCbdPart.
std::vector<std::size_t> nccl_parts(const NcclCall& call);

/// The settings that every NCCL order has.
std::vector<OrderSetting> nccl_channel_settings();

/// The call that a draft makes; `ring` as in NcclCall.
NcclCall nccl_call(const Draft& draft, NcclProtocol protocol, bool ring, bool reduce_scatter);

}  // namespace reducecheck::ordering
