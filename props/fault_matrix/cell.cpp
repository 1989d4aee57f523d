// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace reducecheck::matrix {

const char* spelling(FaultClass of) {
  static constexpr std::array names = {"contribution", "layout",   "numerics", "routing",
                                       "order",        "matching", "failure",  "verifier"};
  return names[static_cast<std::size_t>(of)];
}

std::string Setting::name() const {
  return fmt::format("tp{}-ep{}-{}", tp, ep, traits(format).name);
}

std::string Setting::order() const {
  // Of each family the one that the graph of an engine is most likely to meet; two levels are the
  // two stages of a custom all-reduce inside a node.
  static constexpr std::array families = {"rank_order", "nccl_ring", "nccl_tree",
                                          "openmpi_rabenseifner"};
  const auto turn = seed + static_cast<std::uint64_t>(tp) * 3 + static_cast<std::uint64_t>(ep) +
                    static_cast<std::uint64_t>(format);
  return families[turn % families.size()];
}

std::vector<Setting> all_settings(std::uint64_t seed, bool quick) {
  std::vector<Setting> all;
  for (const int tp : {1, 2, 4, 8}) {
    for (const int ep : {1, 2, 4}) {
      for (const Format format : {Format::fp32, Format::fp16, Format::bf16}) {
        all.push_back({tp, ep, format, seed, quick});
      }
    }
  }
  return all;
}

bool Cell::killed() const {
  return std::ranges::any_of(reports, [](const Report& report) { return report.kills(); });
}

}  // namespace reducecheck::matrix
