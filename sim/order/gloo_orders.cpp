// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <utility>

#include "sim/order/divide.hpp"
#include "sim/order/draft.hpp"

namespace reducecheck::ordering {
namespace {

/// Chunk c ends at rank c, which it reaches downwards from rank c - 1.
void make_ring(Draft& draft) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t element = draft.element_bytes();
  const std::size_t asked = draft.settings().number("max_segment_bytes");
  const std::size_t most_bytes = element * std::max<std::size_t>(1, asked / element);
  const std::size_t bytes = draft.count() * element;
  const std::size_t least = std::max(divide_up(bytes, most_bytes), 2 * ranks);
  const std::size_t segments_a_rank = divide_up(least, ranks);
  const std::size_t segment = divide_up(divide_up(bytes, segments_a_rank * ranks), element);
  const std::size_t chunk = segment * segments_a_rank;
  for (std::size_t c = 0; c < ranks && c * chunk < draft.count(); ++c) {
    const auto before = static_cast<int>(c) - 1;
    draft.run(std::min(chunk, draft.count() - c * chunk),
              draft.tree(c, [&] { return fold_tree(around(before, draft.ranks(), -1)); }));
  }
}

/// The steps of a hypercube: groups of two as long as the ranks divide, then one group of the rest.
std::vector<int> bcube_groups(int ranks) {
  std::vector<int> groups;
  for (; ranks % 2 == 0; ranks /= 2) groups.push_back(2);
  if (ranks > 1) groups.push_back(ranks);
  return groups;
}

/// What `rank` holds of its own elements after the first `steps` steps.
int bcube_value(Adder& adder, std::span<const int> groups, std::size_t steps, int rank) {
  if (steps == 0) return rank;
  int distance = 1;
  for (std::size_t i = 0; i + 1 < steps; ++i) distance *= groups[i];
  const int group = groups[steps - 1];
  const int base = rank - rank / distance % group * distance;
  int sum = bcube_value(adder, groups, steps - 1, rank);
  for (int i = 0; i < group; ++i) {
    const int peer = base + i * distance;
    if (peer != rank) sum = adder.add(sum, bcube_value(adder, groups, steps - 1, peer));
  }
  return sum;
}

/// Cuts `count` elements as step `step` does among the ranks that share what `owner` has so far.
void bcube_runs(Draft& draft, std::span<const int> groups, std::size_t step, int owner,
                int distance, std::size_t count) {
  if (step == groups.size()) {
    draft.run(count, draft.tree(static_cast<std::uint64_t>(owner), [&] {
      Adder adder(draft.ranks());
      bcube_value(adder, groups, groups.size(), owner);
      return adder.take();
    }));
    return;
  }
  const auto group = static_cast<std::size_t>(groups[step]);
  const std::size_t chunk = divide_up(count, group);
  for (std::size_t i = 0; i < group && i * chunk < count; ++i) {
    bcube_runs(draft, groups, step + 1, owner + static_cast<int>(i) * distance,
               distance * groups[step], std::min(chunk, count - i * chunk));
  }
}

void make_bcube(Draft& draft) {
  bcube_runs(draft, bcube_groups(draft.ranks()), 0, 0, 1, draft.count());
}

void make_ring_legacy(Draft& draft) {
  for (int rank = 0; rank < draft.ranks(); ++rank) {
    const int tree = draft.tree(static_cast<std::uint64_t>(rank),
                                [&] { return fold_tree(around(rank, draft.ranks(), -1)); });
    draft.run(draft.count(), tree, rank);
  }
}

void make_ring_chunked(Draft& draft) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t half = std::max<std::size_t>(256, divide_up(draft.count(), 2 * ranks));
  for (std::size_t b = 0; 2 * b * half < draft.count(); ++b) {
    const auto first = static_cast<int>(b);
    draft.run(std::min(2 * half, draft.count() - 2 * b * half),
              draft.tree(b, [&] { return fold_tree(around(first, draft.ranks())); }));
  }
}

/// The sum of `size` consecutive ranks, a power of two, by partners at distance 1, 2, 4, ...
int doubled(Adder& adder, int first, int size) {
  if (size == 1) return first;
  const int left = doubled(adder, first, size / 2);
  return adder.add(left, doubled(adder, first + size / 2, size / 2));
}

/// Blocks of powers of two, the largest first; a smaller block's sum is added to the one before.
void make_halving_doubling(Draft& draft) {
  Adder adder(draft.ranks());
  std::vector<int> blocks;
  for (int first = 0; first < draft.ranks();) {
    const auto size =
        static_cast<int>(std::bit_floor(static_cast<unsigned>(draft.ranks() - first)));
    blocks.push_back(doubled(adder, first, size));
    first += size;
  }
  adder.fold_right(blocks);
  draft.run_all(adder.take());
}

OrderFacts facts_of(std::string name, std::string sentence, std::string source) {
  return {.name = std::move(name),
          .sentence = std::move(sentence),
          .predictable = "yes; compared with 0.5.0 of 2022-05",
          .source = "gloo: " + std::move(source) + ", 0.5.0 of 2022-05"};
}

}  // namespace

std::vector<Entry> gloo_orders() {
  std::vector<Entry> all = {
      {facts_of("gloo_ring",
                "Gloo's default, which PyTorch uses: downwards, chunk c ends at rank c",
                "gloo/allreduce.cc, ring"),
       make_ring},
      {facts_of("gloo_bcube", "Gloo's hypercube: own, then the peers of each step ascending",
                "gloo/allreduce.cc, bcube"),
       make_bcube},
      {facts_of("gloo_ring_legacy", "Gloo's class AllreduceRing: every rank begins with its own",
                "gloo/allreduce_ring.h, AllreduceRing"),
       make_ring_legacy},
      {facts_of("gloo_ring_chunked", "Gloo's class AllreduceRingChunked: block b from rank b on",
                "gloo/allreduce_ring_chunked.h, AllreduceRingChunked"),
       make_ring_chunked},
      {facts_of("gloo_halving_doubling",
                "Gloo's class AllreduceHalvingDoubling: blocks of powers of two, smallest first",
                "gloo/allreduce_halving_doubling.h, AllreduceHalvingDoubling"),
       make_halving_doubling}};
  all[0].facts.settings = {{.name = "max_segment_bytes",
                            .sentence = "AllreduceOptions::setMaxSegmentSize",
                            .default_value = "1048576",
                            .most = std::size_t{1} << 40}};
  all[2].facts.ranks_agree = false;
  return all;
}

}  // namespace reducecheck::ordering
