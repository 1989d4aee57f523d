// SPDX-License-Identifier: Apache-2.0
// Functions as addends. No addend crosses a function, so that one which is lost, or applied where
// the reference does not, shows in no coefficient but its own.
#include <algorithm>

#include "sim/judge/tangent_run.hpp"

namespace reducecheck {
namespace {

/// The function whose result stops the addends of its argument; empty: none that has a name. A norm
/// lets them pass and brings the root that it multiplies them by: `root` is the name of both.
std::string function_name(const Step& step, const std::string& root) {
  switch (step.kind) {
    case StepKind::pointwise: return step.function == "rsqrt" ? root : step.function;
    case StepKind::quantise: return "quant";
    case StepKind::norm: return root;
    case StepKind::topk: return "topk";
    case StepKind::reciprocal: return "quotient";
    case StepKind::max_cols:
    case StepKind::max_all:
    case StepKind::all_reduce_max: return "max";
    default: return "";
  }
}

/// Whether one element of the result needs one element of the argument, or one number of a row.
bool has_argument_key(const Step& step) {
  return step.kind == StepKind::pointwise || step.kind == StepKind::quantise ||
         step.kind == StepKind::reciprocal || step.kind == StepKind::norm;
}

}  // namespace

const Source& TangentRun::source(int index) const {
  const auto i = static_cast<std::size_t>(index);
  return is_function(index) ? functions_[i - plan_.sources.size()] : plan_.sources[i];
}

void TangentRun::index_applications() {
  for (const Execution& execution : plan_.reference.executions[0]) {
    const Step& s = plan_.steps[static_cast<std::size_t>(execution.step)];
    if (s.kind == StepKind::norm) root_ = "norm";
  }
  for (const Execution& execution : plan_.reference.executions[0]) {
    const Step& s = plan_.steps[static_cast<std::size_t>(execution.step)];
    if (!has_argument_key(s)) continue;
    const PlanValue& y = shape(s.results[0]);
    const auto& tags = plan_.tag_lists[static_cast<std::size_t>(y.tags)];
    for (int row = 0; row < y.rows; ++row) {
      const auto token = token_of(tags[static_cast<std::size_t>(row)]);
      const int columns = s.kind == StepKind::norm ? std::min(1, y.width) : y.width;
      for (int j = 0; token && j < columns; ++j) {
        applications_.try_emplace(
            {function_name(s, root_), *token, argument_key(plan_, values_, s, row, j)},
            execution.step);
      }
    }
  }
}

/// The step of the reference that the step repeats, told by its first row of a token; -1: none.
int TangentRun::application(const Step& s, const std::string& function) const {
  if (!has_argument_key(s)) return 0;
  const PlanValue& y = shape(s.results[0]);
  if (y.width == 0) return -1;
  const auto& tags = plan_.tag_lists[static_cast<std::size_t>(y.tags)];
  for (std::size_t row = 0; row < tags.size(); ++row) {
    const auto token = token_of(tags[row]);
    if (!token) continue;
    const auto found = applications_.find(
        {function, *token, argument_key(plan_, values_, s, static_cast<int>(row), 0)});
    return found == applications_.end() ? -1 : found->second;
  }
  return -1;
}

void TangentRun::begin_function(const Step& s, int result, TangentBuilder& out) {
  const std::string name = with_functions_ ? function_name(s, root_) : "";
  const PlanValue& y = shape(result);
  if (name.empty() || y.integer) return;
  const auto known = std::ranges::find(functions_, name, &Source::name);
  const auto place = static_cast<int>(known - functions_.begin());
  if (known == functions_.end()) functions_.push_back({name});
  const int addend =
      id({static_cast<int>(plan_.sources.size()) + place, application(s, name), -1, 0});
  out.history(addend).section = s.section;
  for (int row = 0; row < y.rows; ++row) {
    std::uint64_t* part = out.part(addend, row);
    for (int j = 0; j < y.width; ++j) part[j] = Prime::add(part[j], number(result, row, j));
  }
}

}  // namespace reducecheck
