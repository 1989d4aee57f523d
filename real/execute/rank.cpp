// SPDX-License-Identifier: Apache-2.0
#include "real/execute/rank.hpp"

namespace reducecheck::real {
namespace {

bool divides(const Step& step) {
  return step.kind == StepKind::divide || step.kind == StepKind::reciprocal ||
         step.kind == StepKind::norm || step.kind == StepKind::all_reduce_avg ||
         !step.scalar.is_integer();
}

/// Of kinds that kernels may compute; all others are one.
const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::linear: return "linear";
    case StepKind::mlp: return "mlp";
    case StepKind::experts: return "experts";
    case StepKind::add: return "add";
    case StepKind::multiply: return "multiply";
    case StepKind::scale: return "scale";
    case StepKind::norm: return "norm";
    default: return "others";
  }
}

}  // namespace

bool can_execute(const Plan& plan, const Run& run, ElementType type) {
  if (type != ElementType::mod64) return true;
  for (const std::vector<Execution>& executions : run.executions) {
    for (const Execution& one : executions) {
      if (divides(plan.steps[static_cast<std::size_t>(one.step)])) return false;
    }
  }
  return true;
}

RankExecutor::RankExecutor(const Plan& plan, ElementType type, std::uint64_t seed, int rank,
                           Transport& transport, LocalWork* work)
    : plan_(plan),
      arithmetic_(type),
      seed_(seed),
      rank_(rank),
      transport_(transport),
      work_(work) {}

void RankExecutor::execute(const Run& run) {
  for (const Execution& one : run.executions[static_cast<std::size_t>(rank_)]) {
    step(plan_.steps[static_cast<std::size_t>(one.step)]);
  }
}

void RankExecutor::step(const Step& step) {
  if (step.kind >= StepKind::all_reduce_sum) return collective(step);
  if (step.kind <= StepKind::constant) return leaf(step);
  served_ = refused_ = 0;
  compute(step);
  StepPlaces& places = places_[kind_name(step.kind)];
  ++(served_ > 0 && refused_ == 0 ? places.elsewhere : places.here);
}

bool RankExecutor::elsewhere(const std::function<bool(LocalWork&)>& work) {
  const bool done = work_ != nullptr && work(*work_);
  ++(done ? served_ : refused_);
  return done;
}

void RankExecutor::compute(const Step& step) {
  const StepKind kind = step.kind;
  const bool integer = plan_.values[static_cast<std::size_t>(step.results[0])].integer;
  switch (kind) {
    case StepKind::linear: return linear(step);
    case StepKind::mlp: return mlp(step);
    case StepKind::experts: return experts(step);
    case StepKind::table: return table(step);
    case StepKind::select: return select(step);
    case StepKind::matmul: return matmul(step);
    case StepKind::integer_binary:
    case StepKind::integer_constant:
    case StepKind::look_up: return ids(step);
    case StepKind::scale:
    case StepKind::shift:
    case StepKind::reciprocal:
    case StepKind::pointwise: return unary(step);
    default: break;
  }
  if (kind < StepKind::select && !integer) return pointwise(step);
  rows(step);
}

LocalTensor RankExecutor::blank(int value) const {
  const PlanValue& shape = plan_.values[static_cast<std::size_t>(value)];
  LocalTensor tensor{shape.rows, shape.width, shape.integer, {}};
  tensor.elements.assign(
      static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.width), 0);
  return tensor;
}

LocalTensor& RankExecutor::make(const Step& step, std::size_t result) {
  const int value = step.results[result];
  return values_.insert_or_assign(value, blank(value)).first->second;
}

}  // namespace reducecheck::real
