// SPDX-License-Identifier: Apache-2.0
#include "real/parity/prediction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <cstring>

#include "sim/format/format.hpp"
#include "sim/order/describe.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck::real {
namespace {

/// Aligned copies: bytes may stand anywhere.
template <class Encoding>
std::vector<std::byte> replayed(const SumOrder& order, int rank, const RankElements& inputs) {
  std::vector<std::vector<Encoding>> copies;
  std::vector<const Encoding*> pointers;
  for (const std::vector<std::byte>& input : inputs) {
    copies.emplace_back(order.count);
    std::memcpy(copies.back().data(), input.data(), input.size());
  }
  for (const auto& copy : copies) pointers.push_back(copy.data());
  std::vector<Encoding> sum(order.count);
  OrderReplay(order).sum(rank, pointers.data(), sum.data());
  std::vector<std::byte> bytes(order.count * sizeof(Encoding));
  std::memcpy(bytes.data(), sum.data(), bytes.size());
  return bytes;
}

Format format_of(ElementType type) {
  const std::optional<Format> format = format_named(facts(type).name);
  if (!format) std::abort();  // mod64 has no order to predict
  return *format;
}

std::string shown(ElementType type, std::uint64_t encoding) {
  return fmt::format("{:0{}x} ({})", encoding, 2 * facts(type).bytes, decode(type, encoding));
}

}  // namespace

std::vector<std::byte> predicted_sum(const SumOrder& order, ElementType type, int rank,
                                     const RankElements& inputs) {
  switch (facts(type).bytes) {
    case 4: return replayed<std::uint32_t>(order, rank, inputs);
    case 2: return replayed<std::uint16_t>(order, rank, inputs);
    default: return replayed<std::uint8_t>(order, rank, inputs);
  }
}

SumOrder order_for(const std::string& name, ElementType type, int ranks, std::size_t count,
                   const std::map<std::string, std::string>& settings) {
  MadeOrder made = make_order(
      name, {.count = count, .ranks = ranks, .format = format_of(type), .settings = settings});
  if (!made.order) std::abort();  // a name of this code, not of a user
  return std::move(*made.order);
}

Mismatches mismatches(ElementType type, const std::vector<std::byte>& predicted,
                      const std::vector<std::byte>& got) {
  Mismatches found;
  const std::size_t count = predicted.size() / facts(type).bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t a = load(type, predicted.data(), i);
    const std::uint64_t b = load(type, got.data(), i);
    if (is_nan(type, a) && is_nan(type, b)) {
      ++found.nan;
    } else if (a != b) {
      if (found.count++ == 0) found.first = i;
    }
  }
  return found;
}

std::vector<std::string> fitting_orders(const std::string& except, ElementType type, int rank,
                                        const RankElements& inputs,
                                        const std::vector<std::byte>& got) {
  const OrderRequest request{.count = got.size() / facts(type).bytes,
                             .ranks = static_cast<int>(inputs.size()),
                             .format = format_of(type),
                             .settings = {}};
  std::vector<std::string> names;
  for (const OrderFacts& known : known_orders()) {
    if (known.reduce_scatter || known.name == except) continue;
    const MadeOrder made = make_order(known.name, request);
    if (!made.order) continue;
    const auto predicted = predicted_sum(*made.order, type, rank, inputs);
    if (mismatches(type, predicted, got).count == 0) names.push_back(known.name);
  }
  return names;
}

std::string told_mismatch(const SumOrder& order, ElementType type, int rank,
                          const RankElements& inputs, const std::vector<std::byte>& got) {
  const auto predicted = predicted_sum(order, type, rank, inputs);
  const Mismatches found = mismatches(type, predicted, got);
  if (found.count == 0) return "";
  const std::size_t at = found.first;
  std::vector<std::string> operands;
  for (std::size_t r = 0; r < inputs.size(); ++r) {
    operands.push_back(fmt::format("x{} = {}", r, shown(type, load(type, inputs[r].data(), at))));
  }
  const auto fitting = fitting_orders(order.name, type, rank, inputs, got);
  return fmt::format(
      "{} of {} elements differ; first element {} on rank {}: predicted {} by {} = {}, got {}; {}; "
      "{}",
      found.count, order.count, at, rank, shown(type, load(type, predicted.data(), at)), order.name,
      expression(tree_of(order, rank, at)), shown(type, load(type, got.data(), at)),
      fmt::join(operands, ", "),
      fitting.empty() ? std::string("no other known order fits")
                      : fmt::format("this is what {} gives", fmt::join(fitting, ", ")));
}

std::vector<std::uint64_t> predicted_fingerprints(const SumOrder& order, int rank,
                                                  std::uint64_t (*own)(int),
                                                  std::uint64_t (*combine)(std::uint64_t,
                                                                           std::uint64_t)) {
  std::vector<std::uint64_t> of_trees;
  for (const SumTree& tree : order.trees) {
    std::vector<std::uint64_t> operands;
    for (int r = 0; r < tree.ranks; ++r) operands.push_back(own(r));
    for (const SumTree::Addition& step : tree.additions) {
      operands.push_back(combine(operands[static_cast<std::size_t>(step.left)],
                                 operands[static_cast<std::size_t>(step.right)]));
    }
    of_trees.push_back(tree.additions.empty() ? operands.front() : operands.back());
  }
  std::vector<std::uint64_t> all;
  const auto list = order.runs.size() == 1 ? 0 : static_cast<std::size_t>(rank);
  for (const SumOrder::Run& run : order.runs[list]) {
    all.insert(all.end(), run.count, of_trees[static_cast<std::size_t>(run.tree)]);
  }
  return all;
}

}  // namespace reducecheck::real
