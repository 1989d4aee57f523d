// SPDX-License-Identifier: Apache-2.0
#include "sim/order/literal_check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "sim/domain/hash.hpp"
#include "sim/order/describe.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck::literal {
namespace {

/// The operand as it is added: what a kernel does to -0 on the way in, by 32-bit words.
std::uint32_t taken(Format format, MinusZero manner, const std::vector<std::uint32_t>& mine,
                    std::size_t e) {
  const auto bytes = static_cast<std::size_t>(traits(format).bytes);
  const std::uint32_t minus_zero = 1U << (8 * bytes - 1);
  if (mine[e] != minus_zero || manner == MinusZero::kept) return mine[e];
  if (manner == MinusZero::lost) return 0;
  const std::size_t first = e * bytes / 4 * 4 / bytes;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 4 / bytes && first + i < mine.size(); ++i) {
    word |= std::uint64_t{mine[first + i]} << (8 * bytes * i);
  }
  return word == 0x80000000U ? 0 : mine[e];
}

/// The sum that a tree says, as an expression.
int expected(Sums& sums, const SumTree& tree, const SumOrder& order, const Buffers& operands,
             std::size_t element) {
  std::vector<int> held;
  for (const Message& buffer : operands) held.push_back(buffer[element]);
  for (std::size_t i = 0; i < tree.additions.size(); ++i) {
    int left = held[static_cast<std::size_t>(tree.additions[i].left)];
    if (i == 0 && order.from_zero) left = sums.add(sums.zero(), left);
    held.push_back(sums.add(left, held[static_cast<std::size_t>(tree.additions[i].right)]));
  }
  return held.back();
}

template <class Encoding>
Encodings replayed_as(const SumOrder& order, const Encodings& inputs, int ranks) {
  std::vector<std::vector<Encoding>> narrow;
  std::vector<const Encoding*> pointers;
  for (const auto& mine : inputs) {
    narrow.emplace_back(mine.begin(), mine.end());
  }
  for (const auto& mine : narrow) pointers.push_back(mine.data());
  const OrderReplay replay(order);
  Encodings results;
  std::vector<Encoding> out(order.count);
  for (int rank = 0; rank < ranks; ++rank) {
    replay.sum(rank, pointers.data(), out.data());
    results.emplace_back(out.begin(), out.end());
  }
  return results;
}

Buffers operands_of(Sums& sums, const SumOrder& order, MinusZero manner, const Encodings& inputs) {
  Buffers operands;
  for (std::size_t rank = 0; rank < inputs.size(); ++rank) {
    operands.emplace_back();
    for (std::size_t e = 0; e < order.count; ++e) {
      operands.back().push_back(
          sums.operand(static_cast<int>(rank), e, taken(order.format, manner, inputs[rank], e)));
    }
  }
  return operands;
}

}  // namespace

Encodings drawn_inputs(Format format, int ranks, std::size_t count, std::uint64_t seed) {
  const FormatTraits& f = traits(format);
  const std::uint32_t mask = f.bytes == 4 ? 0xffffffffU : (1U << (8 * f.bytes)) - 1;
  Encodings inputs(static_cast<std::size_t>(ranks));
  for (std::size_t rank = 0; rank < inputs.size(); ++rank) {
    const std::uint64_t row = row_key(mix(seed), rank);
    for (std::size_t e = 0; e < count; ++e) {
      const std::uint64_t bits = element(row, e);
      const auto kind = bits >> 61;
      const auto pattern = static_cast<std::uint32_t>(bits) & mask;
      if (kind < 5) {
        const auto fraction = static_cast<float>(static_cast<std::int32_t>(bits >> 32) >> 7);
        inputs[rank].push_back(round_to(format, std::ldexp(fraction, static_cast<int>(kind) - 24)));
      } else if (kind == 5) {
        inputs[rank].push_back((bits & 1U) << (8 * f.bytes - 1));
      } else {
        inputs[rank].push_back(pattern);
      }
    }
  }
  return inputs;
}

Encodings replayed(const SumOrder& order, const Encodings& inputs, int ranks) {
  switch (traits(order.format).bytes) {
    case 4: return replayed_as<std::uint32_t>(order, inputs, ranks);
    case 2: return replayed_as<std::uint16_t>(order, inputs, ranks);
    default: return replayed_as<std::uint8_t>(order, inputs, ranks);
  }
}

bool is_nan(Format format, std::uint32_t encoding) {
  return std::isnan(widen(format, encoding));
}

std::string replay_fault(const SumOrder& order, const Encodings& inputs) {
  Sums sums(order.format, order.rounding);
  const Buffers operands = operands_of(sums, order, order.minus_zero, inputs);
  const Encodings replay = replayed(order, inputs, 1);
  for (std::size_t e = 0; e < order.count; ++e) {
    const SumTree& tree = tree_of(order, 0, e);
    const std::uint32_t bits =
        order.ranks == 1 ? inputs[0][e] : sums.encoding(expected(sums, tree, order, operands, e));
    const std::uint32_t fused = replay[0][e];
    if (bits == fused || (is_nan(order.format, bits) && is_nan(order.format, fused))) continue;
    return fmt::format("element {}: {} gives {:#x}, the replay {:#x}", e, expression(tree), bits,
                       fused);
  }
  return "";
}

std::string disagreement(const SumOrder& order, const Encodings& inputs, const Steps& steps,
                         bool is_scattered) {
  Sums sums(order.format, steps.rounding);
  const bool is_copy = order.ranks == 1;
  const Buffers operands =
      operands_of(sums, order, is_copy ? MinusZero::kept : steps.minus_zero, inputs);
  Buffers buffers = operands;
  if (!is_copy && !steps.run(sums, buffers)) return "the steps do not end";
  const Encodings replay = replayed(order, inputs, order.ranks);
  const std::size_t block = order.count / static_cast<std::size_t>(order.ranks);
  for (int rank = 0; rank < order.ranks; ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    std::size_t element = 0;
    for (const SumOrder::Run& run : order.runs[order.runs.size() == 1 ? 0 : at]) {
      const SumTree& tree = order.trees[static_cast<std::size_t>(run.tree)];
      for (std::size_t i = 0; i < run.count; ++i, ++element) {
        if (is_scattered && element / block != at) continue;
        const int step = buffers[at][element];
        const std::string where = fmt::format("rank {}, element {}: ", rank, element);
        // Groups that each begin at +0 have the bits of one beginning, not its expression.
        if (!order.from_zero && step != expected(sums, tree, order, operands, element)) {
          return where + "the steps do not add as " + expression(tree);
        }
        const std::uint32_t bits = sums.encoding(step);
        const std::uint32_t fused = replay[at][element];
        if (bits == fused || (is_nan(order.format, bits) && is_nan(order.format, fused))) continue;
        return where + fmt::format("the steps give {:#x}, the replay {:#x}", bits, fused);
      }
    }
  }
  return "";
}

std::string disagreement(const std::string& name, const OrderRequest& request, std::uint64_t seed,
                         const Steps& steps) {
  const MadeOrder made = make_order(name, request);
  if (!made.order) return made.refusal;
  const std::string fault = order_fault(*made.order);
  if (!fault.empty()) return fault;
  return disagreement(*made.order, drawn_inputs(request.format, request.ranks, request.count, seed),
                      steps, find_order(name)->reduce_scatter);
}

}  // namespace reducecheck::literal
