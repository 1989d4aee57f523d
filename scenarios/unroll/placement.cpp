// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/extent.hpp"
#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

/// Whether nothing in the expression asks for the rank, as far as a look at it tells.
bool same_on_ranks(const Scope& scope, const Expr& e) {
  if (e.kind == ExprKind::number) return true;
  if (e.kind == ExprKind::name) return scope.find(e.name, -1).has_value();
  return e.kind == ExprKind::binary && same_on_ranks(scope, e.children[0]) &&
         same_on_ranks(scope, e.children[1]);
}

void check_numbers(const std::vector<std::int64_t>& numbers, Position at) {
  if (static_cast<std::int64_t>(numbers.size()) > Limits::experts) {
    throw TextError(at, fmt::format("{} experts on one rank; the limit is {}", numbers.size(),
                                    Limits::experts));
  }
  for (const std::int64_t number : numbers) {
    if (number < -1 || number >= Limits::experts) {
      throw TextError(at, fmt::format("expert {}; they are numbered from 0 to {}, or -1 for a slot "
                                      "that was never loaded",
                                      number, Limits::experts - 1));
    }
  }
}

/// Every rank's part of one weight, rank by rank.
class WeightHolder {
 public:
  WeightHolder(const Scope& scope, const WeightDecl& decl)
      : scope_(scope), decl_(decl), numbered_(is_numbered(decl.kind)) {
    for (const Expr& e : decl.dimensions) {
      extents_.emplace_back();
      same_.push_back(same_on_ranks(scope, e));
    }
  }

  static bool is_numbered(WeightKind kind) {
    return kind == WeightKind::experts || kind == WeightKind::table;
  }

  HeldWeight held(int rank) {
    HeldWeight held{decl_.kind, decl_.name, decl_.at, {}, {}, {}};
    if (numbered_) hold_numbers(rank, held);
    for (std::size_t i = numbered_ ? 1 : 0; i < decl_.dimensions.size(); ++i) {
      held.dimensions.push_back(share_of(scope_, extent(i, rank), rank));
      const std::int64_t total = held.dimensions.back().total;
      if (total < 1 || total > Limits::width) {
        throw TextError(
            decl_.dimensions[i].at,
            fmt::format("a dimension of {}; it must be from 1 to {}", total, Limits::width));
      }
    }
    return held;
  }

 private:
  const Extent& extent(std::size_t i, int rank) {
    if (rank == 0 || !same_[i]) extents_[i] = extent_of(scope_, decl_.dimensions[i], rank);
    return extents_[i];
  }

  /// `E / ep` is a block of logical numbers; anything else is an expression giving the list.
  void hold_numbers(int rank, HeldWeight& weight) {
    const Expr& e = decl_.dimensions[0];
    if (is_split(e)) {
      const HeldDimension block = share_of(scope_, extent(0, rank), rank);
      if (block.total > Limits::experts) {
        throw TextError(e.at,
                        fmt::format("{} experts; the limit is {}", block.total, Limits::experts));
      }
      for (std::int64_t i = 0; i < block.width; ++i) weight.numbers.push_back(block.begin + i);
      return;
    }
    const Value value = scope_.evaluate(e, rank);
    if (std::holds_alternative<List>(value.data)) {
      weight.numbers = as_integers(value, e.at, "the experts of a rank");
    } else {
      const std::int64_t count = as_integer(value, e.at, "the number of experts");
      if (count > Limits::experts) {
        throw TextError(e.at, fmt::format("{} experts; the limit is {}", count, Limits::experts));
      }
      for (std::int64_t i = 0; i < count; ++i) weight.numbers.push_back(i);
    }
    check_numbers(weight.numbers, e.at);
  }

  const Scope& scope_;
  const WeightDecl& decl_;
  bool numbered_;
  std::vector<Extent> extents_;
  std::vector<bool> same_;
};

/// The axes along which the held numbers differ between two ranks that differ only there.
Group number_split(const Mesh& mesh, const std::vector<HeldWeight>& ranks) {
  Group split;
  int stride = mesh.ranks();
  for (int axis = 0; axis < mesh.axes(); ++axis) {
    stride /= static_cast<int>(mesh.size(axis));
    for (int rank = 0; rank < mesh.ranks(); ++rank) {
      const int first = rank - mesh.coordinate(rank, axis) * stride;
      if (ranks[static_cast<std::size_t>(rank)].numbers !=
          ranks[static_cast<std::size_t>(first)].numbers) {
        split.axes.push_back(axis);
        break;
      }
    }
  }
  return split;
}

const WeightDecl* find_decl(const Scenario& scenario, const Variant* variant,
                            const std::string& name) {
  const auto named = [&](const WeightDecl& w) { return w.name == name; };
  if (variant != nullptr) {
    const auto found = std::ranges::find_if(variant->weights, named);
    if (found != variant->weights.end()) return &*found;
  }
  const auto found = std::ranges::find_if(scenario.weights, named);
  return found == scenario.weights.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> weight_names(const Scenario& scenario) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<WeightDecl>& weights) {
    for (const WeightDecl& w : weights) {
      if (std::ranges::find(names, w.name) == names.end()) names.push_back(w.name);
    }
  };
  add(scenario.weights);
  for (const Variant& variant : scenario.variants) add(variant.weights);
  return names;
}

Holdings::Holdings(const Scope& scope) : scope_(scope), names_(weight_names(scope.scenario())) {}

HeldWeights Holdings::of(const Variant* variant) {
  HeldWeights result;
  std::int64_t numbers = 0;
  const auto count = [&](const WeightDecl& decl, const HeldWeight& held) {
    numbers += static_cast<std::int64_t>(held.numbers.size());
    if (numbers <= Limits::held_experts) return;
    throw TextError(
        decl.at, fmt::format("all ranks together hold {} experts or more; the limit is {}", numbers,
                             Limits::held_experts));
  };
  for (const std::string& name : names_) {
    const WeightDecl* decl = find_decl(scope_.scenario(), variant, name);
    if (decl == nullptr) {
      result.emplace_back();  // another variant's weight: unknown here
      continue;
    }
    if (const auto known = held_.find(decl); known != held_.end()) {
      for (const HeldWeight& held : known->second) count(*decl, held);
      result.emplace_back(known->second);
      continue;
    }
    std::vector<HeldWeight> ranks;
    WeightHolder holder(scope_, *decl);
    for (int rank = 0; rank < scope_.mesh().ranks(); ++rank) {
      ranks.push_back(holder.held(rank));
      count(*decl, ranks.back());
    }
    if (WeightHolder::is_numbered(decl->kind)) {
      const Group split = number_split(scope_.mesh(), ranks);
      for (HeldWeight& weight : ranks) weight.number_split = split;
    }
    result.emplace_back(held_.emplace(decl, std::move(ranks)).first->second);
  }
  return result;
}

}  // namespace reducecheck
