// SPDX-License-Identifier: Apache-2.0
// Rules 2 to 5: rows of other tokens, uninitialised memory, statistics of a part.
#include <fmt/format.h>

#include <algorithm>

#include "sim/judge/evidence.hpp"

namespace reducecheck {
namespace {

bool is_sum(StepKind kind) {
  return kind == StepKind::all_reduce_sum || kind == StepKind::all_reduce_avg ||
         kind == StepKind::reduce_scatter || kind == StepKind::reduce_scatter_cols ||
         kind == StepKind::reduce_scatter_v;
}

/// The axes along which the operands of a sum hold different tokens in some row.
std::set<int> token_axes(const Evidence& e, const Step& sum) {
  std::set<int> axes;
  for (std::size_t i = 0; i < sum.members.size(); ++i) {
    for (std::size_t j = i + 1; j < sum.members.size(); ++j) {
      std::vector<int> differing;
      for (int axis = 0; axis < e.mesh.axes(); ++axis) {
        if (e.mesh.coordinate(sum.members[i], axis) != e.mesh.coordinate(sum.members[j], axis)) {
          differing.push_back(axis);
        }
      }
      if (differing.size() != 1) continue;
      if (e.value(sum.operands[i]).tags != e.value(sum.operands[j]).tags) axes.insert(differing[0]);
    }
  }
  return axes;
}

std::set<int> addend_sources(const Evidence& e, const Step& sum) {
  std::set<int> sources;
  for (const int operand : sum.operands) {
    for (const auto& [addend, history] : e.tangents.of(operand).history) {
      sources.insert(e.tangents.addend(addend).source);
    }
  }
  return sources;
}

/// Rule 2: the group is too large when the tokens differ along axes that no summed weight is split
/// over; where they differ along the split axes themselves, no group would be right.
Diagnosis mixed_by_sum(const Evidence& e, const Step& sum) {
  const std::set<int> tokens = token_axes(e, sum);
  const std::set<int> sources = addend_sources(e, sum);
  std::set<int> weights;
  bool overlap = false;
  for (const int source : sources) {
    const Group split = e.tangents.split(source);
    if (!split.axes.empty()) weights.insert(source);
    for (const int axis : split.axes) overlap = overlap || tokens.contains(axis);
  }
  Diagnosis d{e.start(overlap ? "token_layout" : "wrong_group"), {}};
  d.finding.branches = e.names(weights);
  d.finding.group = e.group_text(sum.group);
  d.finding.operation = sum.text;
  d.finding.at = sum.at;
  std::string differ;
  for (const int axis : tokens) differ += (differ.empty() ? "" : ", ") + e.mesh.name(axis);
  d.finding.detail =
      fmt::format("the sum over {} adds rows of different tokens: they differ along {}",
                  d.finding.group, differ);
  return d;
}

std::optional<Diagnosis> mixed_rows(const Evidence& e) {
  for (const WrongValue& wrong : e.consumer.values) {
    for (const int row : wrong.rows) {
      const RowTag& tag = e.tags(wrong.value)[static_cast<std::size_t>(row)];
      if (tag.kind != RowTag::Kind::mixed) continue;
      const Step& cause = e.step(tag.index);
      if (is_sum(cause.kind)) return mixed_by_sum(e, cause);
      Diagnosis d{e.start("token_layout"), {}};
      d.finding.operation = cause.text;
      d.finding.at = cause.at;
      d.finding.detail = "rows of different tokens are combined";
      return d;
    }
  }
  return std::nullopt;
}

/// Whether an output has another number of features than is required.
bool has_other_width(const Evidence& e, const WrongValue& wrong) {
  if (e.consumer.output < 0 || wrong.ranks.empty()) return false;
  const auto& required = e.plan.required[static_cast<std::size_t>(e.consumer.output)];
  return e.value(wrong.value).width != required[static_cast<std::size_t>(wrong.ranks[0])].width;
}

std::optional<Diagnosis> other_rows(const Evidence& e) {
  for (const WrongValue& wrong : e.consumer.values) {
    const auto& actual = e.tags(wrong.value);
    bool other = e.consumer.output >= 0 && wrong.required.empty() && !wrong.rows.empty();
    other = other || has_other_width(e, wrong);
    for (const int row : wrong.rows) {
      const auto r = static_cast<std::size_t>(row);
      if (wrong.required.empty()) break;
      const RowTag& tag = actual[r];
      const RowTag& required = wrong.required[r];
      other = other || tag.kind == RowTag::Kind::padding || tag.kind == RowTag::Kind::stained ||
              (tag.kind == RowTag::Kind::token &&
               (tag.owner != required.owner || tag.index != required.index));
    }
    if (!other && !(e.consumer.output >= 0 && wrong.rows.empty())) continue;
    return Diagnosis{e.start("token_layout"), {}};
  }
  return std::nullopt;
}

std::optional<Diagnosis> uninitialised(const Evidence& e) {
  const auto reached = [&](int id) {
    const auto& tainted = e.tangents.of(id).tainted;
    return std::ranges::find(tainted, true) != tainted.end();
  };
  bool any = false;
  for (const WrongValue& wrong : e.consumer.values) {
    any = any || reached(wrong.value);
    for (const int row : wrong.rows) {
      any = any || e.tags(wrong.value)[static_cast<std::size_t>(row)].kind == RowTag::Kind::garbage;
    }
  }
  if (e.consumer.step >= 0) {
    for (const int operand : e.step(e.consumer.step).operands) any = any || reached(operand);
  }
  if (!any) return std::nullopt;
  Diagnosis d{e.start("token_layout"), {}};
  d.finding.branches = {"uninitialised"};
  d.finding.detail = "uninitialised memory reaches it";
  return d;
}

std::optional<Diagnosis> partial_statistic(const Evidence& e) {
  if (e.consumer.step < 0) return std::nullopt;
  const Step& s = e.step(e.consumer.step);
  const bool statistic =
      std::ranges::any_of(s.operands, [&](int operand) { return e.value(operand).statistic; });
  bool other_features = false;
  if (s.kind == StepKind::norm && !e.consumer.reference.empty()) {
    const PlanValue& mine = e.value(s.operands[0]);
    other_features = std::ranges::none_of(e.consumer.reference, [&](int id) {
      const PlanValue& theirs = e.value(id);
      return theirs.width == mine.width &&
             (mine.features.total == 0 || theirs.features.total == 0 ||
              mine.features.begin == theirs.features.begin);
    });
  }
  if (!statistic && !other_features) return std::nullopt;
  Diagnosis d{e.start("nonlinear_on_unreduced"), {}};
  d.finding.detail = other_features ? "the statistic is taken over other features than all of them"
                                    : "the statistic is that of one rank's part";
  return d;
}

}  // namespace

std::optional<Diagnosis> classify_rows(const Evidence& e) {
  if (auto d = mixed_rows(e)) return d;
  if (auto d = other_rows(e)) return d;
  if (auto d = uninitialised(e)) return d;
  return partial_statistic(e);
}

}  // namespace reducecheck
