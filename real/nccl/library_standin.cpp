// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "real/nccl/library.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* order_variable = "REDUCECHECK_STANDIN_ORDER";
constexpr const char* chunk_variable = "REDUCECHECK_STANDIN_CHUNK_BYTES";

/// NCCL_LL_BUFFSIZE in 8 slots, of which half is flags.
constexpr const char* chunk_of_ll = "32768";

}  // namespace

std::string nccl_library_name() {
  return "stand-in for NCCL and CUDA (no GPU: host memory, sums of the processor)";
}

void pin_nccl(const std::string& text) {
  const NcclAlgorithm algorithm = nccl_algorithm(text);
  ::setenv(order_variable, algorithm.name.c_str(), 1);
  // The protocol is the size of its chunks; a test may set another.
  if (algorithm.protocol == "ll") ::setenv(chunk_variable, chunk_of_ll, 0);
}

PinnedOrder pinned_order(const std::string& text, bool) {
  const NcclAlgorithm algorithm = nccl_algorithm(text);
  PinnedOrder order{.all_reduce = "nccl_" + algorithm.name,
                    .settings = {{"protocol", algorithm.protocol}},
                    .reduce_scatter = "nccl_ring_reduce_scatter"};
  if (algorithm.name == "tree") order.settings["ranks_per_node"] = "1";
  return order;
}

std::string unconfirmed_nccl(const std::string& text) {
  const char* order = std::getenv(order_variable);
  const bool is = order != nullptr && nccl_algorithm(text).name == order;
  return is ? "" : "the stand-in has another order";
}

void share_device(int) {}

}  // namespace reducecheck::real
