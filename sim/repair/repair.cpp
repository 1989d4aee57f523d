// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/repair.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "sim/repair/edits.hpp"
#include "sim/repair/trial.hpp"

namespace reducecheck {
namespace {

using repair::Candidate;
using repair::Draft;
using repair::EditKind;
using repair::Facts;
using repair::Trial;

constexpr std::int64_t collective_price = 8;
constexpr std::size_t most_first_edits = 4;  // of pairs

struct Tried {
  EditKind kind = EditKind::other_value;
  bool near = false;
  Repair repair;
};

Repair untried(Candidate& candidate) {
  Repair made;
  made.words = std::move(candidate.words);
  made.at = candidate.at;
  made.before = std::move(candidate.before);
  made.after = std::move(candidate.after);
  made.size = candidate.size;
  made.scenario = std::move(candidate.scenario);
  return made;
}

/// What a reader tries first, by the class of the defect; the rest in the order of trying.
std::vector<EditKind> tempting(const std::string& defect_class) {
  using enum EditKind;
  if (defect_class == "double_reduce" || defect_class == "deferred_reduce") {
    return {drop_collective, scale, add_collective, change_group};
  }
  if (defect_class == "replicated_branch_in_sum" || defect_class == "addend_in_sum") {
    return {drop_collective, scale, guard, change_group, placement};
  }
  if (defect_class == "token_layout") return {drop_collective, convert, change_group, placement};
  if (defect_class == "scale_placement" || defect_class == "once_guard_wrong") {
    return {scale, guard, drop_collective, condition};
  }
  return {add_collective, change_group, scale, placement, convert};
}

class Search {
 public:
  Search(const Scenario& scenario, std::vector<const Cell*> cells, const std::string& variant,
         const RepairOptions& options)
      : scenario_(scenario),
        options_(options),
        draft_(scenario, variant, options.most_candidates),
        facts_(repair::facts_of(draft_.scenario(), cells)),
        trial_(cells, options.check) {
    report_.variant = variant;
    report_.layouts = cells.size();
    report_.smallest = trial_.smallest().configuration;
    report_.collectives = trial_.smallest().collectives;
    report_.bytes = trial_.smallest().bytes;
  }

  RepairReport run() {
    repair::edit_flags(draft_, facts_);
    repair::edit_collectives(draft_, facts_);
    repair::edit_placements(draft_, facts_);
    repair::edit_addends(draft_, facts_);
    repair::edit_conditions(draft_, facts_);
    repair::edit_as_variants(draft_, scenario_);
    std::vector<Candidate> candidates = draft_.take();
    std::vector<Candidate> guardable;
    for (Candidate& candidate : candidates) {
      const bool condition = candidate.kind == EditKind::condition;
      Candidate kept;
      kept.words = candidate.words;
      kept.place = candidate.place;
      kept.replacement = candidate.replacement;
      const RepairOutcome outcome = try_one(candidate);
      if (outcome == RepairOutcome::moves_the_fault && !condition) {
        guardable.push_back(std::move(kept));
      }
    }
    guard(guardable);
    report_.limited = draft_.limited();
    choose_working();
    sort_failing();
    choose_pairs();
    choose_not_working();
    return std::move(report_);
  }

 private:
  RepairOutcome try_one(Candidate& candidate) {
    const auto& finding = trial_.smallest().finding;
    const bool near = candidate.near || (finding && candidate.at.line == finding->at.line);
    Tried tried{candidate.kind, near, untried(candidate)};
    ++report_.candidates;
    if (!trial_.judge(tried.repair)) return RepairOutcome::does_not_help;
    const RepairOutcome outcome = tried.repair.outcome;
    (outcome == RepairOutcome::works ? working_ : failing_).push_back(std::move(tried));
    return outcome;
  }

  /// An edit that mends the failing layouts and breaks others, made for the failing ones only.
  void guard(const std::vector<Candidate>& guardable) {
    const std::size_t count = std::min(guardable.size(), options_.most_guarded);
    for (std::size_t i = 0; i < count; ++i) {
      draft_.propose_only_where(facts_.condition, guardable[i]);
    }
    std::vector<Candidate> guarded = draft_.take();
    for (Candidate& candidate : guarded) try_one(candidate);
  }

  /// In words: a collective more is worth as much as an edit of several words. A factor rounds, and
  /// a weight that is held whole takes memory.
  [[nodiscard]] std::int64_t price(const Tried& tried) const {
    const std::int64_t more = tried.repair.collectives - report_.collectives;
    const int debt = tried.kind == EditKind::placement ? 2 : tried.kind == EditKind::scale ? 1 : 0;
    return static_cast<std::int64_t>(tried.repair.size) + collective_price * (more + debt);
  }

  void choose_working() {
    std::ranges::stable_sort(working_, {}, [this](const Tried& t) {
      return std::tuple{price(t), t.repair.collectives, t.repair.bytes};
    });
    std::set<std::pair<EditKind, std::uint32_t>> places;
    for (Tried& tried : working_) {
      if (report_.works.size() == options_.shown) break;
      const std::pair place{tried.kind, tried.repair.at.line};
      if (places.contains(place)) continue;
      if (!trial_.confirm(tried.repair)) {
        failing_.push_back(std::move(tried));
        continue;
      }
      places.insert(place);
      if (tried.kind != EditKind::as_variant) name_variant(tried.repair);
      if (options_.prove) {
        tried.repair.proof = options_.prove(tried.repair.scenario, report_.variant);
      }
      report_.works.push_back(std::move(tried.repair));
    }
  }

  /// Two edits, where none is enough: the first mends what is first wrong, the second the rest.
  void choose_pairs() {
    const auto& finding = trial_.smallest().finding;
    if (!options_.pairs || !report_.works.empty() || !finding) return;
    RepairOptions inner = options_;
    inner.pairs = false;
    inner.shown = 1;
    std::size_t begun = 0;
    for (const Tried& first : failing_) {
      const bool onward = first.near && first.kind != EditKind::condition &&
                          first.repair.outcome == RepairOutcome::does_not_help &&
                          first.repair.defect_class == finding->defect_class &&
                          first.repair.branches != finding->branches;
      if (!onward || begun == most_first_edits || report_.works.size() == options_.shown) continue;
      ++begun;
      const std::optional<ScenarioResult> result = trial_.everywhere(first.repair.scenario);
      if (!result) continue;
      RepairReport rest = find_repairs(first.repair.scenario, *result, report_.variant, inner);
      report_.candidates += rest.candidates;
      for (Repair& second : rest.works) report_.works.push_back(joined(first.repair, second));
    }
  }

  [[nodiscard]] Repair joined(const Repair& first, Repair& second) const {
    second.words = first.words + ", and " + second.words;
    second.before = first.before + '\n' + second.before;
    second.after = first.after + '\n' + second.after;
    second.size += first.size;
    name_variant(second);
    return std::move(second);
  }

  void name_variant(Repair& made) const {
    const std::string text = repair::text_of_variant(made.scenario);
    for (const Variant& other : scenario_.variants) {
      Scenario alone = scenario_;
      alone.variants = {other};
      if (repair::text_of_variant(alone) == text) made.same_as = other.name;
    }
  }

  void sort_failing() {
    std::ranges::stable_sort(failing_, {}, [](const Tried& t) {
      return std::pair{!t.near, t.repair.size};
    });
  }

  /// Sums and placements of the branch are near it wherever they stand.
  static bool is_near(const Tried& t) {
    return t.near || t.kind == EditKind::add_collective || t.kind == EditKind::placement ||
           t.kind == EditKind::drop_collective || t.kind == EditKind::condition;
  }

  /// Whether the fault changes at all.
  [[nodiscard]] bool has_effect(const Tried& t) const {
    const auto& finding = trial_.smallest().finding;
    return t.repair.outcome == RepairOutcome::moves_the_fault || !finding ||
           t.repair.detail != finding->detail || t.repair.defect_class != finding->defect_class;
  }

  /// For each kind that tempts, the smallest edit that ends in a class not yet shown.
  void choose_not_working() {
    const Cell& cell = trial_.smallest();
    const std::string now = cell.finding ? cell.finding->defect_class : "";
    std::set<std::string> shown;
    for (const EditKind kind : tempting(now)) {
      if (report_.not_works.size() == options_.shown) return;
      // Another class says more than the same one again.
      for (const bool other_class : {true, false}) {
        const auto found = std::ranges::find_if(failing_, [&](const Tried& t) {
          return t.kind == kind && (t.repair.defect_class != now) == other_class &&
                 !shown.contains(t.repair.defect_class) && is_near(t) && has_effect(t);
        });
        if (found == failing_.end()) continue;
        shown.insert(found->repair.defect_class);
        trial_.complete(found->repair);
        report_.not_works.push_back(std::move(found->repair));
        failing_.erase(found);
        break;
      }
    }
  }

  const Scenario& scenario_;
  const RepairOptions& options_;
  Draft draft_;
  Facts facts_;
  Trial trial_;
  RepairReport report_;
  std::vector<Tried> working_;
  std::vector<Tried> failing_;
};

}  // namespace

RepairReport find_repairs(const Scenario& scenario, const ScenarioResult& result,
                          const std::string& variant, const RepairOptions& options) {
  const std::vector<const Cell*> cells = result.cells_of(variant);
  const auto defect = [](const Cell* cell) { return cell->verdict == Verdict::defect; };
  if (std::ranges::none_of(cells, defect)) {
    RepairReport none;
    none.variant = variant;
    return none;
  }
  return Search(scenario, cells, variant, options).run();
}

}  // namespace reducecheck
