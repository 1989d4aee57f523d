// SPDX-License-Identifier: Apache-2.0
#include "sim/order/orders.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "scenarios/text/diagnostic.hpp"
#include "sim/order/draft.hpp"

namespace reducecheck {
namespace {

using ordering::Refusal;

constexpr std::size_t most_count = std::size_t{1} << 40;  // its bytes and traffic fit 64 bits

struct Known {
  std::vector<OrderFacts> facts;
  std::vector<ordering::Maker> makers;
};

const Known& known() {
  static const Known all = [] {
    Known one;
    for (auto* const list :
         {ordering::generic_orders, ordering::nccl_orders, ordering::nccl_symmetric_orders,
          ordering::engine_orders, ordering::openmpi_orders, ordering::gloo_orders}) {
      for (ordering::Entry& entry : list()) {
        one.facts.push_back(std::move(entry.facts));
        one.makers.push_back(entry.make);
      }
    }
    return one;
  }();
  return all;
}

void check_numbers(const OrderRequest& request) {
  if (request.ranks < 1 || request.ranks > most_order_ranks) {
    throw Refusal(fmt::format("{} ranks: expected 1 to {}", request.ranks, most_order_ranks));
  }
  if (request.count > most_count) {
    throw Refusal(fmt::format("{} elements: expected at most {}", request.count, most_count));
  }
}

void check_fit(const OrderFacts& facts, const OrderRequest& request) {
  const auto& sizes = facts.world_sizes;
  if (!sizes.empty() && request.ranks != 1 &&
      std::ranges::find(sizes, request.ranks) == sizes.end()) {
    throw Refusal(fmt::format("`{}` is not built for {} ranks; possible: {}", facts.name,
                              request.ranks, fmt::join(sizes, ", ")));
  }
  if (!facts.formats.empty() &&
      std::ranges::find(facts.formats, request.format) == facts.formats.end()) {
    std::vector<std::string_view> names;
    for (const Format format : facts.formats) names.push_back(traits(format).name);
    throw Refusal(fmt::format("`{}` does not add {}; possible: {}", facts.name,
                              traits(request.format).name, fmt::join(names, ", ")));
  }
  const auto bytes = static_cast<std::size_t>(traits(request.format).bytes);
  if (facts.only_16_bytes && request.count * bytes % 16 != 0) {
    throw Refusal(fmt::format(
        "`{}` takes multiples of 16 bytes: {} elements of {} are {} bytes; "
        "possible: multiples of {} elements",
        facts.name, request.count, traits(request.format).name, request.count * bytes, 16 / bytes));
  }
  if (facts.reduce_scatter && request.count % static_cast<std::size_t>(request.ranks) != 0) {
    throw Refusal(fmt::format("`{}` gives each rank as many elements: {} are no multiple of {}",
                              facts.name, request.count, request.ranks));
  }
}

MadeOrder make_known(std::size_t place, const OrderRequest& request) {
  const OrderFacts& facts = known().facts[place];
  check_numbers(request);
  check_fit(facts, request);
  ordering::Draft draft(facts, request);
  if (request.ranks == 1) {
    draft.run_all(SumTree{});
  } else {
    known().makers[place](draft);
  }
  return {std::move(draft.order()), ""};
}

}  // namespace

std::span<const OrderFacts> known_orders() {
  return known().facts;
}

const OrderFacts* find_order(std::string_view name) {
  const auto found = std::ranges::find(known().facts, name, &OrderFacts::name);
  return found == known().facts.end() ? nullptr : &*found;
}

MadeOrder make_order(std::string_view name, const OrderRequest& request) {
  const OrderFacts* const facts = find_order(name);
  if (facts == nullptr) {
    std::vector<std::string> names;
    for (const OrderFacts& one : known().facts) names.push_back(one.name);
    const std::string meant = did_you_mean(name, names);
    return {std::nullopt, fmt::format("no order `{}`; {}orders: {}", name,
                                      meant.empty() ? "" : meant + " ", fmt::join(names, ", "))};
  }
  try {
    return make_known(static_cast<std::size_t>(facts - known().facts.data()), request);
  } catch (const Refusal& refusal) {
    return {std::nullopt, refusal.what()};
  }
}

}  // namespace reducecheck
