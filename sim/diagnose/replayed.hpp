// SPDX-License-Identifier: Apache-2.0
// The bits that a way of computing a sum gives, for one order.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/diagnose/realisation.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck::diagnosing {

/// One named order for groups of any size, all sums over as many elements.
class OrderBook {
 public:
  OrderBook(std::string name, std::map<std::string, std::string> settings, std::size_t elements,
            Format format);

  struct Entry {
    SumOrder order;
    std::unique_ptr<OrderReplay> replay;  // of `order`
    bool ranks_agree = true;
  };
  /// The order for that many ranks; nullptr where the implementation refuses, see refusal().
  const Entry* of(std::int64_t ranks);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  std::string name_;
  std::map<std::string, std::string> settings_;
  std::size_t elements_;
  Format format_;
  std::map<std::int64_t, std::unique_ptr<Entry>> entries_;
  std::string refusal_;
};

/// Whether the outputs have the bits that some way gives.
class Replayer {
 public:
  virtual ~Replayer() = default;
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  /// The first way that gives every output every bit (NaN compared by class), or nothing.
  virtual std::optional<Realisation> find(const Faults& faults, OrderBook& order) = 0;

 protected:
  Replayer() = default;
};

/// For a case of one format; it must outlive the result.
std::unique_ptr<Replayer> make_replayer(const Case& one);

}  // namespace reducecheck::diagnosing
