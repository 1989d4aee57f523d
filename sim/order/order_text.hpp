// SPDX-License-Identifier: Apache-2.0
// Orders as text and as JSON.
#pragma once

#include <string>

#include "sim/order/orders.hpp"

namespace reducecheck {

/// Rows of ranks, joined by their additions from left to right, each row with the number of
/// additions above the rank; every line ends in a break and has at most 100 columns for up to 16
/// ranks.
std::string drawing(const SumTree& tree);

/// Every known order with its sentence.
std::string orders_text();

/// What is known of the order, which elements are added how, and a drawing of the first tree for up
/// to 16 ranks. `order` is what `facts` and `request` make.
std::string order_text(const OrderFacts& facts, const OrderRequest& request, const SumOrder& order);

/// `reducecheck.orders/1`: the facts of every order.
std::string orders_json(const std::string& version);

/// `reducecheck.order/1`: one order with all of its trees and runs.
std::string order_json(const OrderFacts& facts, const OrderRequest& request, const SumOrder& order,
                       const std::string& version);

}  // namespace reducecheck
