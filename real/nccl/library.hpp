// SPDX-License-Identifier: Apache-2.0
// What differs between NCCL and the stand-in that a test links in its place: how an order of sums
// is asked for, and what the library says of it. Either library has these functions.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace reducecheck::real {

/// An order of known_orders() for each kind of sum, with its settings.
struct PinnedOrder {
  std::string all_reduce;
  std::map<std::string, std::string> settings;
  std::string reduce_scatter;
};

/// `NCCL 2.28.9`, or what says plainly that it is not.
std::string nccl_library_name();

/// The names that pin_nccl() takes: `tree` is in NCCL's protocol Simple, `tree_ll` in LL.
inline std::vector<std::string> nccl_algorithms() {
  return {"ring", "tree", "ring_ll", "tree_ll"};
}

/// A name in its parts.
struct NcclAlgorithm {
  std::string name;  // `tree`
  std::string protocol = "simple";
};
inline NcclAlgorithm nccl_algorithm(const std::string& text) {
  if (text.ends_with("_ll")) return {text.substr(0, text.size() - 3), "ll"};
  return {.name = text};
}

/// Makes sums go by that algorithm, in one channel. Before the first call of NCCL or CUDA, which
/// may read the environment then.
void pin_nccl(const std::string& algorithm);

/// What sums then go by. `hosts`: each rank poses as a machine of its own.
PinnedOrder pinned_order(const std::string& algorithm, bool hosts);

/// Why the library's own log does not say that sums of this process went as pinned, or an empty
/// sentence. After some sums.
std::string unconfirmed_nccl(const std::string& algorithm);

/// Lets several processes use one device: each rank poses as a machine of its own. For NCCL 2.28;
/// before its first call. Variables that are set already stay.
void share_device(int rank);

}  // namespace reducecheck::real
