// SPDX-License-Identifier: Apache-2.0
// What the makers of orders share: trees as they grow, runs as they follow, settings as they were
// given.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/order/orders.hpp"

namespace reducecheck::ordering {

/// A request cannot be met; the text is MadeOrder::refusal.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The settings of a request, with defaults, checked against the facts.
class Settings {
 public:
  /// Throws: Refusal for a setting that the order lacks, or a value that it does not have.
  Settings(const OrderFacts& facts, const OrderRequest& request);

  [[nodiscard]] bool is(const std::string& name, std::string_view word) const {
    return text(name) == word;
  }
  [[nodiscard]] const std::string& text(const std::string& name) const;
  [[nodiscard]] std::size_t number(const std::string& name) const;

  /// The number, or `otherwise` where the value is the word `auto`.
  [[nodiscard]] std::size_t number_or(const std::string& name, std::size_t otherwise) const;

  /// The lists between `/`, each a permutation of 0 to ranks - 1. Throws: Refusal.
  [[nodiscard]] std::vector<std::vector<int>> rank_lists(const std::string& name, int ranks) const;

 private:
  std::map<std::string, std::string> values_;
};

/// A tree under construction. Operands are numbered as in SumTree.
class Adder {
 public:
  explicit Adder(int ranks) { tree_.ranks = ranks; }

  /// left + right as a new operand.
  int add(int left, int right);
  /// ((a + b) + c) + ...
  int fold(std::span<const int> operands);
  /// a + (b + (c + ...))
  int fold_right(std::span<const int> operands);

  SumTree take() { return std::move(tree_); }

 private:
  SumTree tree_;
};

/// `ranks` ranks round a circle, from `first`, in steps of `step` (1 or -1).
std::vector<int> around(int first, int ranks, int step = 1);

/// ((x0 + x1) + x2) + ... of the operands in this order.
SumTree fold_tree(std::span<const int> operands);

/// An order under construction.
class Draft {
 public:
  Draft(const OrderFacts& facts, const OrderRequest& request);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] int ranks() const { return order_.ranks; }
  [[nodiscard]] std::size_t count() const { return order_.count; }
  [[nodiscard]] std::size_t element_bytes() const;

  SumOrder& order() { return order_; }

  /// The number of the tree of that key, which `make` gives when it is asked for first.
  int tree(std::uint64_t key, const std::function<SumTree()>& make);

  /// The next `count` elements have this tree, on all ranks or on `rank` of ranks that differ.
  /// Nothing for a count of 0; a run that continues the one before is joined to it.
  /// Throws: Refusal beyond four million runs.
  void run(std::size_t count, int tree, int rank = 0);

  /// One tree for everything.
  void run_all(SumTree tree);

 private:
  Settings settings_;
  SumOrder order_;
  std::map<std::uint64_t, int> numbers_;
  std::size_t additions_ = 0;
};

using Maker = void (*)(Draft& draft);

/// Facts with the function that makes the order.
struct Entry {
  OrderFacts facts;
  Maker make = nullptr;
};

std::vector<Entry> generic_orders();
std::vector<Entry> nccl_orders();
std::vector<Entry> nccl_symmetric_orders();
std::vector<Entry> engine_orders();
std::vector<Entry> openmpi_orders();
std::vector<Entry> gloo_orders();

/// `accumulate`: whether every addition is rounded (`element`) or only the sum (`fp32`).
OrderSetting accumulate_setting(std::string default_value);
void accumulate(Draft& draft);

}  // namespace reducecheck::ordering
