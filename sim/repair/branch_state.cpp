// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/branch_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/coefficient.hpp"
#include "sim/judge/consumer.hpp"
#include "sim/judge/tangent_run.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/repair/facts.hpp"

namespace reducecheck {
namespace {

/// A share of a weight as a rank computes it: (expert or -1, chunk).
using Shares = std::set<std::pair<std::int64_t, int>>;

SizeOverrides sizes_of(const CheckOptions& options) {
  SizeOverrides sizes;
  if (options.tokens) sizes["tokens"] = *options.tokens;
  return sizes;
}

class StateReading {
 public:
  StateReading(const Scenario& scenario, const Variant& variant, const Cell& cell,
               const CheckOptions& options)
      : scope_(scenario, repair::configuration_of(cell), sizes_of(options)),
        plan_(unroll(scope_, {&variant})),
        seed_(options.seed),
        cell_(cell) {}

  std::optional<BranchState> read() {
    const Run& run = plan_.variants[0];
    if (run.finding) return std::nullopt;
    values_.load(plan_);
    values_.run(seed_);
    const std::vector<WrongOutput> wrong = wrong_outputs(plan_, run, values_);
    if (wrong.empty()) return std::nullopt;
    const TangentRun tangents(plan_, values_, seed_);
    const Consumer consumer = find_consumer(plan_, run, values_, wrong);
    return at(tangents, consumer);
  }

 private:
  [[nodiscard]] const Step& step(int index) const {
    return plan_.steps[static_cast<std::size_t>(index)];
  }

  /// The observation of the branch on the lowest rank, its values in the order of the ranks.
  [[nodiscard]] const Observation* observed(const TangentRun& tangents, const Consumer& consumer,
                                            const CoefficientReading& reading) const {
    const Observation* best = nullptr;
    for (const Observation& o : reading.wrong) {
      const Source& source =
          plan_.sources[static_cast<std::size_t>(tangents.addend(o.addend).source)];
      if (source.name != cell_.finding->branches[0]) continue;
      if (best == nullptr || rank_of(consumer, o) < rank_of(consumer, *best)) best = &o;
    }
    return best;
  }

  static int rank_of(const Consumer& consumer, const Observation& o) {
    const WrongValue& wrong = consumer.values[static_cast<std::size_t>(o.value)];
    return wrong.ranks.empty() ? 0 : *std::ranges::min_element(wrong.ranks);
  }

  std::optional<BranchState> at(const TangentRun& tangents, const Consumer& consumer) {
    const int section = consumer.step >= 0 ? step(consumer.step).section : 0;
    const CoefficientReading reading = read_coefficients(plan_, tangents, consumer, section);
    const Observation* first = observed(tangents, consumer, reading);
    if (first == nullptr) return std::nullopt;
    const Addend& addend = tangents.addend(first->addend);
    const Source& source = plan_.sources[static_cast<std::size_t>(addend.source)];
    BranchState state;
    state.branch = addend.layer == 0 && !layered(addend.source)
                       ? source.name
                       : fmt::format("{}[{}]", source.name, addend.layer);
    state.rank = rank_of(consumer, *first);
    if (consumer.step >= 0) {
      state.used_by = step(consumer.step).text;
      state.used_at = step(consumer.step).at;
    } else {
      state.used_by = "output " + plan_.output_names[static_cast<std::size_t>(consumer.output)];
    }
    const WrongValue& wrong = consumer.values[static_cast<std::size_t>(first->value)];
    add_sums(tangents.of(wrong.value), tangents, addend, state);
    const std::vector<int> members = holders(addend, state);
    if (members.size() < 2) return state;
    for (const int rank : members) {
      const bool missing = misses(rank, addend, *first, reading, tangents, wrong, state);
      (missing ? state.misses : state.has).push_back(rank);
    }
    if (state.misses.empty() || state.has.empty()) state.one_row = false;
    std::vector<RowTag> first_tokens;
    for (const int rank : members) {
      const std::vector<RowTag> tokens = tokens_of(rank, addend);
      if (tokens.empty()) continue;  // it does not call the weight
      if (first_tokens.empty()) first_tokens = tokens;
      state.other_tokens = state.other_tokens || tokens != first_tokens;
    }
    return state;
  }

  /// The rows that a rank gives to the weight.
  [[nodiscard]] std::vector<RowTag> tokens_of(int rank, const Addend& addend) const {
    std::vector<RowTag> rows;
    for (const Execution& e : plan_.variants[0].executions[static_cast<std::size_t>(rank)]) {
      const Step& s = step(e.step);
      if (s.source != addend.source || s.layer != addend.layer || s.operands.empty()) continue;
      const PlanValue& x = plan_.values[static_cast<std::size_t>(s.operands[0])];
      const auto& tags = plan_.tag_lists[static_cast<std::size_t>(x.tags)];
      rows.insert(rows.end(), tags.begin(), tags.end());
    }
    return rows;
  }

  [[nodiscard]] bool layered(int source) const {
    return std::ranges::any_of(plan_.steps,
                               [&](const Step& s) { return s.source == source && s.layer != 0; });
  }

  [[nodiscard]] Shares shares_of(int rank, const Addend& addend) const {
    Shares shares;
    for (const Execution& e : plan_.variants[0].executions[static_cast<std::size_t>(rank)]) {
      const Step& s = step(e.step);
      if (s.source != addend.source || s.layer != addend.layer) continue;
      if (addend.expert < 0) shares.insert({-1, s.chunk});
      for (const std::int64_t expert : s.experts) {
        if (addend.expert >= 0 && expert >= 0) shares.insert({expert, s.chunk});
      }
    }
    return shares;
  }

  /// The ranks that hold the shares of one whole weight, with the rank of the value among them.
  std::vector<int> holders(const Addend& addend, BranchState& state) const {
    const Mesh& mesh = scope_.mesh();
    const Shares mine = shares_of(state.rank, addend);
    Group group;
    for (int axis = 0; axis < mesh.axes(); ++axis) {
      const std::vector<int> line = group_members(mesh, Group{{axis}}, state.rank);
      const auto other = [&](int rank) { return shares_of(rank, addend) != mine; };
      if (mesh.size(axis) == 1 || std::ranges::none_of(line, other)) continue;
      group.axes.push_back(axis);
      state.split.push_back(mesh.name(axis));
    }
    return group_members(mesh, group, state.rank);
  }

  [[nodiscard]] bool misses(int rank, const Addend& key, const Observation& first,
                            const CoefficientReading& reading, const TangentRun& tangents,
                            const WrongValue& wrong, BranchState& state) const {
    const Shares shares = shares_of(rank, key);
    const auto its = [&](int id) {
      const Addend& a = tangents.addend(id);
      return a.source == key.source && a.layer == key.layer && shares.contains({a.expert, a.chunk});
    };
    for (const Observation& o : reading.wrong) {
      if (o.value != first.value || !its(o.addend)) continue;
      if (o.coefficient.is(0)) return true;
      // In some rows: one row then tells, because each holds all shares or lacks some.
      if (o.coefficient.kind != Coefficient::Kind::partly || key.expert >= 0) continue;
      state.one_row = true;
      return tangents.of(wrong.value).find(o.addend, wrong.rows.front()).empty();
    }
    return false;
  }

  /// The sums that some share of the branch went through on its way into the value.
  void add_sums(const Tangent& tangent, const TangentRun& tangents, const Addend& key,
                BranchState& state) const {
    for (const auto& [id, history] : tangent.history) {
      const Addend& a = tangents.addend(id);
      if (a.source != key.source || a.layer != key.layer || history.events.empty()) continue;
      for (const int event : history.events) {
        const Step& s = step(tangents.events()[static_cast<std::size_t>(event)].step);
        state.passed.push_back(
            {s.text, to_string(scope_.mesh(), effective(scope_.mesh(), s.group)), s.at});
      }
      return;
    }
  }

  Scope scope_;
  Plan plan_;
  std::uint64_t seed_;
  const Cell& cell_;
  Interpreter<Prime> values_;
};

}  // namespace

std::optional<BranchState> branch_state(const Scenario& scenario, const Cell& cell,
                                        const CheckOptions& options) {
  if (!cell.finding || cell.finding->branches.empty()) return std::nullopt;
  const auto variant = std::ranges::find(scenario.variants, cell.variant, &Variant::name);
  if (variant == scenario.variants.end()) return std::nullopt;
  try {
    return StateReading(scenario, *variant, cell, options).read();
  } catch (const TextError&) {
    return std::nullopt;  // of the dimensions of a model: toy ones may not divide
  }
}

}  // namespace reducecheck
