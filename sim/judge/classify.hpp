// SPDX-License-Identifier: Apache-2.0
// From a wrong run to the class of its defect: the rules of the language manual, in their order.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/plan.hpp"
#include "sim/judge/coefficient.hpp"
#include "sim/judge/consumer.hpp"
#include "sim/judge/tangent_run.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// What the second pass over a sweep needs to know of a cell: whether the wrong sum, or the missing
/// one, is elsewhere in the sweep a deferred reduction (language manual, "deferred_reduce").
struct DeferralQuestion {
  bool double_reduce = false;     // the event lies in another section than the one before it
  Position event;                 // its place in the text
  std::set<std::string> missing;  // weights whose sum is missing
};

/// Which way the coefficient of a finding is off.
enum class Deviation { none, too_few, too_many, otherwise };

struct Diagnosis {
  Finding finding;
  DeferralQuestion question;
  Deviation deviation = Deviation::none;
};

/// The finding of a run that has wrong outputs. `group_names` are (name, size) pairs that a
/// coefficient may be called by.
Diagnosis classify(const Plan& plan, const Run& run, const Mesh& mesh, const TangentRun& tangents,
                   const Consumer& consumer, const std::vector<NamedSize>& group_names);

}  // namespace reducecheck
