// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/wires.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;
using Inputs = std::vector<std::vector<std::byte>>;

Format format_of(ElementType type) {
  return format_named(real::facts(type).name).value();
}

/// Four at a time, from the left: ((x0 + x1) + x2) + x3, then four such sums.
SumTree tree_of_four(int ranks) {
  SumTree tree{ranks, {}};
  std::vector<int> level(static_cast<std::size_t>(ranks));
  std::iota(level.begin(), level.end(), 0);
  while (level.size() > 1) {
    std::vector<int> above;
    for (std::size_t i = 0; i < level.size(); i += 4) {
      int sum = level[i];
      for (std::size_t j = i + 1; j < std::min(i + 4, level.size()); ++j) {
        tree.additions.push_back({sum, level[j]});
        sum = ranks + static_cast<int>(tree.additions.size()) - 1;
      }
      above.push_back(sum);
    }
    level = std::move(above);
  }
  return tree;
}

/// One call's arithmetic, element by element.
class Summing {
 public:
  Summing(WireFault fault, ElementType type, bool last_rank, std::uint64_t call)
      : fault_(fault), type_(type), last_rank_(last_rank), call_(call) {}

  [[nodiscard]] std::uint64_t sum(const SumTree& tree, const SumOrder& order, const Inputs& inputs,
                                  std::size_t element) const {
    if (type_ == ElementType::mod64) return integers(inputs, element);
    std::vector<float> values;
    for (int r = 0; r < tree.ranks; ++r) {
      values.push_back(operand(inputs[static_cast<std::size_t>(operand_rank(r, tree.ranks))],
                               element, tree.ranks));
    }
    const std::size_t additions = tree.additions.size();
    const bool early = fault_ == WireFault::early && last_rank_ && additions > 0;
    for (std::size_t i = 0; i + (early ? 1 : 0) < additions; ++i) {
      const SumTree::Addition& step = tree.additions[i];
      const float exact = values[static_cast<std::size_t>(step.left)] +
                          values[static_cast<std::size_t>(step.right)];
      values.push_back(kept(exact, order.rounding, i == 0));
    }
    return real::encode(type_, multiplied(values.back(), tree.ranks));
  }

 private:
  [[nodiscard]] std::uint64_t integers(const Inputs& inputs, std::size_t element) const {
    std::uint64_t sum = 0;
    for (const auto& one : inputs) sum += real::load(type_, one.data(), element);
    return sum;
  }

  [[nodiscard]] int operand_rank(int place, int ranks) const {
    if (fault_ == WireFault::reversed) return ranks - 1 - place;
    if (fault_ == WireFault::any_order) {
      return static_cast<int>((static_cast<std::uint64_t>(place) + mix(call_)) %
                              static_cast<std::uint64_t>(ranks));
    }
    return place;
  }

  [[nodiscard]] float operand(const std::vector<std::byte>& bytes, std::size_t element,
                              int ranks) const {
    const float value = real::decode(type_, real::load(type_, bytes.data(), element));
    if (fault_ != WireFault::divided_first) return value;
    return rounded(type_, value / static_cast<float>(ranks));
  }

  [[nodiscard]] float multiplied(float sum, int ranks) const {
    return fault_ == WireFault::divided_first ? sum * static_cast<float>(ranks) : sum;
  }

  static float rounded(ElementType type, float value) {
    return real::decode(type, real::encode(type, value));
  }

  /// What is kept of a sum. Binary32 holds every sum of two shorter numbers well enough for one
  /// more rounding to be right.
  [[nodiscard]] float kept(float sum, SumRounding rounding, bool first) const {
    const bool shorter =
        fault_ == WireFault::short_accumulator || (fault_ == WireFault::rounded_hop && first);
    if (shorter) {
      sum = rounded(type_ == ElementType::fp32 ? ElementType::bf16 : type_, sum);
    } else if (rounding == SumRounding::each_addition) {
      sum = rounded(type_, sum);
    }
    if (fault_ != WireFault::flushed) return sum;
    const float least = std::ldexp(1.0F, 2 - (1 << (real::facts(type_).exponent_bits - 1)));
    return std::fabs(sum) < least ? 0.0F * sum : sum;
  }

  WireFault fault_;
  ElementType type_;
  bool last_rank_;
  std::uint64_t call_;
};

OrderRequest request_of(const WireWorld& world, ElementType type, int ranks, std::size_t count) {
  OrderRequest request{.count = count, .ranks = ranks, .format = format_of(type), .settings = {}};
  if (world.accumulates()) request.settings["accumulate"] = "fp32";
  return request;
}

std::vector<std::byte> summed(WireWorld& world, ElementType type, const Inputs& inputs, int rank,
                              bool last, std::uint64_t call) {
  const std::size_t count = inputs.front().size() / real::facts(type).bytes;
  std::vector<std::byte> out = inputs.front();
  const Summing arithmetic(world.fault(), type, last, call);
  const int ranks = static_cast<int>(inputs.size());
  if (type == ElementType::mod64) {
    for (std::size_t i = 0; i < count; ++i) {
      real::store(type, out.data(), i, arithmetic.sum({ranks, {}}, {}, inputs, i));
    }
    return out;
  }
  SumOrder order = make_order(world.order(), request_of(world, type, ranks, count)).order.value();
  if (world.fault() == WireFault::other_arity) {
    for (SumTree& tree : order.trees) tree = tree_of_four(ranks);
  }
  std::size_t at = 0;
  const std::size_t list = order.runs.size() == 1 ? 0 : static_cast<std::size_t>(rank);
  for (const SumOrder::Run& run : order.runs[list]) {
    for (const std::size_t end = at + run.count; at < end; ++at) {
      real::store(
          type, out.data(), at,
          arithmetic.sum(order.trees[static_cast<std::size_t>(run.tree)], order, inputs, at));
    }
  }
  return out;
}

std::vector<std::byte> maximum(WireFault fault, ElementType type, const Inputs& inputs) {
  std::vector<std::byte> out = inputs.front();
  const std::size_t count = out.size() / real::facts(type).bytes;
  for (std::size_t r = 1; r < inputs.size(); ++r) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t a = real::load(type, out.data(), i);
      const std::uint64_t b = real::load(type, inputs[r].data(), i);
      std::uint64_t greater = real::greater(type, a, b);
      if (fault == WireFault::max_without_nan && real::is_nan(type, a)) greater = b;
      if (fault == WireFault::max_without_nan && real::is_nan(type, b)) greater = a;
      real::store(type, out.data(), i, greater);
    }
  }
  return out;
}

std::vector<std::byte> bytes_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

ElementType type_of(Format format) {
  return real::element_named(traits(format).name).value();
}

Inputs WireWorld::meet(const std::vector<int>& members, std::size_t member,
                       std::vector<std::byte> own) {
  std::unique_lock lock(mutex_);
  Table& table = tables_[members];
  table.brought.resize(members.size());
  table.brought[member] = std::move(own);
  const std::uint64_t turn = table.turn;
  if (++table.here == members.size()) {
    table.taken = std::move(table.brought);
    table.brought = {};
    table.here = 0;
    ++table.turn;
    news_.notify_all();
  }
  news_.wait(lock, [&] { return table.turn != turn; });
  return table.taken;
}

Inputs Wires::meet(const real::Call& call, std::vector<std::byte> own) {
  const auto member = std::ranges::find(call.members, rank_) - call.members.begin();
  return world_.meet(call.members, static_cast<std::size_t>(member), std::move(own));
}

void Wires::all_reduce(const real::Call& call, ElementType type, real::Reduction reduction,
                       std::span<std::byte> elements) {
  const Inputs inputs = meet(call, bytes_of(elements));
  const bool last = rank_ == call.members.back();
  std::vector<std::byte> out;
  if (reduction == real::Reduction::max) {
    out = maximum(world_.fault(), type, inputs);
  } else {
    const auto place = std::ranges::find(call.members, rank_) - call.members.begin();
    out = summed(world_, type, inputs, static_cast<int>(place), last, calls_++);
    std::vector<std::byte> now = out;
    if (world_.fault() == WireFault::unordered && last && before_.size() == out.size()) {
      out = before_;
    }
    before_ = std::move(now);
  }
  for (std::size_t i = 0; i < out.size() / real::facts(type).bytes; ++i) {
    const std::uint64_t element = real::load(type, out.data(), i);
    digest_ = mix(digest_ ^ (real::is_nan(type, element) ? ~std::uint64_t{0} : element));
  }
  std::ranges::copy(out, elements.begin());
}

void Wires::reduce_scatter(const real::Call& call, ElementType type, std::span<const std::byte> in,
                           std::span<const std::size_t> counts, std::span<std::byte> out) {
  const Inputs inputs = meet(call, bytes_of(in));
  const auto place = std::ranges::find(call.members, rank_) - call.members.begin();
  const auto whole = summed(world_, type, inputs, static_cast<int>(place), false, 0);
  std::size_t first = 0;
  for (std::ptrdiff_t i = 0; i < place; ++i) first += counts[static_cast<std::size_t>(i)];
  const std::size_t begin = first * real::facts(type).bytes;
  std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(begin), out.size(), out.begin());
}

void Wires::all_gather(const real::Call& call, std::span<const std::byte> own,
                       std::span<const std::size_t> /*bytes*/, std::span<std::byte> all) {
  std::vector<std::byte> given = bytes_of(own);
  const bool flipped = world_.fault() == WireFault::flipped && rank_ == call.members.back();
  if (flipped && gathers_ == 0 && !given.empty()) given.back() ^= std::byte{4};
  ++gathers_;
  const std::vector<std::byte> got = real::joined(meet(call, std::move(given)));
  for (const std::byte one : got) digest_ = mix(digest_ ^ static_cast<std::uint64_t>(one));
  std::ranges::copy(got, all.begin());
}

void Wires::broadcast(const real::Call& call, std::span<std::byte> elements) {
  std::ranges::copy(meet(call, bytes_of(elements)).front(), elements.begin());
}

std::vector<std::vector<std::byte>> Wires::all_to_all(
    const real::Call& call, const std::vector<std::vector<std::byte>>& to) {
  std::vector<std::byte> sizes(to.size() * sizeof(std::uint64_t));
  for (std::size_t i = 0; i < to.size(); ++i) {
    real::store(ElementType::mod64, sizes.data(), i, to[i].size());
  }
  const Inputs all_sizes = meet(call, sizes);
  const Inputs all = meet(call, real::joined(to));
  const auto own = std::ranges::find(call.members, rank_) - call.members.begin();
  std::vector<std::vector<std::byte>> from;
  for (std::size_t m = 0; m < all.size(); ++m) {
    std::vector<std::size_t> parts;
    for (std::size_t i = 0; i < to.size(); ++i) {
      parts.push_back(real::load(ElementType::mod64, all_sizes[m].data(), i));
    }
    from.push_back(real::in_pieces(all[m], parts)[static_cast<std::size_t>(own)]);
  }
  return from;
}

}  // namespace reducecheck::matrix
