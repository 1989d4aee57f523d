// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/power.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "sim/certify/dominant_partials.hpp"
#include "sim/certify/order_bounds.hpp"
#include "sim/certify/rounding_judge.hpp"
#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t tried_ranks = 8;

/// Relative and absolute tolerance.
struct Tolerances {
  double relative = 0;
  double absolute = 0;
};

/// https://docs.pytorch.org/docs/stable/testing.html
std::optional<Tolerances> torch_tolerances(Format format) {
  switch (format) {
    case Format::fp32: return Tolerances{1.3e-6, 1e-5};
    case Format::bf16: return Tolerances{1.6e-2, 1e-5};
    case Format::fp16: return Tolerances{1e-3, 1e-5};
    default: return std::nullopt;
  }
}

/// Whether the check calls element i wrong if the sum has this value.
using Check = std::function<bool(std::size_t i, float sum)>;

struct NamedCheck {
  std::string name;
  Check wrong;
  const std::vector<double>* bounds = nullptr;
};

class Experiment {
 public:
  Experiment(const SumOrder& order, std::uint64_t seed)
      : order_(order), bounds_(order, 1), running_(power_elements), any_(power_elements) {
    for (int r = 0; r < order.ranks; ++r) {
      const std::uint64_t row = row_key(mix(seed), static_cast<std::uint64_t>(r));
      leaves_.emplace_back();
      for (std::size_t i = 0; i < power_elements; ++i) {
        leaves_.back().push_back(rounded(near_normal(element(row, i))));
      }
    }
    sums_ = sum(leaves_, running_);
    const bool once = order.rounding == SumRounding::once;
    const FamilyBound family = family_bound(once ? SumFamily::wide_once : SumFamily::each_addition,
                                            {order.format, order.ranks, 1, 0});
    family_bounds(family, order.format, pointers(leaves_), power_elements, any_.data());
    for (std::size_t i = 0; i < power_elements; ++i) {
      double exact = 0;
      for (const std::vector<float>& leaf : leaves_) exact += static_cast<double>(leaf[i]);
      exact_.push_back(exact);
    }
  }

  std::vector<CheckPower> run() {
    std::vector<CheckPower> powers;
    for (const NamedCheck& check : checks()) {
      CheckPower power{order_.ranks, check.name};
      power.alarms = share(check.wrong, sums_);
      power.dropped_seen = share(check.wrong, with_a_rank_dropped());
      power.median_ratio = check.bounds == nullptr ? 0 : median_ratio(*check.bounds);
      power.smallest = power.alarms > 0 ? 0 : smallest_seen(check.wrong);
      powers.push_back(std::move(power));
    }
    return powers;
  }

 private:
  using Leaves = std::vector<std::vector<float>>;

  [[nodiscard]] float rounded(float x) const {
    return widen(order_.format, round_to(order_.format, x));
  }
  static std::vector<const float*> pointers(const Leaves& leaves) {
    std::vector<const float*> result;
    for (const std::vector<float>& leaf : leaves) result.push_back(leaf.data());
    return result;
  }

  std::vector<float> sum(const Leaves& leaves, std::vector<double>& bounds) {
    bounds_.run(0, 0, pointers(leaves), power_elements, bounds);
    const std::span<const float> values = bounds_.values(0);
    return {values.begin(), values.end()};
  }

  [[nodiscard]] std::vector<NamedCheck> checks() const {
    const auto outside = [this](const std::vector<double>& bounds) {
      return [this, &bounds](std::size_t i, float sum) {
        return !(std::abs(static_cast<double>(sum) - exact_[i]) <= bounds[i]);
      };
    };
    std::vector<NamedCheck> all = {
        {"bound of any order", outside(any_), &any_},
        {"running bound", outside(running_), &running_},
        {"replay", [this](std::size_t i, float sum) { return !(sum == sums_[i]); }}};
    if (const auto torch = torch_tolerances(order_.format)) {
      all.push_back({"allclose", [this, torch](std::size_t i, float sum) {
                       return !(std::abs(static_cast<double>(sum) - exact_[i]) <=
                                torch->absolute + torch->relative * std::abs(exact_[i]));
                     }});
    }
    return all;
  }

  static double share(const Check& wrong, const std::vector<float>& sums) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < sums.size(); ++i)
      count += static_cast<std::size_t>(wrong(i, sums[i]));
    return static_cast<double>(count) / static_cast<double>(sums.size());
  }

  [[nodiscard]] double median_ratio(const std::vector<double>& bounds) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < power_elements; ++i) {
      const double error = std::abs(static_cast<double>(sums_[i]) - exact_[i]);
      if (error > 0) ratios.push_back(bounds[i] / error);
    }
    if (ratios.empty()) return 0;
    const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
    std::ranges::nth_element(ratios, middle);
    return *middle;
  }

  std::vector<float> with_a_rank_dropped() {
    Leaves leaves = leaves_;
    for (std::size_t i = 0; i < power_elements; ++i) leaves[mix(i) % leaves.size()][i] = 0;
    return sum(leaves, scratch());
  }

  /// What comes out if the coefficient of a rank is 1 + error.
  std::vector<float> with_coefficient(std::size_t rank, double error) {
    Leaves leaves = leaves_;
    for (float& x : leaves[rank])
      x = rounded(static_cast<float>(static_cast<double>(x) * (1 + error)));
    return sum(leaves, scratch());
  }

  double smallest_seen(const Check& wrong) {
    double smallest = 0;
    const int half_bits = 2 * (traits(order_.format).fraction_bits + 6);
    const std::size_t ranks = leaves_.size();
    const std::size_t stride = std::max<std::size_t>(1, ranks / tried_ranks);
    for (int k = 0; k <= half_bits; ++k) {
      const double error = std::exp2(-k / 2.0);
      for (std::size_t rank = 0; rank < ranks; rank += stride) {
        if (share(wrong, with_coefficient(rank, error)) == 0) return smallest;
      }
      smallest = error;
    }
    return smallest;
  }

  std::vector<double>& scratch() {
    scratch_.resize(power_elements);
    return scratch_;
  }

  const SumOrder& order_;
  OrderBounds bounds_;
  Leaves leaves_;
  std::vector<double> running_;
  std::vector<double> any_;
  std::vector<double> scratch_;
  std::vector<float> sums_;
  std::vector<double> exact_;  // of at most 2^10 numbers: far nearer than any tolerance
};

}  // namespace

std::vector<CheckPower> power_of_checks(const PowerRequest& request, std::string& refusal) {
  std::vector<CheckPower> powers;
  for (const int ranks : request.ranks) {
    const MadeOrder made =
        make_order(request.order, {power_elements, ranks, request.format, request.settings});
    if (!made.order) {
      refusal = made.refusal;
      return {};
    }
    for (CheckPower& power : Experiment(*made.order, request.seed).run()) {
      powers.push_back(std::move(power));
    }
  }
  return powers;
}

}  // namespace reducecheck
