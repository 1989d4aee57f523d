// SPDX-License-Identifier: Apache-2.0
// Rule 12: functions that are lost, or applied where the reference does not apply them.
#include <algorithm>

#include "sim/judge/answer.hpp"

namespace reducecheck {
namespace {

using Kind = Coefficient::Kind;

class Functions {
 public:
  Functions(const Evidence& evidence, const Diagnosis& read) : e_(evidence), read_(read) {}

  std::optional<Diagnosis> run() {
    if (read_.finding.defect_class == "missing_branch") return extra_around();
    if (read_.finding.defect_class == "addend_in_sum") {
      // One addend times something else in each row: a lost or added function beside it, if whole.
      if (auto d = each("missing_branch", [&](const auto& o) { return is_lost(o); })) return d;
      return each("extra_branch", [&](const auto& o) { return is_foreign_function(o); });
    }
    if (auto d = each("missing_branch", [&](const auto& o) {
          return function(o) && (is_absent(o.coefficient) || is_small_fraction(o.coefficient));
        })) {
      return d;
    }
    if (auto d = each("extra_branch",
                      [](const auto& o) { return o.coefficient.kind == Kind::foreign; })) {
      return d;
    }
    if (auto d = each("extra_branch", [&](const auto& o) {
          return function(o) && o.coefficient.kind == Kind::number && o.coefficient.power == 0 &&
                 Fraction(1) < o.coefficient.value;
        })) {
      return d;
    }
    return each(consumes_statistic(e_) ? "nonlinear_on_unreduced" : "scale_placement",
                [&](const auto& o) { return function(o); });
  }

 private:
  template <class Predicate>
  std::optional<Diagnosis> each(const char* defect_class, Predicate applies) const {
    Observations matching;
    std::ranges::copy_if(e_.reading.wrong, std::back_inserter(matching), applies);
    if (matching.empty()) return std::nullopt;
    return make_diagnosis(e_, matching, {defect_class});
  }

  /// What seems to be missing is there, behind a function that the reference does not apply to it.
  [[nodiscard]] std::optional<Diagnosis> extra_around() const {
    const auto& missing = read_.finding.branches;
    const bool hidden = std::ranges::all_of(e_.reading.wrong, [&](const Observation& o) {
      const bool named = std::ranges::find(missing, e_.source(o.addend).name) != missing.end();
      return function(o) || !named || e_.on_the_way(o);
    });
    if (!hidden) return std::nullopt;
    return each("extra_branch", [&](const auto& o) { return is_foreign_function(o); });
  }

  [[nodiscard]] bool function(const Observation& o) const {
    return e_.tangents.is_function(e_.tangents.addend(o.addend).source);
  }
  [[nodiscard]] bool is_lost(const Observation& o) const {
    return function(o) && o.coefficient.is(0);
  }
  [[nodiscard]] bool is_foreign_function(const Observation& o) const {
    return function(o) && o.coefficient.kind == Kind::foreign;
  }

  const Evidence& e_;
  const Diagnosis& read_;
};

}  // namespace

std::optional<Diagnosis> classify_functions(const Evidence& evidence, const Diagnosis& read) {
  return Functions(evidence, read).run();
}

}  // namespace reducecheck
