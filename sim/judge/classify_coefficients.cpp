// SPDX-License-Identifier: Apache-2.0
// Rules 6 to 12: what the coefficients say. Each rule is asked in turn; the first that some addend
// answers to names the class, and all addends that answer to it name the branches.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sim/judge/evidence.hpp"

namespace reducecheck {
namespace {

using Kind = Coefficient::Kind;
using Observations = std::vector<Observation>;

/// Numbers are fractions below 1 in the sense of 1/g.
bool is_small_fraction(const Coefficient& c) {
  return c.kind == Kind::number && c.power == 0 && Fraction(0) < c.value && c.value < Fraction(1);
}

bool is_absent(const Coefficient& c) { return c.is(0) || c.kind == Kind::partly; }

/// What one addend of a wrong value is called, and why.
struct Answer {
  std::string defect_class;
  int event = -1;    // the sum too many; -1: none
  Group group;       // of the sum that is missing or too small
  int order = 0;     // of the sub-rule
  bool deferrable = false;
};

class Rules {
 public:
  explicit Rules(const Evidence& evidence) : e_(evidence), wrong_(evidence.reading.wrong) {}

  Diagnosis run() {
    // What a scalar multiplies is the branch; its own coefficient only mirrors the fault.
    if (auto d = each("scale_placement", [&](const Observation& o) {
          return o.coefficient.kind == Kind::number && o.coefficient.power != 0 &&
                 e_.source(o.addend).kind != WeightKind::scalar;
        })) {
      return *d;
    }
    if (auto d = overcounted()) return *d;
    if (auto d = ownership()) return *d;
    if (auto d = absent()) return *d;
    if (auto d = each("addend_in_sum", [&](const Observation& o) {
          return o.coefficient.kind == Kind::unknown && is_plain(e_.source(o.addend));
        })) {
      return *d;
    }
    if (auto d = each(consumes_statistic() ? "nonlinear_on_unreduced" : "scale_placement",
                      [](const Observation& o) { return o.coefficient.kind == Kind::unknown; })) {
      return *d;
    }
    Diagnosis d{e_.start("unclassified"), {}};
    d.finding.detail = wrong_.empty() ? "every addend counts once, and the value is still wrong"
                                      : "the addends found there are not the reference's";
    return d;
  }

 private:
  /// A finding of `defect_class` with the addends that `applies` to.
  template <class Predicate>
  std::optional<Diagnosis> each(const std::string& defect_class, Predicate applies) const {
    Observations matching;
    std::ranges::copy_if(wrong_, std::back_inserter(matching), applies);
    if (matching.empty()) return std::nullopt;
    return make(matching, {defect_class});
  }

  Diagnosis make(const Observations& matching, const Answer& answer) const {
    Diagnosis d{e_.start(answer.defect_class), {}};
    std::set<int> sources;
    const Observation* largest = &matching[0];
    for (const Observation& o : matching) {
      sources.insert(e_.tangents.addend(o.addend).source);
      if (deviation(o) > deviation(*largest)) largest = &o;
    }
    d.finding.branches = e_.names(sources);
    if (answer.event >= 0) {
      const Step& s = e_.event_step(answer.event);
      d.finding.group = e_.group_text(s.group);
      d.finding.operation = s.text;
      d.finding.at = s.at;
    } else {
      d.finding.group = e_.group_text(answer.group);
    }
    d.finding.coefficient = e_.name_coefficient(largest->coefficient, d.finding.group);
    d.finding.detail = sentence(d.finding, *largest);
    return d;
  }

  static std::int64_t deviation(const Observation& o) {
    if (o.coefficient.kind != Kind::number) return 0;
    const Fraction& v = o.coefficient.value;
    return v.is_integer() ? std::abs(v.numerator() - 1) : 1;
  }

  [[nodiscard]] std::string sentence(const Finding& f, const Observation& o) const {
    const Addend& a = e_.tangents.addend(o.addend);
    std::string what = e_.source(o.addend).name;
    if (a.expert >= 0) what += fmt::format(" expert {}", a.expert);
    if (e_.tangents.split(a.source).axes.size() > 0) what += fmt::format(", share {}", a.chunk);
    const int rank = e_.consumer.values[static_cast<std::size_t>(o.value)].ranks[0];
    return fmt::format("on rank {} {} counts {} instead of 1", rank, what,
                       f.coefficient.empty() ? "otherwise" : f.coefficient);
  }

  [[nodiscard]] bool consumes_statistic() const {
    if (e_.consumer.step < 0) {
      return std::ranges::any_of(e_.consumer.values, [&](const WrongValue& wrong) {
        return e_.value(wrong.value).statistic;
      });
    }
    const Step& s = e_.step(e_.consumer.step);
    return s.kind == StepKind::norm || e_.value(s.operands[0]).statistic ||
           s.kind == StepKind::pointwise || s.kind == StepKind::quantise;
  }

  // ---- rule 7 ----

  std::optional<Diagnosis> overcounted() {
    const bool missing = std::ranges::any_of(
        wrong_, [](const Observation& o) { return o.coefficient.is(0); });
    Observations over;
    Observations fractions;
    for (const Observation& o : wrong_) {
      const Coefficient& c = o.coefficient;
      if (c.kind != Kind::number || c.is(0) || c.power != 0) continue;
      (is_small_fraction(c) ? fractions : over).push_back(o);
    }
    if (over.empty()) {
      if (fractions.empty() || missing) return std::nullopt;
      return make(fractions, {"once_guard_wrong"});
    }
    const std::set<int> reduced = reduced_before(over);
    std::optional<Answer> best;
    std::vector<Answer> answers;
    for (const Observation& o : over) {
      answers.push_back(overcounted(o, reduced));
      if (!best || answers.back().order < best->order) best = answers.back();
    }
    Observations matching;
    for (std::size_t i = 0; i < over.size(); ++i) {
      if (answers[i].defect_class == best->defect_class) matching.push_back(over[i]);
    }
    Diagnosis d = make(matching, *best);
    ask_about_double(d, matching[0], *best);
    return d;
  }

  [[nodiscard]] Answer overcounted(const Observation& o, const std::set<int>& reduced) {
    const Source& source = e_.source(o.addend);
    const Addend& addend = e_.tangents.addend(o.addend);
    const int event = e_.first_multiple(o);
    if (event < 0) {
      const History* h = e_.history(o);
      if (h != nullptr && h->scaled) return {"scale_placement", -1, {}, 2};
      if (is_expert(source)) return {"ownership_count", -1, {}, 2};
      return {"double_reduce", -1, {}, 2};
    }
    if (reduced.contains(event)) return {"double_reduce", event, {}, 3};
    if (is_plain(source)) return {"addend_in_sum", event, {}, 4};
    const Step& sum = e_.event_step(event);
    const Group split = e_.tangents.split(addend.source);
    const auto beyond = [&](int axis) {
      return std::ranges::find(split.axes, axis) == split.axes.end();
    };
    if (is_expert(source) && std::ranges::none_of(sum.group.axes, beyond)) {
      return {all_hold(event, addend) ? "replicated_branch_in_sum" : "ownership_count", event, {},
              5};
    }
    const bool partly_split = !std::ranges::all_of(sum.group.axes, beyond);
    if (partly_split && !others_need(event, addend.source)) return {"wrong_group", event, {}, 6};
    return {"replicated_branch_in_sum", event, {}, 7};
  }

  /// 7c: the events that count an addend too often which went through another event before.
  [[nodiscard]] std::set<int> reduced_before(const Observations& over) const {
    std::set<int> events;
    for (const Observation& o : over) {
      const int event = e_.first_multiple(o);
      if (event >= 0 && e_.history(o)->events[0] != event) events.insert(event);
    }
    return events;
  }

  bool all_hold(int event, const Addend& addend) {
    const auto [found, is_new] = holds_.try_emplace({event, addend.source, addend.expert});
    if (is_new) {
      found->second = e_.all_members_hold(e_.event_step(event), addend.source, addend.expert);
    }
    return found->second;
  }

  /// 7f: some addend of the event is split over an axis of its group that `source` is not split
  /// over.
  bool others_need(int event, int source) {
    const auto [found, is_new] = needs_.try_emplace({event, source}, false);
    if (!is_new) return found->second;
    const Group split = e_.tangents.split(source);
    const Group& group = e_.event_step(event).group;
    std::set<int> sources;
    for (const auto& [addend, count] : e_.event(event).multiplicity) {
      sources.insert(e_.tangents.addend(addend).source);
    }
    for (const int other : sources) {
      for (const int axis : e_.tangents.split(other).axes) {
        found->second = found->second ||
                        (std::ranges::find(group.axes, axis) != group.axes.end() &&
                         std::ranges::find(split.axes, axis) == split.axes.end());
      }
    }
    return found->second;
  }

  void ask_about_double(Diagnosis& d, const Observation& o, const Answer& answer) const {
    if (answer.defect_class != "double_reduce" || answer.event < 0) return;
    const History* h = e_.history(o);
    const auto at = std::ranges::find(h->events, answer.event);
    if (at == h->events.begin() || at == h->events.end()) return;
    d.question.double_reduce =
        e_.event_step(answer.event).section != e_.event_step(*std::prev(at)).section;
    d.question.event = e_.event_step(answer.event).at;
  }

  // ---- rule 8 ----

  std::optional<Diagnosis> ownership() const {
    const auto expert = [&](const Observation& o) { return is_expert(e_.source(o.addend)); };
    const bool others = std::ranges::any_of(wrong_, [&](const Observation& o) {
      return expert(o) && (is_absent(o.coefficient) || o.coefficient.kind == Kind::foreign);
    });
    const auto combined = [&](const Observation& o) {
      const History* h = e_.history(o);
      return h != nullptr && std::ranges::any_of(h->events, [&](int event) {
               return e_.event_step(event).kind == StepKind::combine;
             });
    };
    return each("ownership_count", [&](const Observation& o) {
      if (!expert(o)) return false;
      const Kind kind = o.coefficient.kind;
      return kind == Kind::foreign || (kind == Kind::unknown && others) ||
             (kind == Kind::partly && combined(o));
    });
  }

  // ---- rule 9 ----

  std::optional<Diagnosis> absent() {
    Observations missing;
    for (const Observation& o : wrong_) {
      const bool early = is_small_fraction(o.coefficient);  // the 1/g is right, its sum is missing
      if (is_absent(o.coefficient) || early) missing.push_back(o);
    }
    if (missing.empty()) return std::nullopt;
    std::vector<Answer> answers;
    for (const Observation& o : missing) {
      const auto [found, is_new] = absent_.try_emplace(o.addend);
      if (is_new) found->second = absent(o);
      answers.push_back(found->second);
    }
    const Answer best = *std::ranges::min_element(answers, {}, &Answer::order);
    Observations matching;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (answers[i].defect_class == best.defect_class) matching.push_back(missing[i]);
    }
    Diagnosis d = make(matching, best);
    if (best.deferrable) {
      d.question.missing.insert(d.finding.branches.begin(), d.finding.branches.end());
    }
    return d;
  }

  [[nodiscard]] Answer absent(const Observation& o) {
    const Addend& addend = e_.tangents.addend(o.addend);
    const Group split = e_.tangents.split(addend.source);
    const Shares& shares = shares_of(addend, o.addend);
    if (shares.guarded) return {"once_guard_wrong", -1, split, 1};
    const bool numbered = addend.expert >= 0;
    if (!shares.count) {
      if (numbered && e_.called(addend.source)) return {"ownership_count", -1, split, 2};
      return {"missing_branch", -1, split, 2};
    }
    if (numbered && !e_.evaluated(o.addend)) return {"ownership_count", -1, split, 3};
    const auto covers = [&](int event) {
      const Group& group = e_.event_step(event).group;
      return std::ranges::all_of(split.axes, [&](int axis) {
        return e_.mesh.size(axis) == 1 ||
               std::ranges::find(group.axes, axis) != group.axes.end();
      });
    };
    if (numbered && std::ranges::any_of(shares.events, covers)) {
      return {"ownership_count", *shares.events.begin(), split, 4};
    }
    if (!shares.events.empty()) return {"wrong_group", *shares.events.begin(), split, 5};
    if (consumes_statistic() && e_.sum_follows(o.addend)) {
      return {"nonlinear_on_unreduced", -1, split, 6};
    }
    Answer answer{"missing_reduce", -1, split, 6};
    answer.deferrable = true;
    return answer;
  }

  /// What is known of all shares of one weight and layer in the values that were read.
  struct Shares {
    bool count = false;    // some share counts, with any coefficient but 0
    bool guarded = false;  // all that are there came under a rank guard
    std::set<int> events;  // that those which are there went through
  };

  const Shares& shares_of(const Addend& addend, int id) {
    const auto [found, is_new] = shares_.try_emplace({addend.source, addend.layer});
    Shares& shares = found->second;
    if (!is_new) return shares;
    shares.guarded = e_.brought_by_guard(id);
    for (const int other : e_.reading.present) {
      const Addend& o = e_.tangents.addend(other);
      if (o.source != addend.source || o.layer != addend.layer) continue;
      shares.count = true;
      for (const WrongValue& wrong : e_.consumer.values) {
        const auto& all = e_.tangents.of(wrong.value).history;
        if (const auto h = all.find(other); h != all.end()) {
          shares.events.insert(h->second.events.begin(), h->second.events.end());
        }
      }
    }
    return shares;
  }

  const Evidence& e_;
  const Observations& wrong_;
  // Answers that many addends share.
  std::map<int, Answer> absent_;
  std::map<std::pair<int, std::int64_t>, Shares> shares_;
  std::map<std::tuple<int, int, std::int64_t>, bool> holds_;
  std::map<std::pair<int, int>, bool> needs_;
};

}  // namespace

Diagnosis classify_coefficients(const Evidence& evidence) { return Rules(evidence).run(); }

Diagnosis classify(const Plan& plan, const Run& run, const Mesh& mesh, const TangentRun& tangents,
                   const Consumer& consumer, const std::vector<NamedSize>& group_names) {
  const Evidence evidence(plan, run, mesh, tangents, consumer, group_names);
  if (auto diagnosis = classify_rows(evidence)) return *diagnosis;
  return classify_coefficients(evidence);
}

}  // namespace reducecheck
