// SPDX-License-Identifier: Apache-2.0
// Rule 9: an addend that does not count at all, or not everywhere.
#include <algorithm>

#include "sim/judge/answer.hpp"

namespace reducecheck {
namespace {

class Absent {
 public:
  explicit Absent(const Evidence& evidence) : e_(evidence), wrong_(evidence.reading.wrong) {}

  std::optional<Diagnosis> run() {
    Observations missing;
    for (const Observation& o : wrong_) {
      const bool early = is_small_fraction(o.coefficient);  // the 1/g is right, its sum is missing
      if (is_absent(o.coefficient) || early) missing.push_back(o);
    }
    if (missing.empty()) return std::nullopt;
    std::vector<Answer> answers;
    for (const Observation& o : missing) {
      const auto [found, is_new] = answers_.try_emplace(o.addend);
      if (is_new) found->second = answer(o);
      answers.push_back(found->second);
    }
    const Answer best = *std::ranges::min_element(answers, {}, &Answer::order);
    Observations matching;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      // What a guard brings is blamed only where nothing else is.
      const bool beside = answers[i].order == 7 && best.order < 7;
      if (answers[i].defect_class == best.defect_class && !beside) matching.push_back(missing[i]);
    }
    Diagnosis d = make_diagnosis(e_, matching, best);
    if (best.deferrable) {
      d.question.missing.insert(d.finding.branches.begin(), d.finding.branches.end());
    }
    return d;
  }

 private:
  [[nodiscard]] Answer answer(const Observation& o) {
    const Addend& addend = e_.tangents.addend(o.addend);
    const Group split = e_.tangents.split(addend.source);
    const Shares& shares = shares_of(addend, o.addend);
    // A guard whose sum follows is right: what is too early is the function that reads the partial.
    const bool early = consumes_statistic(e_) && e_.sum_follows(o.addend);
    if (shares.guarded) {
      return {early ? "nonlinear_on_unreduced" : "once_guard_wrong", -1, split, early ? 7 : 1};
    }
    const bool numbered = addend.expert >= 0;
    if (!shares.count && !shares.elsewhere) {
      if (numbered && e_.called(addend.source) && !e_.evaluated(o.addend)) {
        return {"ownership_count", -1, split, 2};
      }
      return {"missing_branch", -1, split, 2};
    }
    if (numbered && !e_.evaluated(o.addend)) return {"ownership_count", -1, split, 3};
    const auto covers = [&](int event) {
      const Group& group = e_.event_step(event).group;
      return std::ranges::all_of(split.axes, [&](int axis) {
        return e_.mesh.size(axis) == 1 || std::ranges::find(group.axes, axis) != group.axes.end();
      });
    };
    if (numbered && std::ranges::any_of(shares.events, covers)) {
      return {"ownership_count", *shares.events.begin(), split, 4};
    }
    if (!shares.events.empty()) return {"wrong_group", *shares.events.begin(), split, 5};
    if (early) return {"nonlinear_on_unreduced", -1, split, 6};
    Answer answer{"missing_reduce", -1, split, 6};
    answer.deferrable = true;
    return answer;
  }

  /// What is known of all shares of one weight and layer in the values that were read.
  struct Shares {
    bool count = false;    // some share counts, with any coefficient but 0
    bool guarded = false;  // all that are there came under a rank guard
    std::set<int> events;  // that those which are there went through
    // None counts, but the weight is split over ranks and counts in other rows or on other ranks:
    // no row needs all of it, as that of a table or of a single expert, so some rank may have the
    // part.
    bool elsewhere = false;
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
    const Group split = e_.tangents.split(addend.source);
    const bool is_split =
        std::ranges::any_of(split.axes, [&](int axis) { return e_.mesh.size(axis) > 1; });
    shares.elsewhere = !shares.count && is_split && e_.counts_somewhere(addend);
    return shares;
  }

  const Evidence& e_;
  const Observations& wrong_;
  // Answers that many addends share.
  std::map<int, Answer> answers_;
  std::map<std::pair<int, std::int64_t>, Shares> shares_;
};

}  // namespace

std::optional<Diagnosis> classify_absent(const Evidence& evidence) {
  return Absent(evidence).run();
}

}  // namespace reducecheck
