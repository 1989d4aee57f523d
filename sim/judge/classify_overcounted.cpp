// SPDX-License-Identifier: Apache-2.0
// Rule 7: an addend that counts more than once, or a part of once.
#include <algorithm>
#include <tuple>

#include "sim/judge/answer.hpp"

namespace reducecheck {
namespace {

using Kind = Coefficient::Kind;

class Overcounted {
 public:
  explicit Overcounted(const Evidence& evidence) : e_(evidence), wrong_(evidence.reading.wrong) {}

  std::optional<Diagnosis> run() {
    const bool missing =
        std::ranges::any_of(wrong_, [](const Observation& o) { return o.coefficient.is(0); });
    Observations over;
    Observations fractions;
    for (const Observation& o : wrong_) {
      const Coefficient& c = o.coefficient;
      if (c.kind != Kind::number || c.is(0) || c.power != 0) continue;
      (is_small_fraction(c) ? fractions : over).push_back(o);
    }
    if (over.empty()) {
      if (fractions.empty() || missing) return std::nullopt;
      const bool of_a_group = std::ranges::all_of(fractions, [&](const Observation& o) {
        return e_.is_group_size(o.coefficient.value.denominator());
      });
      return make_diagnosis(e_, fractions, {of_a_group ? "once_guard_wrong" : "scale_placement"});
    }
    const std::set<int> reduced = reduced_before(over);
    std::optional<Answer> best;
    std::vector<Answer> answers;
    for (const Observation& o : over) {
      answers.push_back(answer(o, reduced));
      if (!best || answers.back().order < best->order) best = answers.back();
    }
    Observations matching;
    for (std::size_t i = 0; i < over.size(); ++i) {
      if (answers[i].defect_class == best->defect_class) matching.push_back(over[i]);
    }
    Diagnosis d = make_diagnosis(e_, matching, *best);
    ask_about_double(d, matching[0], *best);
    return d;
  }

 private:
  [[nodiscard]] Answer answer(const Observation& o, const std::set<int>& reduced) {
    const Source& source = e_.source(o.addend);
    const Addend& addend = e_.tangents.addend(o.addend);
    const int event = e_.first_multiple(o);
    if (event < 0) {
      const History* h = e_.history(o);
      // No sum adds a value with the other sign.
      const bool negative = o.coefficient.value < Fraction(0);
      if (negative || (h != nullptr && h->scaled)) return {"scale_placement", -1, {}, 2};
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
      return {
          all_hold(event, addend) ? "replicated_branch_in_sum" : "ownership_count", event, {}, 5};
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
        found->second = found->second || (std::ranges::find(group.axes, axis) != group.axes.end() &&
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

  const Evidence& e_;
  const Observations& wrong_;
  // Answers that many addends share.
  std::map<std::tuple<int, int, std::int64_t>, bool> holds_;
  std::map<std::pair<int, int>, bool> needs_;
};

}  // namespace

std::optional<Diagnosis> classify_overcounted(const Evidence& evidence) {
  return Overcounted(evidence).run();
}

}  // namespace reducecheck
