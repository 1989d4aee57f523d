// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: the bodies of Interpreter, instantiated once a domain in run_<domain>.cpp.
#pragma once

#include <algorithm>

#include "sim/profile/phase.hpp"
#include "sim/run/interpreter.hpp"

#include "sim/run/state.hpp"

namespace reducecheck {
namespace detail {

inline bool divides(const Step& step) {
  switch (step.kind) {
    case StepKind::divide:
    case StepKind::reciprocal:
    case StepKind::norm:
    case StepKind::all_reduce_avg: return true;
    default: return !step.scalar.is_integer();
  }
}

}  // namespace detail

template <class D>
bool runs_in(const Plan& plan) {
  return D::divides || std::ranges::none_of(plan.steps, detail::divides);
}

template <class D>
void Interpreter<D>::State::load(const Plan& plan, const SumOrders* orders) {
  plan_ = &plan;
  orders_ = orders;
  arena_.lay_out(plan, LineAllocator<Scalar>::line / sizeof(Scalar));
  if (numbers_.size() < arena_.numbers()) numbers_.resize(arena_.numbers());
  if (tables_.size() < arena_.ids()) tables_.resize(arena_.ids());
  load_families();
  load_addends();
  functions_.assign(plan.steps.size(), Function::act);
  computed_.clear();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.kind == StepKind::pointwise) functions_[i] = function_named(step.function);
    const bool waits = WeightFamilies::is_gated(step) && families_.led_by(i) == nullptr;
    if (!waits && !Arena::shares(step)) computed_.push_back({i, families_.led_by(i)});
  }
  source_hash_.clear();
  for (const Source& source : plan.sources) {
    // The hash of "input NAME" without the string.
    source_hash_.push_back(source.is_input ? name_hash(source.name, name_hash("input "))
                                           : name_hash(source.name));
  }
  source_key_.resize(source_hash_.size());
}

template <class D>
void Interpreter<D>::State::run(std::uint64_t seed) {
  const InPhase phase(Phase::other_steps);
  for (std::size_t i = 0; i < source_hash_.size(); ++i) {
    source_key_[i] = mix(mix(seed) ^ source_hash_[i]);
  }
  if (plan_->scale_free_norm) {
    std::size_t rows = 0;
    for (const Step& step : plan_->steps) {
      if (step.kind == StepKind::norm)
        rows += static_cast<std::size_t>(shape(step.results[0]).rows);
    }
    representatives_.start(rows);
  }
  clear_added_rows();
  for (const Computed& computed : computed_) execute(computed);
}

template <class D>
void Interpreter<D>::State::execute(const Computed& computed) {
  const Step& step = plan_->steps[computed.step];
  const StepKind kind = step.kind;
  if (computed.family != nullptr) {
    execute_family(*computed.family);
  } else if (shape(step.results[0]).integer && kind < StepKind::all_reduce_sum) {
    execute_table(step);
  } else if (kind <= StepKind::constant) {
    execute_leaf(step);
  } else if (kind <= StepKind::table) {
    execute_weight(step);
  } else if (kind <= StepKind::select) {
    execute_elementwise(step, functions_[computed.step]);
  } else if (kind < StepKind::all_reduce_sum) {
    execute_rows(step);
  } else {
    execute_collective(step);
  }
}

template <class D>
Interpreter<D>::Interpreter() : state_(std::make_unique<State>()) {}
template <class D>
Interpreter<D>::~Interpreter() = default;
template <class D>
Interpreter<D>::Interpreter(Interpreter&&) noexcept = default;
template <class D>
Interpreter<D>& Interpreter<D>::operator=(Interpreter&&) noexcept = default;

template <class D>
void Interpreter<D>::load(const Plan& plan, const SumOrders* orders) {
  state_->load(plan, orders);
}

template <class D>
void Interpreter<D>::run(std::uint64_t seed) {
  state_->run(seed);
}

template <class D>
const typename D::Scalar* Interpreter<D>::numbers(int value) const {
  return state_->data(value);
}

template <class D>
const std::int64_t* Interpreter<D>::ids(int value) const {
  return state_->table_data(value);
}

}  // namespace reducecheck
