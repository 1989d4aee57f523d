// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "props/diagnose_experiment.hpp"
#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::experiment {
namespace {

constexpr std::array branch_names = {"experts", "shared", "dense"};
constexpr std::array addend_names = {"bias", "residual"};
constexpr std::array factors = {2.0F, 2.5F, 1.5F, 0.5F, 16.0F, 1.8F, 2.446F, 0.25F};
constexpr std::array factor_texts = {"2", "5/2", "3/2", "1/2", "16", "9/5", "1223/500", "1/4"};

/// The orders that add that format for all sizes of groups that the layer has.
std::vector<std::string> orders_for(const Layer& layer) {
  std::size_t elements = 1;
  for (const int extent : layer.shape) elements *= static_cast<std::size_t>(extent);
  std::vector<std::string> names;
  for (const OrderFacts& facts : known_orders()) {
    bool all = !facts.reduce_scatter;
    int ranks = 1;
    for (const auto& [axis, size] : layer.mesh) {
      ranks *= size;
      all = all && make_order(facts.name, {elements, size, layer.format, {}}).order.has_value();
    }
    if (all && make_order(facts.name, {elements, ranks, layer.format, {}}).order.has_value()) {
      names.push_back(facts.name);
    }
  }
  return names;
}

int group_ranks(const Layer& layer) {
  int ranks = 1;
  for (const auto& [axis, size] : layer.mesh) {
    if (std::ranges::find(layer.group, axis) != layer.group.end()) ranks *= size;
  }
  return ranks;
}

}  // namespace

std::uint64_t Dice::next() {
  state_ += golden;
  return mix(state_);
}

int Dice::roll(int sides) {
  return static_cast<int>((next() >> 33U) % static_cast<std::uint64_t>(sides));
}

float Dice::number() {
  // The sum of four uniform numbers, with its sign.
  std::int64_t sum = -2 * ((std::int64_t{1} << 20) - 1);
  for (int i = 0; i < 4; ++i) sum += static_cast<std::int64_t>(next() >> 44U);
  return static_cast<float>(sum) / static_cast<float>(1 << 21);
}

Planting random_planting(std::uint64_t seed, int least, int most, bool foreign) {
  Dice dice(seed);
  Planting planting;
  Layer& layer = planting.layer;
  Defect& defect = planting.defect;
  const auto kinds = static_cast<int>(Planted::only_first);
  defect.planted = static_cast<Planted>(1 + dice.roll(kinds));
  int ranks = least;
  constexpr std::array sizes = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
  do {
    ranks = sizes[static_cast<std::size_t>(dice.roll(static_cast<int>(sizes.size())))];
  } while (ranks < least || ranks > most ||
           (defect.planted == Planted::wrong_group && (ranks < 4 || ranks % 2 != 0)));
  layer.mesh = {{"tp", ranks}};
  if (defect.planted == Planted::wrong_group) {
    layer.mesh = {{"dp", 2}, {"tp", ranks / 2}};
    const bool small = dice.roll(2) == 0;
    if (small) layer.group = {"dp", "tp"};
    defect.axis = small ? "tp" : "dp";
  }
  constexpr std::array formats = {Format::bf16, Format::fp16, Format::fp32};
  layer.format = formats[static_cast<std::size_t>(dice.roll(3))];
  layer.branches = 1 + dice.roll(3);
  layer.addends = dice.roll(3);
  const bool of_addend =
      defect.planted == Planted::addend_in_sum || defect.planted == Planted::missing_addend;
  if (of_addend) layer.addends = 1 + dice.roll(2);
  layer.merged = dice.roll(2) == 0;
  layer.seed = dice.next();
  const std::vector<std::string> orders = orders_for(layer);
  layer.order = foreign
                    ? "random"
                    : orders[static_cast<std::size_t>(dice.roll(static_cast<int>(orders.size())))];
  defect.branch = dice.roll(of_addend ? layer.addends : layer.branches);
  // Rank 0 is the one that a guard leaves in.
  defect.rank = 1 + dice.roll(ranks - 1);
  defect.factor = factors[static_cast<std::size_t>(dice.roll(static_cast<int>(factors.size())))];
  return planting;
}

Truth truth_of(const Planting& planting) {
  const int ranks = group_ranks(planting.layer);
  const std::string group = fmt::format("{}", fmt::join(planting.layer.group, " * "));
  const auto named = static_cast<std::size_t>(planting.defect.branch);
  const std::string branch = branch_names[named % branch_names.size()];
  const std::string addend = addend_names[named % addend_names.size()];
  switch (planting.defect.planted) {
    case Planted::double_reduce:
      return {"double_reduce", branch, fmt::format("{} = {}", ranks, group)};
    case Planted::missing_reduce: return {"missing_reduce", branch, "0"};
    case Planted::wrong_group: return {"wrong_group", branch, "0"};
    case Planted::addend_in_sum:
      return {"addend_in_sum", addend, fmt::format("{} = {}", ranks, group)};
    case Planted::scale_twice: {
      const auto found = std::ranges::find(factors, planting.defect.factor) - factors.begin();
      // A branch that counts 1/tp times has been averaged, whoever did it.
      const bool average = planting.defect.factor * static_cast<float>(ranks) == 1;
      return {average ? "once_guard_wrong" : "scale_placement", branch,
              factor_texts[static_cast<std::size_t>(found)]};
    }
    case Planted::average:
      return {"once_guard_wrong", branch, fmt::format("1/{0} = 1/{1}", ranks, group)};
    case Planted::missing_branch: return {"missing_branch", branch, "0"};
    case Planted::missing_addend: return {"missing_branch", addend, "0"};
    case Planted::dropped_share:
    case Planted::only_first: return {"once_guard_wrong", branch, "0"};
    case Planted::share_twice: return {"double_reduce", branch, "2"};
    case Planted::whole_in_sum:
      return {"replicated_branch_in_sum", branch, fmt::format("{} = {}", ranks, group)};
    case Planted::nothing:
    case Planted::noise: break;
  }
  return {};
}

}  // namespace reducecheck::experiment
