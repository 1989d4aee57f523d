// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace reducecheck {
namespace {

using Kind = Coefficient::Kind;

std::int64_t deviation(const Observation& o) {
  if (o.coefficient.kind != Kind::number) return 0;
  const Fraction& v = o.coefficient.value;
  return v.is_integer() ? std::abs(v.numerator() - 1) : 1;
}

Deviation way_off(const Coefficient& c) {
  if (is_absent(c) || is_small_fraction(c)) return Deviation::too_few;
  const bool more = c.kind == Kind::number && c.power == 0 && Fraction(1) < c.value;
  return more ? Deviation::too_many : Deviation::otherwise;
}

std::string sentence(const Evidence& e, const Finding& f, const Observation& o) {
  const Addend& a = e.tangents.addend(o.addend);
  std::string what = e.source(o.addend).name;
  if (a.expert >= 0) what += fmt::format(" expert {}", a.expert);
  if (e.tangents.split(a.source).axes.size() > 0) what += fmt::format(", share {}", a.chunk);
  const int rank = e.consumer.values[static_cast<std::size_t>(o.value)].ranks[0];
  if (o.coefficient.kind == Kind::foreign) {
    return fmt::format("on rank {} {} counts where the reference has none of it", rank, what);
  }
  return fmt::format("on rank {} {} counts {} instead of 1", rank, what,
                     f.coefficient.empty() ? "otherwise" : f.coefficient);
}

}  // namespace

/// Numbers are fractions below 1 in the sense of 1/g.
bool is_small_fraction(const Coefficient& c) {
  return c.kind == Coefficient::Kind::number && c.power == 0 && Fraction(0) < c.value &&
         c.value < Fraction(1);
}

bool is_absent(const Coefficient& c) {
  return c.is(0) || c.kind == Coefficient::Kind::partly;
}

bool consumes_statistic(const Evidence& e) {
  if (e.consumer.step < 0) {
    return std::ranges::any_of(
        e.consumer.values, [&](const WrongValue& wrong) { return e.value(wrong.value).statistic; });
  }
  const Step& s = e.step(e.consumer.step);
  return s.kind == StepKind::norm || e.value(s.operands[0]).statistic ||
         s.kind == StepKind::pointwise || s.kind == StepKind::quantise;
}

Diagnosis make_diagnosis(const Evidence& e, const Observations& matching, const Answer& answer) {
  Diagnosis d{e.start(answer.defect_class), {}};
  std::set<int> sources;
  const Observation* largest = &matching[0];
  for (const Observation& o : matching) {
    sources.insert(e.tangents.addend(o.addend).source);
    if (deviation(o) > deviation(*largest)) largest = &o;
  }
  d.finding.branches = e.names(sources);
  if (answer.event >= 0) {
    const Step& s = e.event_step(answer.event);
    d.finding.group = e.group_text(s.group);
    d.finding.operation = s.text;
    d.finding.at = s.at;
  } else {
    d.finding.group = e.group_text(answer.group);
  }
  d.finding.coefficient = e.name_coefficient(largest->coefficient, d.finding.group);
  d.finding.detail = sentence(e, d.finding, *largest);
  d.deviation = way_off(largest->coefficient);
  return d;
}

}  // namespace reducecheck
