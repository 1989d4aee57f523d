// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/scenario_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "sim/plan/case_words.hpp"
#include "sim/plan/followed.hpp"
#include "sim/plan/plan_segment.hpp"
#include "sim/plan/segment_problem.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck {
namespace {

using planning::Followed;
using prove::Leaf;

std::string layout_words(const Scenario& scenario, const Configuration& at) {
  std::string text;
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", scenario.axes[i].name, at.axes[i]);
  }
  for (std::size_t i = 0; i < at.switches.size(); ++i) {
    const std::string value = std::visit(
        [](const auto& v) {
          if constexpr (std::is_same_v<std::decay_t<decltype(v)>, bool>) {
            return std::string(v ? "true" : "false");
          } else {
            return fmt::format("{}", v);
          }
        },
        at.switches[i]);
    text += fmt::format(" {}={}", scenario.switches[i].name, value);
  }
  return text;
}

/// A planned case with the facts that it is about.
struct Entry {
  PlannedCase planned;
  std::vector<std::vector<prove::Fact>> facts;
};

bool same_segment(const PlannedSegment& a, const PlannedSegment& b) {
  return a.consumer == b.consumer && a.branches == b.branches && a.goal == b.goal &&
         a.reason == b.reason && a.own.calls == b.own.calls && a.own.cost == b.own.cost;
}

bool same_numbers(const PlannedSegment& a, const PlannedSegment& b) {
  const auto programs = [](const PlannedSegment& of) {
    std::vector<std::pair<std::string, double>> all;
    if (of.opened) all.emplace_back(of.opened->program, of.opened->microseconds);
    for (const PricedCalls& plan : of.plans) all.emplace_back(plan.program, plan.microseconds);
    if (of.larger) all.emplace_back(of.larger->plan.program, of.larger->plan.microseconds);
    return all;
  };
  return same_segment(a, b) && a.times == b.times && programs(a) == programs(b);
}

bool same_case(const PlannedCase& a, const PlannedCase& b) {
  const auto variants = [](const PlannedCase& of) {
    std::vector<std::pair<std::string, double>> all;
    for (const ComparedVariant& one : of.variants) all.emplace_back(one.name, one.microseconds);
    return all;
  };
  return a.other_calls == b.other_calls && variants(a) == variants(b) &&
         std::ranges::equal(a.segments, b.segments, same_numbers);
}

class Planning {
 public:
  Planning(const Scenario& scenario, const ScenarioPlanOptions& options)
      : scenario_(scenario), options_(options), segments_(options) {
    prove_options_.seed = options.seed;
    for (const Variant* variant : prove::variants_of(scenario)) {
      all_.push_back(std::make_unique<Followed>(scenario, *variant, prove_options_));
    }
  }

  ScenarioPlan plan() {
    ScenarioPlan result;
    const Followed* chosen = choose(result.reason);
    if (chosen == nullptr) return result;
    result.variant = chosen->name();
    std::vector<Entry> entries;
    std::vector<std::vector<prove::Fact>> never;
    std::size_t without = 0;
    for (const Leaf& leaf : chosen->cases()) {
      const auto at = leaf.empty ? std::nullopt : chosen->smallest(leaf, layout_ranks);
      auto planned = at ? planned_case(*chosen, leaf, *at) : std::nullopt;
      if (!planned) {
        if (leaf.empty)
          never.push_back(leaf.facts);
        else
          ++without;
        continue;
      }
      const auto same = std::ranges::find_if(
          entries, [&](const Entry& entry) { return same_case(entry.planned, *planned); });
      if (same == entries.end())
        entries.push_back({std::move(*planned), {leaf.facts}});
      else
        same->facts.push_back(leaf.facts);
    }
    for (Entry& entry : entries) {
      entry.planned.condition =
          planning::condition_words(scenario_, chosen->symbols(), std::move(entry.facts), never);
      result.cases.push_back(std::move(entry.planned));
    }
    if (without > 0) {
      result.reason = fmt::format(
          "{} of the proof without a layout of at most {} ranks: not "
          "planned",
          without == 1 ? "1 case" : fmt::format("{} cases", without), layout_ranks);
    }
    return result;
  }

 private:
  static constexpr std::int64_t layout_ranks = 16;

  const Followed* choose(std::string& reason) const {
    std::vector<std::string> wanted = {"fixed", "merged"};
    if (!options_.variant.empty()) wanted = {options_.variant};
    for (const std::string& name : wanted) {
      for (const auto& one : all_) {
        if (one->name() != name) continue;
        if (one->holds()) return one.get();
        if (!options_.variant.empty()) {
          reason = fmt::format("`{}` {}", name, one->reason());
          return nullptr;
        }
      }
    }
    for (const auto& one : all_) {
      if (one->holds()) return one.get();
    }
    reason = all_.empty() ? "there is no program"
                          : fmt::format("no variant holds; `{}` {}", all_.back()->name(),
                                        all_.back()->reason());
    return nullptr;
  }

  std::optional<PlannedCase> planned_case(const Followed& chosen, const Leaf& leaf,
                                          const Configuration& at) {
    const auto run = chosen.journey(leaf);
    if (!run || !run->journey) return std::nullopt;
    PlannedCase result;
    result.layout = layout_words(scenario_, at);
    const planning::SizesAt sizes(scenario_, at, options_);
    const auto large = chosen.larger(leaf, at, options_.ranks);
    const auto opened =
        run->journey->has_closed() ? chosen.journey(leaf, prove::Follow::open) : nullptr;
    for (std::size_t i = 0; i < run->journey->segments().size(); ++i) {
      const prove::Stretch& segment = run->journey->segments()[i];
      PlannedSegment planned = segments_.plan(segment, *run, sizes);
      if (opened) open(planned, *opened, i, sizes);
      if (large && !planned.plans.empty()) {
        const planning::SizesAt more(scenario_, *large, options_);
        planned.larger = segments_.switched(segment, *run, more, planned.plans.front());
        if (planned.larger) planned.larger->layout = layout_words(scenario_, *large);
      }
      const auto same = std::ranges::find_if(result.segments, [&](const PlannedSegment& other) {
        return same_segment(other, planned);
      });
      if (same == result.segments.end())
        result.segments.push_back(std::move(planned));
      else
        ++same->times;
    }
    result.other_calls = planning::other_calls(*run, sizes);
    for (const auto& one : all_) {
      if (one->holds()) result.variants.push_back(compared(*one, at));
    }
    return result;
  }

  /// The plan with the gathers after a combine among the calls, if that is cheaper.
  void open(PlannedSegment& planned, const prove::CaseRun& opened, std::size_t index,
            const planning::SizesAt& sizes) {
    const auto& segments = opened.journey->segments();
    // With more calls there may be more segments, and none before this one is gone.
    for (std::size_t i = index; i < segments.size(); ++i) {
      if (segments[i].consumer != planned.consumer || planned.plans.empty()) continue;
      const PlannedSegment other = segments_.plan(segments[i], opened, sizes);
      if (other.plans.empty() || !other.proved) return;
      const double gathers = other.own.microseconds - planned.own.microseconds;
      const PricedCalls& plan = other.plans.front();
      if (plan.microseconds >= planned.plans.front().microseconds + gathers) return;
      planned.opened = plan;
      planned.opened_own = other.own;
      return;
    }
  }

  ComparedVariant compared(const Followed& variant, const Configuration& at) {
    ComparedVariant result;
    result.name = variant.name();
    const Leaf* leaf = variant.case_of(at);
    const auto run = leaf == nullptr ? nullptr : variant.journey(*leaf);
    if (!run || !run->journey) {
      result.reason = "its case of this layout does not run";
      return result;
    }
    const planning::SizesAt sizes(scenario_, at, options_);
    for (const prove::Stretch& segment : run->journey->segments()) {
      const PlannedSegment planned = segments_.plan(segment, *run, sizes);
      if (planned.plans.empty()) continue;
      result.cost += planned.own.cost;
      result.plan += planned.plans.front().cost;
    }
    result.plan.local_steps = 0;
    result.microseconds = 1e6 * seconds(result.cost, options_.model);
    result.plan_microseconds = 1e6 * seconds(result.plan, options_.model);
    result.wasteful = is_wasteful(result.cost, result.plan, options_.model, options_.margin);
    return result;
  }

  const Scenario& scenario_;
  const ScenarioPlanOptions& options_;
  ProveOptions prove_options_;
  planning::SegmentPlanner segments_;
  std::vector<std::unique_ptr<Followed>> all_;
};

}  // namespace

ScenarioPlan plan_scenario(const Scenario& scenario, const ScenarioPlanOptions& options) {
  return Planning(scenario, options).plan();
}

}  // namespace reducecheck
