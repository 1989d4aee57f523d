// SPDX-License-Identifier: Apache-2.0
// NCCL's kernels over symmetric memory, which read peers directly and add in binary32.
#include <algorithm>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {
namespace {

void make_all_gather(Draft& draft) {
  draft.order().rounding = SumRounding::once;
  draft.run_all(fold_tree(around(0, draft.ranks())));
}

/// Deals elements out to owners, who read x[owner], x[owner + 1], ...
class Dealer {
 public:
  explicit Dealer(Draft& draft)
      : draft_(draft),
        ranks_(static_cast<std::size_t>(draft.ranks())),
        element_(draft.element_bytes()) {}

  /// The next `bytes` bytes in tiles, tile i to owner i mod ranks; the tiles of owner 0 begin at
  /// tile `first`.
  void deal(std::size_t bytes, std::size_t tile_bytes, std::size_t first_byte = 0) {
    for (std::size_t at = first_byte; at < first_byte + bytes;) {
      const std::size_t end = std::min(first_byte + bytes, (at / tile_bytes + 1) * tile_bytes);
      const std::size_t owner = at / tile_bytes % ranks_;
      draft_.run((end - at) / element_, draft_.tree(owner, [&] {
        return fold_tree(around(static_cast<int>(owner), draft_.ranks()));
      }));
      at = end;
    }
  }

 private:
  Draft& draft_;
  std::size_t ranks_;
  std::size_t element_;
};

/// A region in packs of a size: whole rounds of all blocks of all ranks.
std::size_t whole_rounds(std::size_t bytes, std::size_t unit, std::size_t round) {
  const std::size_t units = bytes / unit;
  return (units - units % round) * unit;
}

void make_reduce_scatter(Draft& draft) {
  draft.order().rounding = SumRounding::once;
  const std::size_t element = draft.element_bytes();
  const std::size_t bytes = draft.count() * element;
  const std::size_t in = draft.settings().number("in_offset");
  const std::size_t out = draft.settings().number("out_offset");
  if (in % element != 0 || out % element != 0) {
    throw Refusal("`in_offset`, `out_offset`: expected multiples of the element's " +
                  std::to_string(element) + " bytes");
  }
  const std::size_t round =
      static_cast<std::size_t>(draft.ranks()) * draft.settings().number("blocks");
  const std::size_t prefix = std::min(bytes, (16 - in % 16) % 16);
  const std::size_t apart = (in + 16 - out % 16) % 16;  // modulo 16
  std::size_t left = bytes - prefix;
  const std::size_t packs16 = apart == 0 ? whole_rounds(left, 8192, round) : 0;
  left -= packs16;
  const std::size_t packs4 = apart % 4 == 0 ? whole_rounds(left, 2048, round) : 0;
  left -= packs4;
  // The elements before and behind the packs are one list, which is dealt in runs of 32.
  Dealer dealer(draft);
  dealer.deal(prefix, 32 * element);
  dealer.deal(packs16, 2048);
  dealer.deal(packs4, 512);
  dealer.deal(left, 32 * element, prefix);
}

}  // namespace

std::vector<Entry> nccl_symmetric_orders() {
  return {
      {{.name = "nccl_symmetric_all_gather",
        .sentence = "NCCL's symmetric AllReduce_AGxLL_R: every rank adds all in rank order, fp32",
        .predictable = "yes",
        .source = "nccl: src/device/symmetric/all_reduce.cuh, AGxLL_R; v2.28.9-1"},
       make_all_gather},
      {{.name = "nccl_symmetric_reduce_scatter",
        .sentence = "NCCL's symmetric AllReduce_RSxLD_AGxST: the owner adds from itself on, fp32",
        .settings = {{.name = "blocks",
                      .sentence = "nchannels of the line `AllReduce [Symmetric]` (TUNING)",
                      .default_value = "1",
                      .most = 1024},
                     {.name = "in_offset",
                      .sentence = "bytes from the window's start to the input",
                      .default_value = "0",
                      .least = 0,
                      .most = std::size_t{1} << 40},
                     {.name = "out_offset",
                      .sentence = "bytes from the window's start to the output",
                      .default_value = "0",
                      .least = 0,
                      .most = std::size_t{1} << 40}},
        .predictable = "yes, with the blocks and the offsets",
        .source = "nccl: src/device/symmetric/all_reduce.cuh, RSxLD_AGxST; v2.28.9-1"},
       make_reduce_scatter}};
}

}  // namespace reducecheck::ordering
