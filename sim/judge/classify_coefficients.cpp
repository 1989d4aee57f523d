// SPDX-License-Identifier: Apache-2.0
// Rules 6 to 12: what the coefficients say. Each rule is asked in turn; the first that some addend
// answers to names the class, and all addends that answer to it name the branches.
#include <algorithm>

#include "sim/judge/answer.hpp"

namespace reducecheck {
namespace {

using Kind = Coefficient::Kind;

/// A finding of `defect_class` with the addends that `applies` to.
template <class Predicate>
std::optional<Diagnosis> each(const Evidence& e, const std::string& defect_class,
                              Predicate applies) {
  Observations matching;
  std::ranges::copy_if(e.reading.wrong, std::back_inserter(matching), applies);
  if (matching.empty()) return std::nullopt;
  return make_diagnosis(e, matching, {defect_class});
}

/// Rule 8: experts that another rank's table answers for.
std::optional<Diagnosis> ownership(const Evidence& e) {
  const auto expert = [&](const Observation& o) { return is_expert(e.source(o.addend)); };
  // One call's table answers for one layer: what other layers lack is no other owner's.
  const auto layer = [&](const Observation& o) {
    const Addend& addend = e.tangents.addend(o.addend);
    return std::pair{addend.source, addend.layer};
  };
  std::set<std::pair<int, std::int64_t>> misplaced;
  for (const Observation& o : e.reading.wrong) {
    if (expert(o) && (is_absent(o.coefficient) || o.coefficient.kind == Kind::foreign)) {
      misplaced.insert(layer(o));
    }
  }
  const auto combined = [&](const Observation& o) {
    const History* h = e.history(o);
    return h != nullptr && std::ranges::any_of(h->events, [&](int event) {
             return e.event_step(event).kind == StepKind::combine;
           });
  };
  return each(e, "ownership_count", [&](const Observation& o) {
    if (!expert(o)) return false;
    const Kind kind = o.coefficient.kind;
    return kind == Kind::foreign || (kind == Kind::unknown && misplaced.contains(layer(o))) ||
           (kind == Kind::partly && combined(o));
  });
}

/// Whether the classes that a lost or added function takes on, since no addend crosses one, leave
/// the question open. Asking costs another run of tangents.
bool may_be_a_function(const Diagnosis& d) {
  const std::string& name = d.finding.defect_class;
  return name == "unclassified" || name == "missing_branch" ||
         (name == "addend_in_sum" && d.finding.coefficient == "?");
}

}  // namespace

Diagnosis classify_coefficients(const Evidence& e) {
  const auto scaled = [&](const Observation& o) {
    return o.coefficient.kind == Kind::number && o.coefficient.power != 0 &&
           e.source(o.addend).kind != WeightKind::scalar;
  };
  const auto unknown = [](const Observation& o) { return o.coefficient.kind == Kind::unknown; };
  const auto plain = [&](const Observation& o) {
    return unknown(o) && is_plain(e.source(o.addend));
  };
  if (auto d = each(e, "scale_placement", scaled)) return *d;
  if (auto d = classify_overcounted(e)) return *d;
  if (auto d = ownership(e)) return *d;
  if (auto d = classify_absent(e)) return *d;
  if (auto d = each(e, "addend_in_sum", plain)) return *d;
  const bool statistic = consumes_statistic(e);
  if (auto d = each(e, statistic ? "nonlinear_on_unreduced" : "scale_placement", unknown)) {
    return *d;
  }
  Diagnosis d{e.start("unclassified"), {}};
  d.finding.detail = e.reading.wrong.empty()
                         ? "every addend counts once, and the value is still wrong"
                         : "the addends found there are not the reference's";
  return d;
}

Diagnosis classify(const Plan& plan, const Run& run, const Mesh& mesh, const TangentRun& tangents,
                   const Consumer& consumer, const std::vector<NamedSize>& group_names) {
  const Evidence evidence(plan, run, mesh, tangents, consumer, group_names);
  if (auto diagnosis = classify_rows(evidence)) return *diagnosis;
  Diagnosis diagnosis = classify_coefficients(evidence);
  if (!may_be_a_function(diagnosis)) return diagnosis;
  const TangentRun functions = tangents.with_functions();
  return classify_functions({plan, run, mesh, functions, consumer, group_names}, diagnosis)
      .value_or(std::move(diagnosis));
}

}  // namespace reducecheck
