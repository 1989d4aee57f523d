// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "real/nccl/library.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* order_variable = "REDUCECHECK_STANDIN_ORDER";

}  // namespace

std::string nccl_library_name() {
  return "stand-in for NCCL and CUDA (no GPU: host memory, sums of the processor)";
}

std::vector<std::string> nccl_algorithms() {
  return {"ring", "tree"};
}

void pin_nccl(const std::string& algorithm) {
  ::setenv(order_variable, algorithm.c_str(), 1);
}

PinnedOrder pinned_order(const std::string& algorithm, bool) {
  PinnedOrder order{.all_reduce = "nccl_" + algorithm,
                    .settings = {},
                    .reduce_scatter = "nccl_ring_reduce_scatter"};
  if (algorithm == "tree") order.settings = {{"ranks_per_node", "1"}};
  return order;
}

std::string unconfirmed_nccl(const std::string& algorithm) {
  const char* order = std::getenv(order_variable);
  return order != nullptr && algorithm == order ? "" : "the stand-in has another order";
}

void share_device(int) {}

}  // namespace reducecheck::real
