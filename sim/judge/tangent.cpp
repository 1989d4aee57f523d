// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/tangent.hpp"

#include <algorithm>
#include <numeric>

namespace reducecheck {

std::span<const std::uint64_t> Tangent::find(int addend, int row) const {
  const auto before = [](const Term& term, const std::pair<int, int>& key) {
    return std::pair{term.addend, term.row} < key;
  };
  const auto found = std::lower_bound(terms.begin(), terms.end(), std::pair{addend, row}, before);
  if (found == terms.end() || found->addend != addend || found->row != row) return {};
  return part(static_cast<std::size_t>(found - terms.begin()));
}

std::uint64_t* TangentBuilder::part(int addend, int row) {
  const std::uint64_t key = (static_cast<std::uint64_t>(addend) << 32) | static_cast<unsigned>(row);
  const auto [found, is_new] = places_.try_emplace(key, order_.size());
  const auto width = static_cast<std::size_t>(tangent_.width);
  if (is_new) {
    order_.push_back({addend, row});
    tangent_.data.resize(tangent_.data.size() + width, 0);
  }
  return tangent_.data.data() + found->second * width;
}

void TangentBuilder::add_history(const std::map<int, History>& other) {
  for (const auto& [addend, history] : other) {
    const auto [found, is_new] = tangent_.history.try_emplace(addend, history);
    if (is_new) continue;
    History& mine = found->second;
    for (const int event : history.events) {
      if (std::ranges::find(mine.events, event) == mine.events.end()) mine.events.push_back(event);
    }
    std::ranges::sort(mine.events);  // events are numbered in the order they happen
    mine.section = std::min(mine.section, history.section);
    mine.guarded = mine.guarded || history.guarded;
    mine.scaled = mine.scaled || history.scaled;
  }
}

void TangentBuilder::taint(int row) {
  tangent_.tainted.resize(static_cast<std::size_t>(rows_), false);
  tangent_.tainted[static_cast<std::size_t>(row)] = true;
}

Tangent TangentBuilder::finish() {
  std::vector<std::size_t> order(order_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::pair{order_[i].addend, order_[i].row};
  });
  Tangent result;
  result.width = tangent_.width;
  result.tainted = std::move(tangent_.tainted);
  result.terms.reserve(order.size());
  result.data.reserve(tangent_.data.size());
  const auto width = static_cast<std::size_t>(tangent_.width);
  for (const std::size_t i : order) {
    const auto* part = tangent_.data.data() + i * width;
    if (std::all_of(part, part + width, [](std::uint64_t x) { return x == 0; })) continue;
    result.terms.push_back(order_[i]);
    result.data.insert(result.data.end(), part, part + width);
  }
  for (const Term& term : result.terms) {
    if (!result.history.contains(term.addend)) {
      result.history.emplace(term.addend, std::move(tangent_.history[term.addend]));
    }
  }
  return result;
}

}  // namespace reducecheck
