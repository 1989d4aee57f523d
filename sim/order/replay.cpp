// SPDX-License-Identifier: Apache-2.0
#include "sim/order/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "sim/order/replay_kernels.hpp"

namespace reducecheck {
namespace ordering {
namespace {

/// Turns a tree into steps: the operand that needs more slots is computed first, so that slots are
/// as few as the logarithm of the ranks, and what follows on a slot is done without leaving it.
/// Operands of one addition may change sides, which shows in the pattern of a NaN only.
class Compiler {
 public:
  explicit Compiler(const SumTree& tree) : tree_(tree) {
    needs_.assign(static_cast<std::size_t>(tree.ranks) + tree.additions.size(), 0);
    for (std::size_t i = 0; i < tree.additions.size(); ++i) {
      const int left = need(tree.additions[i].left);
      const int right = need(tree.additions[i].right);
      needs_[static_cast<std::size_t>(tree.ranks) + i] =
          std::max({1, left, right, left == right ? left + 1 : 0});
    }
  }

  ReplayProgram compile() {
    if (tree_.additions.empty()) {
      begin(0, 0);
    } else {
      into(tree_.ranks + static_cast<int>(tree_.additions.size()) - 1);
    }
    return std::move(program_);
  }

 private:
  [[nodiscard]] int need(int operand) const { return needs_[static_cast<std::size_t>(operand)]; }
  [[nodiscard]] bool is_rank(int operand) const { return operand < tree_.ranks; }

  [[nodiscard]] std::uint32_t next() const {
    return static_cast<std::uint32_t>(program_.operands.size());
  }

  void begin(int rank, int slot) {
    program_.steps.push_back({slot, true, -1, next(), 1});
    program_.operands.push_back(rank);
  }

  void add_rank(int rank, int slot) {
    if (program_.steps.back().slot != slot || program_.steps.back().other >= 0) {
      program_.steps.push_back({slot, false, -1, next(), 0});
    }
    ++program_.steps.back().count;
    program_.operands.push_back(rank);
  }

  /// Adds the sum of `other` to that of `slot`, which was computed last.
  void add_slot(int slot, int other) {
    if (program_.steps.back().other >= 0) program_.steps.push_back({slot, false, -1, next(), 0});
    program_.steps.back().other = other;
  }

  int take_slot() {
    const auto free = std::ranges::find(taken_, false);
    const auto slot = static_cast<std::size_t>(free - taken_.begin());
    if (free == taken_.end()) taken_.push_back(false);
    taken_[slot] = true;
    return static_cast<int>(slot);
  }

  /// The slot that the sum is in afterwards. Chains are walked in a loop: they may be as long as
  /// there are ranks.
  int into(int operand) {
    std::vector<int> chain;  // ranks that are added to it in turn, the last one first
    while (!is_rank(operand)) {
      const auto [left, right] = tree_.additions[static_cast<std::size_t>(operand - tree_.ranks)];
      if (!is_rank(left) && !is_rank(right)) break;
      chain.push_back(is_rank(right) ? right : left);
      operand = is_rank(right) ? left : right;
    }
    int slot = 0;
    if (is_rank(operand)) {
      slot = take_slot();
      begin(operand, slot);
    } else {
      const auto [left, right] = tree_.additions[static_cast<std::size_t>(operand - tree_.ranks)];
      const bool right_first = need(right) > need(left);
      const int other = into(right_first ? right : left);
      slot = into(right_first ? left : right);
      add_slot(slot, other);
      taken_[static_cast<std::size_t>(other)] = false;
    }
    for (std::size_t i = chain.size(); i-- > 0;) add_rank(chain[i], slot);
    return slot;
  }

  const SumTree& tree_;
  std::vector<int> needs_;
  std::vector<bool> taken_;
  ReplayProgram program_;
};

template <class Encoding>
void replay_stretch(Format format, const ReplayStretch<Encoding>& stretch,
                    const ReplayManner& manner) {
  if constexpr (std::is_same_v<Encoding, std::uint32_t>) {
    if (format == Format::fp32) return replay_fp32(stretch, manner);
  } else if constexpr (std::is_same_v<Encoding, std::uint16_t>) {
    if (format == Format::bf16) return replay_bf16(stretch, manner);
    if (format == Format::fp16) return replay_fp16(stretch, manner);
  } else {
    if (format == Format::fp8_e4m3) return replay_fp8_e4m3(stretch, manner);
    if (format == Format::fp8_e5m2) return replay_fp8_e5m2(stretch, manner);
  }
  fmt::print(stderr, "OrderReplay: encodings of {} bytes for {}\n", sizeof(Encoding),
             traits(format).name);
  std::abort();
}

}  // namespace
}  // namespace ordering

OrderReplay::OrderReplay(const SumOrder& order) : order_(&order) {
  for (const SumTree& tree : order.trees) {
    programs_.push_back(ordering::Compiler(tree).compile());
  }
  for (const std::vector<SumOrder::Run>& runs : order.runs) {
    std::size_t start = 0;
    starts_.emplace_back();
    for (const SumOrder::Run& run : runs) {
      starts_.back().push_back(start);
      start += run.count;
    }
  }
}

template <class Encoding>
void OrderReplay::sum(int rank, std::size_t first, std::size_t count, const Encoding* const* inputs,
                      Encoding* out) const {
  if (order_->ranks == 1) {
    std::copy_n(inputs[0], count, out);
    return;
  }
  const std::size_t list = order_->runs.size() == 1 ? 0 : static_cast<std::size_t>(rank);
  const std::vector<std::size_t>& starts = starts_[list];
  constexpr std::size_t large = std::size_t{4} << 20;
  const ordering::ReplayManner manner{order_->rounding, order_->from_zero, order_->minus_zero,
                                      count * sizeof(Encoding) >= large};
  auto next = std::ranges::upper_bound(starts, first);
  for (std::size_t done = 0; done < count; ++next) {
    const auto place = static_cast<std::size_t>(next - starts.begin()) - 1;
    const SumOrder::Run& run = order_->runs[list][place];
    const std::size_t here = std::min(count - done, starts[place] + run.count - (first + done));
    ordering::replay_stretch<Encoding>(
        order_->format, {&programs_[static_cast<std::size_t>(run.tree)], done, here, inputs, out},
        manner);
    done += here;
  }
}

template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint32_t* const*,
                               std::uint32_t*) const;
template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint16_t* const*,
                               std::uint16_t*) const;
template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint8_t* const*,
                               std::uint8_t*) const;

}  // namespace reducecheck
