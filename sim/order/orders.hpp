// SPDX-License-Identifier: Apache-2.0
// The reduction orders of published implementations, by name.
//
// What is known of each was read in the source that its `source` names, at that version, and is a
// pure function of the count, the ranks, the format and a few settings that a run can pin and read
// back. Nothing is guessed of topology: what depends on it is a setting.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/order/sum_order.hpp"

namespace reducecheck {

/// One thing that a run can be told, and that its order depends on.
struct OrderSetting {
  std::string name;
  std::string sentence;
  std::string default_value{};       // empty: the ranks in ascending order
  std::vector<std::string> words{};  // values that are words
  std::size_t least = 1;             // numbers from here
  std::size_t most = 0;              // up to here; 0: no number is a value
  bool is_ranks = false;             // lists of ranks such as `0,2,1,3`, one a channel between `/`
};

/// What is known of one order for all counts, ranks and settings.
struct OrderFacts {
  std::string name;
  std::string sentence;
  std::vector<OrderSetting> settings{};
  bool reduce_scatter = false;     // else all_reduce
  bool ranks_agree = true;         // all ranks end with the same bits
  bool only_16_bytes = false;      // the bytes of a rank must be a multiple of 16
  std::vector<int> world_sizes{};  // ranks that the implementation is built for; empty: any number
  std::vector<Format> formats{};   // empty: all
  std::string predictable;         // how far bits can be predicted
  std::string source;              // repository: files and symbols, version
};

/// What make_order() is asked for. Settings that are not named have their default.
struct OrderRequest {
  std::size_t count = 0;  // elements that one rank puts in
  int ranks = 1;
  Format format = Format::fp32;
  std::map<std::string, std::string> settings{};
};

/// An order, or a sentence without a full stop that says what is wrong with the request and which
/// values are possible.
struct MadeOrder {
  std::optional<SumOrder> order{};
  std::string refusal{};
};

inline constexpr int most_order_ranks = 1024;

/// Every order there is: generic ones, then by library.
std::span<const OrderFacts> known_orders();

/// The facts of that name, or nullptr.
const OrderFacts* find_order(std::string_view name);

/// The values of a setting in words: `simple, ll or ll128`, `an integer, 1 to 64`.
std::string setting_values(const OrderSetting& setting);

/// The order of that name for the request. Every tree adds each rank's operand once, and runs add
/// up to the count. With one rank nothing is added.
MadeOrder make_order(std::string_view name, const OrderRequest& request);

}  // namespace reducecheck
