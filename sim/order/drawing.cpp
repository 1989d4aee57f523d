// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/order/describe.hpp"
#include "sim/order/order_text.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t step = 3;  // columns from an addition to the next

/// One row a rank, in the order of the expression; a sum continues on the row of its last rank.
class Drawing {
 public:
  explicit Drawing(const SumTree& tree) : tree_(tree), above_(additions_above(tree)) {
    for (int rank = 0; rank < tree.ranks; ++rank) {
      labels_.push_back(fmt::format("x{}", rank));
      widest_ = std::max(widest_, labels_.back().size());
    }
  }

  std::string text() {
    const Place sum = place(tree_.ranks + static_cast<int>(tree_.additions.size()) - 1);
    rows_[sum.row] += "-- sum";
    std::string text;
    for (const std::string& row : rows_) {
      text += fmt::format("{}\n", row.substr(0, row.find_last_not_of(' ') + 1));
    }
    return text;
  }

 private:
  struct Place {
    std::size_t row = 0;
    std::size_t column = 0;  // of the last addition; 0 of a rank
  };

  void put(std::size_t row, std::size_t column, char c) {
    std::string& text = rows_[row];
    if (text.size() <= column) text.resize(column + 1, ' ');
    if (text[column] == ' ') text[column] = c;
  }

  Place place(int operand) {
    if (operand < tree_.ranks) {
      const auto rank = static_cast<std::size_t>(operand);
      rows_.push_back(fmt::format("  {:<{}} {:>3} ", labels_[rank], widest_, above_[rank]));
      return {rows_.size() - 1, 0};
    }
    const auto [left, right] = tree_.additions[static_cast<std::size_t>(operand - tree_.ranks)];
    const Place a = place(left);
    const Place b = place(right);
    const std::size_t column = std::max(a.column, b.column) + 1;
    const std::size_t begin = 2 + widest_ + 5;
    const std::size_t at = begin + column * step - 1;
    for (const Place& from : {a, b}) {
      for (std::size_t i = from.column == 0 ? begin : begin + from.column * step; i < at; ++i) {
        put(from.row, i, '-');
      }
      put(from.row, at, '+');
    }
    for (std::size_t row = a.row + 1; row < b.row; ++row) put(row, at, '|');
    return {b.row, column};
  }

  const SumTree& tree_;
  std::vector<int> above_;
  std::vector<std::string> labels_;
  std::size_t widest_ = 0;
  std::vector<std::string> rows_;
};

}  // namespace

std::string drawing(const SumTree& tree) {
  return Drawing(tree).text();
}

}  // namespace reducecheck
