// SPDX-License-Identifier: Apache-2.0
#include "props/diagnose_experiment.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "sim/domain/hash.hpp"
#include "sim/order/describe.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::experiment {
namespace {

using Values = std::vector<float>;  // of one rank
using OfRanks = std::vector<Values>;

const char* const branch_names[] = {"experts", "shared", "dense"};
const char* const addend_names[] = {"bias", "residual"};

DumpType type_of(Format format) {
  switch (format) {
    case Format::fp32: return DumpType::f32;
    case Format::bf16: return DumpType::bf16;
    case Format::fp16: return DumpType::f16;
    case Format::fp8_e4m3: return DumpType::f8_e4m3;
    case Format::fp8_e5m2: return DumpType::f8_e5m2;
  }
  return DumpType::f32;
}

/// One layer while it runs.
class Engine {
 public:
  explicit Engine(const Layer& layer) : layer_(layer) {
    for (const auto& [axis, size] : layer.mesh) ranks_ *= size;
    for (const int extent : layer.shape) elements_ *= static_cast<std::size_t>(extent);
  }

  [[nodiscard]] std::size_t ranks() const { return static_cast<std::size_t>(ranks_); }

  [[nodiscard]] float rounded(float x) const {
    return widen(layer_.format, round_to(layer_.format, x));
  }

  [[nodiscard]] OfRanks random(Dice& dice, bool alike) const {
    OfRanks all;
    for (std::size_t r = 0; r < ranks(); ++r) {
      Values& values = all.emplace_back();
      if (alike && r > 0) {
        values = all.front();
        continue;
      }
      for (std::size_t e = 0; e < elements_; ++e) values.push_back(rounded(dice.number()));
    }
    return all;
  }

  [[nodiscard]] OfRanks add(const OfRanks& a, const OfRanks& b) const {
    if (a.empty()) return b;
    OfRanks sum = a;
    for (std::size_t r = 0; r < sum.size(); ++r) {
      for (std::size_t e = 0; e < elements_; ++e) {
        const std::uint32_t left = round_to(layer_.format, a[r][e]);
        const std::uint32_t right = round_to(layer_.format, b[r][e]);
        sum[r][e] = widen(layer_.format, add_in(layer_.format, left, right));
      }
    }
    return sum;
  }

  [[nodiscard]] OfRanks times(OfRanks values, float factor) const {
    for (Values& of_rank : values) {
      for (float& x : of_rank) x = rounded(x * factor);
    }
    return values;
  }

  /// The sum over the ranks that differ along `axes` only, on each of them.
  [[nodiscard]] OfRanks all_reduce(const OfRanks& values, const std::vector<std::string>& axes) {
    OfRanks sums(values.size());
    for (std::size_t r = 0; r < values.size(); ++r) {
      const std::vector<std::size_t> members = peers(r, axes);
      const SumOrder& order = order_for(members.size());
      const auto place = std::ranges::find(members, r) - members.begin();
      if (place > 0 && ranks_agree(order)) {
        sums[r] = sums[members.front()];
        continue;
      }
      for (std::size_t e = 0; e < elements_; ++e) {
        sums[r].push_back(sum(order, tree_of(order, static_cast<int>(place), e), [&](int p) {
          return values[members[static_cast<std::size_t>(p)]][e];
        }));
      }
    }
    return sums;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> peers(std::size_t rank,
                                               const std::vector<std::string>& axes) const {
    std::vector<std::size_t> members;
    for (std::size_t other = 0; other < ranks(); ++other) {
      if (place_off(other, axes) == place_off(rank, axes)) members.push_back(other);
    }
    return members;
  }

  /// The coordinates of a rank on all other axes.
  [[nodiscard]] std::vector<int> place_off(std::size_t rank,
                                           const std::vector<std::string>& axes) const {
    std::vector<int> place;
    int rest = static_cast<int>(rank);
    for (std::size_t a = layer_.mesh.size(); a-- > 0;) {
      const auto& [name, size] = layer_.mesh[a];
      if (std::ranges::find(axes, name) == axes.end()) place.push_back(rest % size);
      rest /= size;
    }
    return place;
  }

  const SumOrder& order_for(std::size_t ranks) {
    const auto found = orders_.find(ranks);
    if (found != orders_.end()) return found->second;
    if (layer_.order == "random") return orders_.emplace(ranks, random_order(ranks)).first->second;
    const MadeOrder made =
        make_order(layer_.order, {elements_, static_cast<int>(ranks), layer_.format, {}});
    if (!made.order) std::abort();  // the experiment asked for an order that does not exist
    return orders_.emplace(ranks, *made.order).first->second;
  }

  /// Any two sums that are left are added next.
  [[nodiscard]] SumOrder random_order(std::size_t ranks) const {
    Dice dice(mix(layer_.seed) + ranks);
    SumTree tree;
    tree.ranks = static_cast<int>(ranks);
    std::vector<int> open;
    for (int r = 0; r < tree.ranks; ++r) open.push_back(r);
    for (int next = tree.ranks; open.size() > 1; ++next) {
      const auto take = [&] {
        const auto at = open.begin() + dice.roll(static_cast<int>(open.size()));
        const int operand = *at;
        open.erase(at);
        return operand;
      };
      const int left = take();
      tree.additions.push_back({left, take()});
      open.push_back(next);
    }
    SumOrder order;
    order.ranks = tree.ranks;
    order.count = elements_;
    order.format = layer_.format;
    order.trees = {tree};
    order.runs = {{{elements_, 0}}};
    return order;
  }

  [[nodiscard]] float sum(const SumOrder& order, const SumTree& tree,
                          const std::function<float(int)>& operand) const {
    std::vector<float> values;
    for (int r = 0; r < tree.ranks; ++r) values.push_back(operand(r));
    for (const SumTree::Addition& each : tree.additions) {
      const float left = values[static_cast<std::size_t>(each.left)];
      const float right = values[static_cast<std::size_t>(each.right)];
      const bool once = order.rounding == SumRounding::once;
      values.push_back(
          once ? left + right
               : widen(layer_.format, add_in(layer_.format, round_to(layer_.format, left),
                                             round_to(layer_.format, right))));
    }
    return rounded(tree.additions.empty() ? values.front() : values.back());
  }

  const Layer& layer_;
  int ranks_ = 1;
  std::size_t elements_ = 1;
  std::map<std::size_t, SumOrder> orders_;
};

/// What a defect does to the branch before it is summed.
OfRanks shares_of(const Engine& engine, OfRanks shares, const Defect& defect) {
  for (std::size_t r = 0; r < shares.size(); ++r) {
    const bool hit = static_cast<int>(r) == defect.rank;
    if ((defect.planted == Planted::dropped_share && hit) ||
        (defect.planted == Planted::only_first && r != 0)) {
      std::ranges::fill(shares[r], 0.0F);
    }
    if (defect.planted == Planted::share_twice && hit) {
      for (float& x : shares[r]) x = engine.rounded(x + x);
    }
  }
  return shares;
}

/// The branch's value after everything that is its own, and whether it still joins the common sum.
struct Brought {
  OfRanks before;  // the common sum
  OfRanks after;
};

Brought bring(Engine& engine, const Layer& layer, const OfRanks& shares, const Defect& defect) {
  const auto own = [&] { return engine.all_reduce(shares, layer.group); };
  const auto size = [&] {
    int ranks = 1;
    for (const auto& [axis, extent] : layer.mesh) {
      if (std::ranges::find(layer.group, axis) != layer.group.end()) ranks *= extent;
    }
    return static_cast<float>(ranks);
  };
  switch (defect.planted) {
    case Planted::whole_in_sum: return {shares, {}};
    case Planted::double_reduce:
      if (layer.merged) return {own(), {}};
      return {{}, engine.all_reduce(own(), layer.group)};
    case Planted::missing_reduce: return {{}, shares};
    case Planted::wrong_group: return {{}, engine.all_reduce(shares, {defect.axis})};
    case Planted::scale_twice: return {{}, engine.times(own(), defect.factor)};
    case Planted::average: return {{}, engine.times(own(), 1.0F / size())};
    case Planted::missing_branch: return {};
    default:
      if (layer.merged) return {shares_of(engine, shares, defect), {}};
      return {{}, engine.all_reduce(shares_of(engine, shares, defect), layer.group)};
  }
}

DumpTensor tensor_of(const Layer& layer, const Values& values) {
  DumpTensor tensor;
  tensor.type = type_of(layer.format);
  for (const int extent : layer.shape) tensor.shape.push_back(static_cast<std::uint64_t>(extent));
  for (const float x : values) {
    const std::uint32_t encoding = round_to(layer.format, x);
    for (int byte = 0; byte < traits(layer.format).bytes; ++byte) {
      tensor.bytes.push_back(static_cast<std::byte>(encoding >> (8 * byte)));
    }
  }
  return tensor;
}

void put(Dump& dump, const Layer& layer, const std::string& name, const OfRanks& values) {
  for (std::size_t r = 0; r < values.size(); ++r) {
    dump.ranks[r].tensors[name] = tensor_of(layer, values[r]);
  }
}

}  // namespace

Dump dump_of(const Layer& layer, const Defect& defect, bool tell_order) {
  Engine engine(layer);
  Dice dice(layer.seed);
  Dump dump;
  dump.mesh = layer.mesh;
  dump.group = layer.group;
  if (tell_order) dump.order = layer.order;
  dump.ranks.resize(engine.ranks());
  OfRanks before;
  OfRanks after;
  const bool of_addend =
      defect.planted == Planted::addend_in_sum || defect.planted == Planted::missing_addend;
  for (int b = 0; b < layer.branches; ++b) {
    const bool whole = b == layer.replicated;
    const OfRanks shares = engine.random(dice, whole);
    put(dump, layer, std::string("mlp/partial/") + branch_names[b], shares);
    if (whole && defect.planted != Planted::whole_in_sum) {
      after = engine.add(after, shares);
      continue;
    }
    const Brought brought =
        bring(engine, layer, shares, b == defect.branch && !of_addend ? defect : Defect{});
    if (!brought.before.empty()) before = engine.add(before, brought.before);
    if (!brought.after.empty()) after = engine.add(after, brought.after);
  }
  for (int a = 0; a < layer.addends; ++a) {
    const OfRanks value = engine.random(dice, true);
    put(dump, layer, std::string("mlp/addend/") + addend_names[a], value);
    const bool hit = of_addend && a == defect.branch;
    if (hit && defect.planted == Planted::missing_addend) continue;
    if (hit) {
      before = engine.add(before, value);
    } else {
      after = engine.add(after, value);
    }
  }
  OfRanks output;
  if (!before.empty()) output = engine.all_reduce(before, layer.group);
  if (!after.empty()) output = engine.add(output, after);
  if (output.empty()) output = engine.times(engine.random(dice, true), 0);
  if (defect.planted == Planted::noise) output = engine.add(output, engine.random(dice, true));
  put(dump, layer, "mlp/output/y", output);
  return dump;
}

}  // namespace reducecheck::experiment
