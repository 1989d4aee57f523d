// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "sim/order/nccl_makers.hpp"
#include "sim/order/nccl_parts.hpp"

namespace reducecheck::ordering {
namespace {

OrderSetting protocol_setting() {
  return {.name = "protocol",
          .sentence = "NCCL_PROTO: how chunks and channels are cut",
          .default_value = "simple",
          .words = {"simple", "ll", "ll128"}};
}

OrderSetting ring_setting() {
  return {.name = "ring",
          .sentence = "the ring of each channel, as NCCL prints it (Channel 00/02 : 0 1 2 3)",
          .is_ranks = true};
}

OrderSetting buffer_setting(std::string sentence) {
  return {.name = "buffer_bytes",
          .sentence = std::move(sentence),
          .default_value = "auto",
          .words = {"auto"},
          .most = std::size_t{1} << 32};
}

std::vector<OrderSetting> with_channels(std::vector<OrderSetting> settings) {
  for (OrderSetting& one : nccl_channel_settings()) settings.push_back(std::move(one));
  return settings;
}

OrderFacts ring_facts() {
  return {.name = "nccl_ring",
          .sentence = "NCCL's ring: chunk c is summed round the ring from place c + 1 to c",
          .settings = with_channels(
              {protocol_setting(), ring_setting(),
               buffer_setting("NCCL_BUFFSIZE, NCCL_LL_BUFFSIZE or NCCL_LL128_BUFFSIZE")}),
          .predictable = "yes, with the ring and the chunk map; one collective in a group",
          .source =
              "nccl: src/device/all_reduce.h, runRing; src/enqueue.cc, "
              "scheduleCollTasksToPlan; v2.28.9-1"};
}

OrderFacts tree_facts() {
  return {.name = "nccl_tree",
          .sentence = "NCCL's double binary tree over nodes, a chain inside each",
          .settings = with_channels(
              {protocol_setting(),
               {.name = "ranks_per_node",
                .sentence = "ranks of a node, numbered node by node; auto: all of them",
                .default_value = "auto",
                .words = {"auto"},
                .most = static_cast<std::size_t>(most_order_ranks)},
               {.name = "node_order",
                .sentence = "the chain inside each node, one a channel",
                .is_ranks = true},
               {.name = "pattern",
                .sentence = "where links between nodes end inside a node",
                .default_value = "balanced_tree",
                .words = {"balanced_tree", "tree", "split_tree"}},
               {.name = "tree",
                .sentence = "by_channel: the first channels have t0, the next t1",
                .default_value = "by_channel",
                .words = {"by_channel", "t0", "t1"}},
               {.name = "search_channels",
                .sentence = "channels before they are doubled: as many have t0, then t1",
                .default_value = "1",
                .most = 64}}),
          .predictable = "yes, with the trees and the channels' bounds; one collective in a group",
          .source =
              "nccl: src/device/all_reduce.h, runTreeUpDown; src/graph/trees.cc, "
              "ncclGetDtree; v2.28.9-1"};
}

OrderFacts reduce_scatter_facts() {
  return {.name = "nccl_ring_reduce_scatter",
          .sentence = "NCCL's ring reduce_scatter: from the rank after the receiver round to it",
          .settings = with_channels({protocol_setting(), ring_setting()}),
          .reduce_scatter = true,
          .predictable = "yes, with the ring",
          .source = "nccl: src/device/reduce_scatter.h, runRing; v2.28.9-1"};
}

OrderFacts pat_facts() {
  return {.name = "nccl_pat_reduce_scatter",
          .sentence = "NCCL's PAT reduce_scatter between nodes of one rank each",
          .settings = with_channels({buffer_setting("NCCL_BUFFSIZE")}),
          .reduce_scatter = true,
          .predictable = "yes, by the source; its schedule was simulated",
          .source = "nccl: src/include/collectives.h, PatRSAlgorithm; v2.28.9-1"};
}

}  // namespace

std::vector<Entry> nccl_orders() {
  return {{ring_facts(), make_nccl_ring},
          {tree_facts(), make_nccl_tree},
          {reduce_scatter_facts(), make_nccl_ring_reduce_scatter},
          {pat_facts(), make_nccl_pat_reduce_scatter}};
}

}  // namespace reducecheck::ordering
