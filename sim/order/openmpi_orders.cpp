// SPDX-License-Identifier: Apache-2.0
// Open MPI's coll/tuned. Its algorithm is forced with coll_tuned_allreduce_algorithm.
#include <bit>
#include <utility>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {
namespace {

/// Ranks beyond the largest power of two add themselves to a neighbour first; then ever more
/// distant partners are added.
SumTree doubling_tree(int ranks) {
  Adder adder(ranks);
  const int power = static_cast<int>(std::bit_floor(static_cast<unsigned>(ranks)));
  const int extra = ranks - power;
  std::vector<int> value;
  for (int i = 0; i < extra; ++i) value.push_back(adder.add(2 * i, 2 * i + 1));
  for (int i = extra; i < power; ++i) value.push_back(i + extra);
  for (std::size_t distance = 1; distance < value.size(); distance *= 2) {
    for (std::size_t i = 0; i < value.size(); i += 2 * distance) {
      value[i] = adder.add(value[i], value[i + distance]);
    }
  }
  return adder.take();
}

void make_doubling(Draft& draft) {
  draft.run_all(doubling_tree(draft.ranks()));
}

void make_linear(Draft& draft) {
  Adder adder(draft.ranks());
  adder.fold_right(around(0, draft.ranks()));
  draft.run_all(adder.take());
}

/// Blocks as even as they can be, the first ones longer; block b is summed from rank b on.
void make_block_ring(Draft& draft) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  if (draft.count() < ranks) return make_doubling(draft);
  const std::size_t late = draft.count() / ranks;
  const std::size_t longer = draft.count() % ranks;
  for (std::size_t block = 0; block < ranks; ++block) {
    const auto first = static_cast<int>(block);
    draft.run(late + (block < longer ? 1 : 0),
              draft.tree(block, [&] { return fold_tree(around(first, draft.ranks())); }));
  }
}

void make_rabenseifner(Draft& draft) {
  const std::size_t power = std::bit_floor(static_cast<std::size_t>(draft.ranks()));
  const bool linear = draft.settings().is("version", "4.x") && draft.count() < power;
  linear ? make_linear(draft) : make_doubling(draft);
}

OrderFacts openmpi_facts(std::string name, std::string sentence, const std::string& function) {
  return {.name = std::move(name),
          .sentence = std::move(sentence),
          .predictable = "yes; compared with 4.1.4",
          .source = "ompi: ompi/mca/coll/base/coll_base_allreduce.c, " + function + ", 4.1.4"};
}

}  // namespace

std::vector<Entry> openmpi_orders() {
  const std::string prefix = "ompi_coll_base_allreduce_intra_";
  std::vector<Entry> all = {
      {openmpi_facts("openmpi_basic_linear",
                "Open MPI algorithm 1: a sum at rank 0, the last rank first",
                prefix + "basic_linear"),
       make_linear},
      {openmpi_facts("openmpi_recursive_doubling",
                "Open MPI algorithm 3: partners at distance 1, 2, 4, ...",
                prefix + "recursivedoubling"),
       make_doubling},
      {openmpi_facts(
           "openmpi_ring",
           "Open MPI algorithm 4: block b is summed from rank b on; few elements as algorithm 3",
           prefix + "ring"),
       make_block_ring},
      {openmpi_facts("openmpi_segmented_ring", "Open MPI algorithm 5: the bits of algorithm 4",
                prefix + "ring_segmented"),
       make_block_ring},
      {openmpi_facts("openmpi_rabenseifner",
                "Open MPI algorithm 6: halving and doubling, the bits of algorithm 3",
                prefix + "redscat_allgather"),
       make_rabenseifner}};
  all.back().facts.settings = {
      {.name = "version",
       .sentence = "4.x sums counts below the power of two as algorithm 1; main does not",
       .default_value = "4.x",
       .words = {"4.x", "main"}}};
  return all;
}

}  // namespace reducecheck::ordering
