// SPDX-License-Identifier: Apache-2.0
// In which order the collectives of a plan add.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "scenarios/unroll/plan.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck {

/// A sum over ranks that an order is wanted for.
struct SumNeed {
  bool reduce_scatter = false;  // of rows, as many for each rank; else one of every other kind
  std::size_t count = 0;        // elements that one rank puts in
  int ranks = 1;

  friend auto operator<=>(const SumNeed&, const SumNeed&) = default;
};

/// An order, ready to be run.
struct OrderedSum {
  explicit OrderedSum(SumOrder made) : order(std::move(made)), replay(order) {}
  OrderedSum(const OrderedSum&) = delete;
  OrderedSum& operator=(const OrderedSum&) = delete;
  ~OrderedSum() = default;

  SumOrder order;
  OrderReplay replay;
};

/// The orders of sums over ranks in one format; each is made once, when a plan first needs it.
class SumOrders {
 public:
  using Maker = std::function<MadeOrder(const SumNeed&)>;

  /// `make` gives sound orders in the format (see order_fault of sim/order/describe.hpp).
  SumOrders(Format format, Maker make) : format_(format), make_(std::move(make)) {}

  /// After an empty answer, `of` knows every sum of the plan. Otherwise a sentence that says which
  /// sum has no order: refused, or one that leaves ranks with different bits where a program has
  /// one value for all. Allocates nothing when all are known.
  [[nodiscard]] std::string prepare(const Plan& plan);

  /// The order of a step of a prepared plan, whose elements are those of one operand, row-major;
  /// nullptr for a step that is no sum over several ranks.
  [[nodiscard]] const OrderedSum* of(const Plan& plan, const Step& step) const;

  [[nodiscard]] Format format() const { return format_; }

 private:
  Format format_;
  Maker make_;
  std::map<SumNeed, std::unique_ptr<OrderedSum>> made_;
};

/// The order that `name` of known_orders() has with these settings. A reduce_scatter of rows takes
/// the order NAME_reduce_scatter where there is one; any other takes from NAME the order of the
/// elements that the rank gets.
SumOrders orders_named(std::string name, std::map<std::string, std::string> settings,
                       Format format);

}  // namespace reducecheck
