// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: experts and MLPs, all members of a family in one pass over the weights.
#pragma once

#include <algorithm>
#include <bit>
#include <span>

#include "sim/run/state.hpp"

namespace reducecheck {

/// Where the entries of the groups lie in the arena, and that their results are zeros.
template <class D>
void Interpreter<D>::State::load_families() {
  families_.find(*plan_);
  added_.clear();
  rows_added_.assign(plan_->values.size(), all_rows);
  for (const WeightFamilies::Member& member : families_.members()) {
    const PlanValue& y = shape(member.result);
    if (plan_->steps[member.step].kind == StepKind::mlp || y.rows > most_rows) continue;
    std::fill_n(data(member.result), static_cast<std::ptrdiff_t>(y.rows) * y.width, Scalar{});
    rows_added_[static_cast<std::size_t>(member.result)] = 0;
  }
  shares_.clear();
  for (std::size_t i = 0; i < plan_->steps.size(); ++i) {
    const WeightFamilies::Family* family = families_.led_by(i);
    if (family == nullptr) continue;
    for (const WeightFamilies::Group& group : families_.groups_of(*family)) {
      shares_.resize(std::max(shares_.size(), group.last));
      for (std::size_t e = group.first; e < group.last; ++e) {
        const WeightFamilies::Member& member = families_.members()[families_.entries()[e]];
        shares_[e] = {member.share.begin - group.all.begin, member.share.end - group.all.begin,
                      data(member.result)};
      }
    }
  }
}

/// The rows that experts added to in the run before are zeros again.
template <class D>
void Interpreter<D>::State::clear_added_rows() {
  for (const int value : added_) {
    std::uint64_t& rows = rows_added_[static_cast<std::size_t>(value)];
    const std::ptrdiff_t width = shape(value).width;
    for (; rows != 0; rows &= rows - 1) {
      std::fill_n(data(value) + std::countr_zero(rows) * width, width, Scalar{});
    }
  }
  added_.clear();
}

template <class D>
void Interpreter<D>::State::execute_family(const WeightFamilies::Family& family) {
  const Step& step = plan_->steps[family.step];
  if (step.kind == StepKind::experts) return experts(family, step);
  const PlanValue& x = shape(step.operands[0]);
  places_.clear();
  for (int r = 0; r < x.rows; ++r) places_.push_back(static_cast<std::size_t>(r * x.width));
  apply(families_.groups_of(family)[0], step, 0, data(step.operands[0]), nullptr);
}

/// What members of a group make of the rows at places_, which are `x`.
template <class D>
void Interpreter<D>::State::apply(const WeightFamilies::Group& group, const Step& step,
                                  std::int64_t logical, const Scalar* x, const Scalar* weights) {
  const std::uint64_t keys[3] = {key(step, logical, 0), key(step, logical, 1),
                                 key(step, logical, 2)};
  contractor_.gated_shares(
      {x, static_cast<std::size_t>(shape(step.operands[0]).width), places_, weights}, group.all,
      static_cast<std::size_t>(step.numbers[2]), keys,
      std::span(shares_).subspan(group.first, group.last - group.first));
}

/// The entries of the table that name an expert, by id and then in the order of the table.
template <class D>
void Interpreter<D>::State::find_named_rows(const Step& step) {
  const PlanValue& ids = shape(step.operands[1]);
  const std::int64_t* id = table_data(step.operands[1]);
  named_.clear();
  for (int r = 0; r < ids.rows; ++r) {
    for (int c = 0; c < ids.width; ++c, ++id) {
      if (*id >= 0) named_.push_back({*id, r, c});
    }
  }
  std::ranges::sort(named_);
}

/// Each member adds p * f(x) for each of its experts in order. One pass over the ids that are named
/// serves all members of a family whose groups ascend.
template <class D>
void Interpreter<D>::State::experts(const WeightFamilies::Family& family, const Step& step) {
  const PlanValue& y = shape(step.results[0]);
  if (y.rows > most_rows) {
    for (const WeightFamilies::Member& member :
         families_.members().subspan(family.first, family.last - family.first)) {
      std::fill_n(data(member.result), static_cast<std::ptrdiff_t>(y.rows) * y.width, Scalar{});
    }
  }
  find_named_rows(step);
  const std::span<const WeightFamilies::Group> groups = families_.groups_of(family);
  if (!family.ascending) {
    for (const WeightFamilies::Group& group : groups) {
      const auto rows = std::ranges::equal_range(named_, group.wanted, {}, &NamedRow::id);
      expert(group, step, group.logical, {rows.begin(), rows.end()});
    }
    return;
  }
  auto at = groups.begin();
  const WeightFamilies::Group* every = nullptr;
  if (at != groups.end() && at->wanted == WeightFamilies::every) every = &*at++;
  for (auto named = named_.begin(); named != named_.end();) {
    const std::int64_t wanted = named->id;
    const auto first = named;
    while (named != named_.end() && named->id == wanted) ++named;
    const std::span<const NamedRow> rows(first, named);
    while (at != groups.end() && at->wanted < wanted) ++at;
    bool waits = every != nullptr;
    for (; at != groups.end() && at->wanted == wanted; ++at) {
      expert(*at, step, at->logical, rows);
      waits = waits && at->logical != wanted;
    }
    if (waits) expert(*every, step, wanted, rows);
  }
}

/// The rows' results by expert `logical`, times their weights, are added to the group's.
template <class D>
void Interpreter<D>::State::expert(const WeightFamilies::Group& group, const Step& step,
                                   std::int64_t logical, std::span<const NamedRow> rows) {
  if (rows.empty()) return;
  const PlanValue& p = shape(step.operands[2]);
  const Scalar* x = data(step.operands[0]);
  const Scalar* weights = data(step.operands[2]);
  const auto width = static_cast<std::size_t>(shape(step.operands[0]).width);
  places_.clear();
  weights_.clear();
  if (gathered_.size() < rows.size() * width) gathered_.resize(rows.size() * width);
  std::uint64_t added = 0;
  Scalar* gathered = gathered_.data();
  for (const NamedRow& named : rows) {
    const int weight_row = p.rows == 1 ? 0 : named.row;
    places_.push_back(static_cast<std::size_t>(named.row) * width);
    weights_.push_back(weights[weight_row * p.width + (p.width == 1 ? 0 : named.column)]);
    gathered = std::copy_n(x + places_.back(), width, gathered);
    added |= std::uint64_t{1} << (named.row % most_rows);
  }
  for (std::size_t e = group.first; e < group.last; ++e) {
    const int result = families_.members()[families_.entries()[e]].result;
    std::uint64_t& rows_added = rows_added_[static_cast<std::size_t>(result)];
    if (rows_added == 0) added_.push_back(result);
    rows_added |= added;
  }
  apply(group, step, logical, gathered_.data(), weights_.data());
}

}  // namespace reducecheck
