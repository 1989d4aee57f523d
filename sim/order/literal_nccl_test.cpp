// SPDX-License-Identifier: Apache-2.0
// The orders of NCCL against its steps.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "sim/order/literal_check.hpp"
#include "sim/order/nccl_parts.hpp"
#include "sim/order/nccl_trees.hpp"

namespace reducecheck::literal {
namespace {

using ordering::NcclCall;
using ordering::NcclProtocol;

struct Drawn {
  OrderRequest request;
  NcclCall call;
  std::uint64_t seed = 0;
};

std::size_t bytes_of(const OrderRequest& request) {
  return static_cast<std::size_t>(traits(request.format).bytes);
}

std::vector<int> drawn_permutation(int size) {
  std::vector<int> all(static_cast<std::size_t>(size));
  std::iota(all.begin(), all.end(), 0);
  for (std::size_t i = 1; i < all.size(); ++i) {
    std::swap(all[i], all[*rc::gen::inRange<std::size_t>(0, i + 1)]);
  }
  return all;
}

/// Beyond 200 elements LL, which has the smallest cells and chunks: several channels need fewest.
Drawn drawn_call(bool reduce_scatter, int most_ranks, std::size_t most_count) {
  Drawn drawn;
  OrderRequest& request = drawn.request;
  request.ranks = *rc::gen::inRange(1, most_ranks);
  request.count = *rc::gen::inRange<std::size_t>(0, most_count);
  request.format = static_cast<Format>(*rc::gen::inRange(0, 5));
  const int protocol = most_count > 200 ? 1 : *rc::gen::inRange(0, 3);
  const bool newer = *rc::gen::arbitrary<bool>();
  drawn.call.channels = *rc::gen::inRange<std::size_t>(1, 5);
  drawn.call.threads = *rc::gen::element<std::size_t>(1, 32);
  request.settings["protocol"] =
      std::vector<std::string>{"simple", "ll", "ll128"}.at(static_cast<std::size_t>(protocol));
  request.settings["version"] = newer ? "2.29.2" : "2.28.9";
  request.settings["channels"] = std::to_string(drawn.call.channels);
  request.settings["max_threads"] = std::to_string(drawn.call.threads);
  drawn.call.count = request.count;
  drawn.call.element_bytes = bytes_of(request);
  drawn.call.ranks = static_cast<std::size_t>(request.ranks);
  drawn.call.protocol = static_cast<NcclProtocol>(protocol);
  drawn.call.since_2_29_2 = newer;
  drawn.call.reduce_scatter = reduce_scatter;
  if (reduce_scatter) request.count *= drawn.call.ranks;
  drawn.seed = *rc::gen::arbitrary<std::uint64_t>();
  return drawn;
}

void expect_agreement(const std::string& name, const Drawn& drawn, const Steps& steps) {
  RC_LOG() << name << ": " << drawn.request.ranks << " ranks, " << drawn.request.count
           << " elements of " << traits(drawn.request.format).name << '\n';
  for (const auto& [setting, value] : drawn.request.settings) {
    RC_LOG() << setting << '=' << value << '\n';
  }
  RC_ASSERT(disagreement(name, drawn.request, drawn.seed, steps) == "");
}

/// One ring a channel, put into the settings.
std::vector<std::vector<int>> drawn_rings(Drawn& drawn) {
  std::vector<std::vector<int>> rings;
  std::vector<std::string> lists;
  for (std::size_t i = 0; i < drawn.call.channels; ++i) {
    rings.push_back(drawn_permutation(drawn.request.ranks));
    lists.push_back(fmt::format("{}", fmt::join(rings.back(), ",")));
    // The steps number places from rank 0, wherever the list begins.
    std::ranges::rotate(rings.back(), std::ranges::find(rings.back(), 0));
  }
  drawn.request.settings["ring"] = fmt::format("{}", fmt::join(lists, "/"));
  return rings;
}

/// The chunk of a drawn buffer size, which goes into the settings.
std::size_t drawn_chunk(Drawn& drawn) {
  const auto protocol = static_cast<std::size_t>(drawn.call.protocol);
  const std::size_t grain = std::vector<std::size_t>{512, 16, 1920}.at(protocol);
  const std::size_t least = std::vector<std::size_t>{1024, 256, 16384}.at(protocol);
  const std::size_t buffer = least * *rc::gen::inRange<std::size_t>(4, 13) / 4;
  drawn.request.settings["buffer_bytes"] = std::to_string(buffer);
  std::size_t bytes = buffer / 2;
  if (drawn.call.protocol == NcclProtocol::ll) bytes = buffer / 16;
  if (drawn.call.protocol == NcclProtocol::ll128) bytes = buffer / 128 * 15;
  while (bytes % grain != 0) --bytes;
  return bytes / drawn.call.element_bytes;
}

RC_GTEST_PROP(LiteralNccl, Ring, ()) {
  const bool is_large = *rc::gen::inRange(0, 4) == 0;
  Drawn drawn = is_large ? drawn_call(false, 4, 4000) : drawn_call(false, 18, 150);
  drawn.call.ring = true;
  const auto rings = drawn_rings(drawn);
  Channel channel;
  channel.chunk = drawn_chunk(drawn);
  channel.unit = 16 / drawn.call.element_bytes;
  const auto parts = ordering::nccl_parts(drawn.call);
  expect_agreement("nccl_ring", drawn, {[&](Sums& sums, Buffers& buffers) {
                     channel.first = 0;
                     for (std::size_t i = 0; i < parts.size(); ++i) {
                       channel.ring = rings[i];
                       channel.count = parts[i];
                       if (!nccl_ring(sums, buffers, channel)) return false;
                       channel.first += parts[i];
                     }
                     return true;
                   }});
}

RC_GTEST_PROP(LiteralNccl, RingReduceScatter, ()) {
  Drawn drawn = drawn_call(true, 9, 60);
  drawn.call.ring = true;
  const auto rings = drawn_rings(drawn);
  const auto parts = ordering::nccl_parts(drawn.call);
  expect_agreement("nccl_ring_reduce_scatter", drawn, {[&](Sums& sums, Buffers& buffers) {
                     Channel channel;
                     for (std::size_t i = 0; i < parts.size(); ++i) {
                       channel.ring = rings[i];
                       channel.count = parts[i];
                       if (!nccl_ring_reduce_scatter(sums, buffers, channel, drawn.call.count))
                         return false;
                       channel.first += parts[i];
                     }
                     return true;
                   }});
}

RC_GTEST_PROP(LiteralNccl, Tree, ()) {
  const bool is_large = *rc::gen::inRange(0, 4) == 0;
  Drawn drawn = is_large ? drawn_call(false, 4, 4000) : drawn_call(false, 18, 60);
  const int in_node = *rc::gen::inRange(1, is_large ? 2 : 4);
  const int nodes = *rc::gen::inRange(1, is_large ? 6 : 17);
  drawn.request.ranks = nodes * in_node;
  const int pattern = *rc::gen::inRange(0, 3);
  const auto searched = *rc::gen::inRange<std::size_t>(1, 3);
  Trees trees;
  trees.nodes = nodes;
  trees.order = drawn_permutation(in_node);
  const std::size_t beside = in_node > 1 ? 1 : 0;
  trees.first_child = pattern == 1 ? 0 : beside;
  trees.second_child = pattern == 2 ? beside : 0;
  auto& settings = drawn.request.settings;
  settings["ranks_per_node"] = std::to_string(in_node);
  settings["node_order"] = fmt::format("{}", fmt::join(trees.order, ","));
  settings["pattern"] = std::vector<std::string>{"balanced_tree", "tree", "split_tree"}.at(
      static_cast<std::size_t>(pattern));
  settings["search_channels"] = std::to_string(searched);
  drawn.call.ranks = static_cast<std::size_t>(drawn.request.ranks);
  const auto parts = ordering::nccl_parts(drawn.call);
  expect_agreement("nccl_tree", drawn, {[&](Sums& sums, Buffers& buffers) {
                     std::size_t first = 0;
                     for (std::size_t i = 0; i < parts.size(); ++i) {
                       trees.second = i / searched % 2 == 1;
                       if (!nccl_tree(sums, buffers, trees, first, parts[i])) return false;
                       first += parts[i];
                     }
                     return true;
                   }});
}

RC_GTEST_PROP(LiteralNccl, Pat, ()) {
  Drawn drawn = drawn_call(true, 14, 6);
  if (*rc::gen::inRange(0, 5) == 0) {  // from 33 ranks on, trees of three levels come last
    drawn.request.ranks = *rc::gen::inRange(33, 65);
    drawn.call.ranks = static_cast<std::size_t>(drawn.request.ranks);
    drawn.call.count = 1;
    drawn.request.count = drawn.call.ranks;
  }
  auto& settings = drawn.request.settings;
  settings.erase("protocol");
  settings["channels"] = "1";
  const std::size_t buffer = *rc::gen::element<std::size_t>(8, 64, 512, 4U << 20);
  settings["buffer_bytes"] = std::to_string(buffer);
  const int levels =
      drawn.call.count == 0
          ? 1
          : ordering::pat_levels(drawn.call.ranks, drawn.call.count * drawn.call.element_bytes,
                                 buffer / 8);
  expect_agreement("nccl_pat_reduce_scatter", drawn, {[&](Sums& sums, Buffers& buffers) {
                     return nccl_pat(sums, buffers, drawn.call.count, levels);
                   }});
}

RC_GTEST_PROP(LiteralNccl, Symmetric, ()) {
  Drawn drawn = drawn_call(false, 6, 9000);
  if (*rc::gen::arbitrary<bool>()) drawn.request.count %= 700;
  SymmetricLaunch launch;
  launch.element_bytes = drawn.call.element_bytes;
  launch.blocks = *rc::gen::inRange<std::size_t>(1, 3);
  const auto drawn_offset = [&] {
    const auto odd = *rc::gen::inRange<std::size_t>(0, 20);
    return *rc::gen::element<std::size_t>(0, 4, 16, odd * launch.element_bytes);
  };
  launch.in_offset = drawn_offset();
  launch.out_offset = *rc::gen::arbitrary<bool>() ? launch.in_offset : drawn_offset();
  drawn.request.settings = {{"blocks", std::to_string(launch.blocks)},
                            {"in_offset", std::to_string(launch.in_offset)},
                            {"out_offset", std::to_string(launch.out_offset)}};
  expect_agreement(
      "nccl_symmetric_reduce_scatter", drawn,
      {[&](Sums& sums, Buffers& buffers) { return nccl_symmetric(sums, buffers, launch); },
       SumRounding::once});
}

}  // namespace
}  // namespace reducecheck::literal
