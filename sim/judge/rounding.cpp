// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace reducecheck {
namespace {

constexpr std::int64_t block = 4096;

std::vector<SumLeaf> sorted(std::vector<SumLeaf> leaves) {
  std::ranges::sort(leaves);
  return leaves;
}

std::string step_text(const Plan& plan, int value) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
  const Step& step = plan.steps[static_cast<std::size_t>(shape.step)];
  if (!step.text.empty()) return fmt::format("{} at line {}", step.text, step.at.line);
  if (step.source >= 0) return plan.sources[static_cast<std::size_t>(step.source)].name;
  return fmt::format("line {}", step.at.line);
}

}  // namespace

template <class D>
void VariantRounding<D>::read(int value, std::int64_t element, std::int64_t count,
                              std::vector<float>& numbers) const {
  numbers.resize(static_cast<std::size_t>(count));
  const auto* from = values_.numbers(value) + element;
  for (float& number : numbers) number = D::to_compute(*from++);
}

/// Not what the sum is, which was computed, but how far that may be from the exact sum.
template <class D>
void VariantRounding<D>::replay(const SumSteps& steps, std::span<const float* const> leaves,
                                std::span<double> bounds) {
  numbers_.resize(bounds.size());
  SumReplay(steps).run(leaves, bounds.size(), numbers_, bounds);
}

template <class D>
void VariantRounding<D>::say_why(const TracedSum& left, const TracedSum& right) {
  if (!reason_.empty()) return;
  if (left.leaves.empty() || right.leaves.empty()) {
    reason_ = fmt::format("a sum of more than {} terms", most_traced_leaves);
    return;
  }
  std::vector<SumLeaf> only;
  std::ranges::set_difference(sorted(left.leaves), sorted(right.leaves), std::back_inserter(only));
  const int value = only.empty() ? right.leaves.front().value : only.front().value;
  reason_ = fmt::format("not sums of the same terms: one goes through {}", step_text(plan_, value));
}

template <class D>
std::int64_t VariantRounding<D>::judge_range(int left, int right, std::int64_t element, int rank) {
  const TracedSum of_left = trace_sum(plan_, left, element, D::format, orders_);
  const TracedSum of_right = trace_sum(plan_, right, element, D::format, orders_);
  const bool same = !of_left.leaves.empty() && sorted(of_left.leaves) == sorted(of_right.leaves);
  if (!same) say_why(of_left, of_right);
  const std::int64_t count = std::min({of_left.count, of_right.count, block});
  const auto n = static_cast<std::size_t>(count);
  std::vector<double> left_bounds(n, std::numeric_limits<double>::infinity());
  std::vector<double> right_bounds = left_bounds;
  std::vector<std::vector<float>> leaves(same ? of_left.leaves.size() : 0);
  std::vector<const float*> pointers;
  for (std::size_t l = 0; l < leaves.size(); ++l) {
    read(of_left.leaves[l].value, of_left.leaves[l].element, count, leaves[l]);
    pointers.push_back(leaves[l].data());
  }
  if (same) {
    replay(of_left.steps, pointers, left_bounds);
    // The same leaves, as the right sum has them.
    std::vector<const float*> of_right_leaves;
    for (const SumLeaf& leaf : of_right.leaves) {
      const auto place = std::ranges::find(of_left.leaves, leaf) - of_left.leaves.begin();
      of_right_leaves.push_back(pointers[static_cast<std::size_t>(place)]);
    }
    replay(of_right.steps, of_right_leaves, right_bounds);
  }
  std::vector<float> left_numbers;
  std::vector<float> right_numbers;
  read(left, element, count, left_numbers);
  read(right, element, count, right_numbers);
  judge_.judge({pointers, n, left_numbers.data(), right_numbers.data(), left_bounds.data(),
                right_bounds.data(), static_cast<std::size_t>(element), rank});
  return count;
}

template <class D>
void VariantRounding<D>::judge(int left, int right, int rank) {
  const PlanValue& shape = plan_.values[static_cast<std::size_t>(left)];
  const std::int64_t size = std::int64_t{shape.rows} * shape.width;
  for (std::int64_t element = 0; element < size;)
    element += judge_range(left, right, element, rank);
}

template <class D>
RoundingFinding VariantRounding<D>::finding() const {
  RoundingFinding finding{judge_.report(), ""};
  if (finding.report.undecided == 0) return finding;
  finding.reason = reason_.empty() ? "a sum leaves the range of the format" : reason_;
  return finding;
}

template class VariantRounding<Float32>;
template class VariantRounding<BFloat16>;
template class VariantRounding<Float16>;
template class VariantRounding<Fp8E4M3>;
template class VariantRounding<Fp8E5M2>;

}  // namespace reducecheck
