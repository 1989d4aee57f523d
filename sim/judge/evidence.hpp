// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: what the rules of classification look at.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/judge/classify.hpp"

namespace reducecheck {

/// The facts about one wrong run, with the questions that the rules ask of them.
class Evidence {
 public:
  Evidence(const Plan& plan, const Run& run, const Mesh& mesh, const TangentRun& tangents,
           const Consumer& consumer, const std::vector<NamedSize>& group_names);

  const Plan& plan;
  const Run& run;
  const Mesh& mesh;
  const TangentRun& tangents;
  const Consumer& consumer;
  const std::vector<NamedSize>& group_names;
  CoefficientReading reading;

  [[nodiscard]] const PlanValue& value(int id) const {
    return plan.values[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] const Step& step(int index) const {
    return plan.steps[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const std::vector<RowTag>& tags(int id) const {
    return plan.tag_lists[static_cast<std::size_t>(value(id).tags)];
  }
  [[nodiscard]] const Source& source(int addend) const {
    return tangents.source(tangents.addend(addend).source);
  }
  [[nodiscard]] const Event& event(int index) const {
    return tangents.events()[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const Step& event_step(int index) const { return step(event(index).step); }

  /// What happened to the observed addend on its way into the observed value; nullptr if it is not
  /// there.
  [[nodiscard]] const History* history(const Observation& o) const;

  /// The first event in which more than one member brings the addend; -1 if there is none.
  [[nodiscard]] int first_multiple(const Observation& o) const;

  /// Whether all values of the addend's weight that count anywhere came under a rank guard.
  [[nodiscard]] bool brought_by_guard(int addend) const;

  /// Whether the weight, in that layer, counts in the consumer's argument on some rank.
  [[nodiscard]] bool counts_somewhere(const Addend& addend) const;

  /// Whether some call evaluates the expert (or table row) of the addend on some rank.
  [[nodiscard]] bool evaluated(int addend) const;

  /// Whether some rank calls the experts or table.
  [[nodiscard]] bool called(int source) const;

  /// Whether a later event carries the addend: its sum follows the consumer.
  [[nodiscard]] bool sum_follows(int addend) const;

  /// Whether the observed addend's weight or input is used on the way to the observed value, where
  /// it may have been stopped.
  [[nodiscard]] bool on_the_way(const Observation& o) const;

  /// Whether every member of the event's group holds the expert.
  [[nodiscard]] bool all_members_hold(const Step& event, int source, std::int64_t expert) const;

  /// Names of sources in program order.
  [[nodiscard]] std::vector<std::string> names(const std::set<int>& sources) const;

  /// A finding with what all rules fill in the same way: ranks, place and output of the consumer.
  [[nodiscard]] Finding start(const std::string& defect_class) const;

  /// `2 = tp`: the coefficient with the name of a group of that size, `preferred` first.
  [[nodiscard]] std::string name_coefficient(const Coefficient& c,
                                             const std::string& preferred) const;
  [[nodiscard]] std::string group_text(const Group& group) const;

  /// Whether some group of the mesh has `size` ranks, more than one.
  [[nodiscard]] bool is_group_size(std::int64_t size) const;

 private:
  [[nodiscard]] std::vector<int> beside() const;

  std::set<int> steps_;  // that this run executes; the plan holds other runs too
};

bool is_expert(const Source& source);
bool is_plain(const Source& source);  // an input, a vector or a table: added, not summed

/// Rules 2 to 5: rows and statistics. Nothing when none applies.
std::optional<Diagnosis> classify_rows(const Evidence& evidence);
/// Rules 6 to 12: coefficients.
Diagnosis classify_coefficients(const Evidence& evidence);
/// Rules 12a to 12d: what the coefficients of functions say where those of weights and inputs say
/// `read`. Evidence of tangents with functions. Nothing when no function is to blame.
std::optional<Diagnosis> classify_functions(const Evidence& evidence, const Diagnosis& read);

}  // namespace reducecheck
