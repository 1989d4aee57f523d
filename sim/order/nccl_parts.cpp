// SPDX-License-Identifier: Apache-2.0
#include "sim/order/nccl_parts.hpp"

#include <algorithm>

#include "sim/order/divide.hpp"

namespace reducecheck::ordering {
namespace {

/// Channels that the call uses: fewer as long as the threads of all have too little to do.
std::size_t used_channels(const NcclCall& call) {
  std::size_t threshold = call.protocol == NcclProtocol::simple ? 64 : 8;
  if (call.protocol == NcclProtocol::ll && call.ring) threshold *= call.ranks;
  const std::size_t bytes =
      call.count * call.element_bytes * (call.reduce_scatter ? call.ranks : 1);
  std::size_t used = call.channels;
  while (bytes < used * call.threads * threshold && used > 1) --used;
  return used;
}

/// Cells of the first channel, of each between, and of the last one, which may have none.
struct Cells {
  std::size_t first = 0;
  std::size_t middle_channels = 0;
  std::size_t middle = 0;
  std::size_t last = 0;
};

Cells share_cells(std::size_t cells, std::size_t of_a_channel, std::size_t channels) {
  Cells shared;
  shared.middle = std::min(cells, of_a_channel);
  shared.first = channels == 1 ? cells : shared.middle;
  const std::size_t rest = cells - shared.first;
  shared.middle_channels = rest / shared.middle;
  shared.last = rest % shared.middle;
  if (1 + shared.middle_channels + (shared.last != 0 ? 1 : 0) > channels) {
    shared.middle_channels = channels - 2;
    shared.middle = rest / (shared.middle_channels + 1);
    shared.last = shared.middle + rest % (shared.middle_channels + 1);
  }
  if (shared.last == 0 && shared.middle_channels != 0) {
    shared.last = shared.middle;
    --shared.middle_channels;
  }
  return shared;
}

}  // namespace

std::vector<std::size_t> nccl_parts(const NcclCall& call) {
  if (call.count == 0) return {};
  const std::size_t least = call.since_2_29_2 ? 32768 : 16384;
  std::size_t traffic_a_byte = call.reduce_scatter ? call.ranks : 2;
  if (call.protocol == NcclProtocol::ll) traffic_a_byte *= 4;
  const std::size_t bytes = call.count * call.element_bytes;
  const std::size_t traffic = std::max(least, bytes * traffic_a_byte);
  const std::size_t share = traffic / used_channels(call);
  const std::size_t of_a_channel = call.since_2_29_2 ? round_up(share, 16) : std::max(least, share);
  const std::size_t cell = round_up(divide_up(least, traffic_a_byte), 16);
  const std::size_t in_cell = cell / call.element_bytes;
  const std::size_t cells = divide_up(bytes, cell);
  const Cells shared =
      share_cells(cells, divide_up(of_a_channel, cell * traffic_a_byte), call.channels);
  std::vector<std::size_t> parts = {shared.first * in_cell};
  parts.insert(parts.end(), shared.middle_channels, shared.middle * in_cell);
  if (shared.last != 0) parts.push_back(shared.last * in_cell);
  parts.back() -= cells * in_cell - call.count;
  return parts;
}

std::vector<OrderSetting> nccl_channel_settings() {
  return {{.name = "channels",
           .sentence = "the communicator's channels (NCCL_MAX_NCHANNELS=1 pins one)",
           .default_value = "1",
           .most = 64},
          {.name = "max_threads",
           .sentence = "threads of a channel at most (NCCL_NTHREADS, NCCL_LL128_NTHREADS)",
           .default_value = "auto",
           .words = {"auto"},
           .most = 1024},
          {.name = "version",
           .sentence = "2.28.9, or 2.29.2 and later, which cuts channels otherwise",
           .default_value = "2.28.9",
           .words = {"2.28.9", "2.29.2"}}};
}

NcclCall nccl_call(const Draft& draft, NcclProtocol protocol, bool ring, bool reduce_scatter) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  NcclCall call;
  call.count = reduce_scatter ? draft.count() / ranks : draft.count();
  call.element_bytes = draft.element_bytes();
  call.ranks = ranks;
  call.protocol = protocol;
  call.channels = draft.settings().number("channels");
  call.threads =
      draft.settings().number_or("max_threads", protocol == NcclProtocol::ll128 ? 640 : 512);
  call.ring = ring;
  call.reduce_scatter = reduce_scatter;
  call.since_2_29_2 = draft.settings().is("version", "2.29.2");
  return call;
}

}  // namespace reducecheck::ordering
