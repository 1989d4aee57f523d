// SPDX-License-Identifier: Apache-2.0
#include "props/prover_agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "scenarios/frame/print.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prover.hpp"
#include "sim/prove/region.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::props {
namespace {

/// The case that the configuration lies in; none where that is not known.
const prove::Leaf* case_of(const Scenario& scenario, prove::Prover& prover,
                           const Configuration& at) {
  const Scope scope(scenario, at);
  const auto& leaves = prover.run();
  const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const prove::Leaf& leaf) {
    return lies_in(scenario, leaf.facts, prover.symbols(), scope, at) == true;
  });
  return found == leaves.end() ? nullptr : &*found;
}

/// Whether the file's `where` leaves the configuration out.
bool left_out(const Scenario& scenario, const Configuration& at) {
  if (scenario.where.kind == ExprKind::absent) return false;
  const Scope scope(scenario, at);
  const Value value = scope.evaluate(scenario.where);
  const bool* truth = std::get_if<bool>(&value.data);
  return truth != nullptr && !*truth;
}

/// Whether the run is right with many inputs: a choice of experts may hide a fault from a few.
bool right_at_length(const Scenario& scenario, const Variant& variant, const Configuration& at) {
  constexpr std::uint64_t runs = 40;  // of three inputs each
  for (std::uint64_t i = 1; i <= runs; ++i) {
    if (prove::exact_run(scenario, variant, at, 1 + 1000 * i) != prove::Exact::right) return false;
  }
  return true;
}

void take_cell(const Scenario& scenario, const prove::Leaf* leaf, bool right,
               const Configuration& at, Agreement& into) {
  ++into.cells;
  ++(right ? into.right : into.wrong);
  if (leaf == nullptr || leaf->verdict == Verdict::undecided) {
    ++into.undecided;
    ++into.reasons[leaf == nullptr ? "no case is known to have it" : kind_of_reason(leaf->reason)];
    return;
  }
  const bool said_right = leaf->verdict == Verdict::holds;
  if (said_right == right && !leaf->empty) return;
  into.disagreements.push_back(fmt::format("{}: {} but the exact run is {}", text_of(scenario, at),
                                           leaf->empty  ? "no configuration, says the prover,"
                                           : said_right ? "holds, says the prover,"
                                                        : "a defect, says the prover,",
                                           right ? "right" : "wrong"));
}

}  // namespace

Agreement& Agreement::operator+=(const Agreement& other) {
  programs += other.programs;
  cells += other.cells;
  right += other.right;
  wrong += other.wrong;
  undecided += other.undecided;
  meaningless += other.meaningless;
  cases += other.cases;
  proved += other.proved;
  mixed += other.mixed;
  for (const auto& [reason, count] : other.reasons) reasons[reason] += count;
  disagreements.insert(disagreements.end(), other.disagreements.begin(), other.disagreements.end());
  return *this;
}

std::string summary(const Agreement& a) {
  const double share =
      a.cells == 0 ? 0 : 100.0 * static_cast<double>(a.undecided) / static_cast<double>(a.cells);
  std::string text = fmt::format(
      "{} programs ({} proved, {} right at some sizes only), {} cases, {} cells compared: {} "
      "right, "
      "{} wrong, {} disagreements, {} undecided ({:.2f} %), {} without a meaning\n",
      a.programs, a.proved, a.mixed, a.cases, a.cells, a.right, a.wrong, a.disagreements.size(),
      a.undecided, share, a.meaningless);
  std::vector<std::pair<std::size_t, std::string>> reasons;
  for (const auto& [reason, count] : a.reasons) reasons.emplace_back(count, reason);
  std::sort(reasons.rbegin(), reasons.rend());
  for (const auto& [count, reason] : reasons) text += fmt::format("  {:8} {}\n", count, reason);
  return text;
}

std::string kind_of_reason(const std::string& reason) {
  return reason.substr(0, reason.find(" (line"));
}

Agreement compared(const Scenario& scenario, const Variant& variant,
                   const std::vector<Configuration>& configurations) {
  return compared(scenario, variant, variant, configurations);
}

Agreement compared(const Scenario& scenario, const Variant& variant, const Variant& run,
                   const std::vector<Configuration>& configurations, const ProveOptions& options) {
  Agreement result;
  result.programs = 1;
  prove::Prover prover(scenario, variant, options);
  bool limit = false;
  try {
    prover.run();
  } catch (const prove::Undecided&) {
    limit = true;
  }
  if (!limit) result.cases = prover.run().size();
  const auto holds = [](const prove::Leaf& leaf) { return leaf.verdict == Verdict::holds; };
  if (!limit && std::ranges::all_of(prover.run(), holds)) result.proved = 1;
  prove::ExactRuns others(scenario, run, options.seed);
  prove::ExactRuns& runs = &run == &variant ? prover.exact_runs() : others;
  for (const Configuration& at : configurations) {
    const prove::Exact exact = runs.at(at);
    if (exact == prove::Exact::meaningless) {
      ++result.meaningless;
      continue;
    }
    const prove::Leaf* leaf = limit ? nullptr : case_of(scenario, prover, at);
    if (leaf != nullptr && leaf->empty && left_out(scenario, at)) {
      ++result.meaningless;
      continue;
    }
    bool right = exact == prove::Exact::right;
    const bool denied = right && leaf != nullptr && leaf->verdict == Verdict::defect;
    if (denied) right = right_at_length(scenario, run, at);
    take_cell(scenario, leaf, right, at, result);
  }
  if (result.proved == 1 && result.wrong > 0 && result.disagreements.empty()) {
    result.disagreements.push_back("every case holds, but the exact run is wrong somewhere");
  }
  result.mixed = result.right > 0 && result.wrong > 0 ? 1 : 0;
  return result;
}

std::string first_disagreement(const Scenario& scenario, Agreement& totals, std::size_t one_in) {
  // Meshes of several axes have many configurations of few ranks.
  const std::int64_t ranks = scenario.axes.size() > 1 ? 6 : 8;
  const Variant& variant = *prove::variants_of(scenario).front();
  const std::vector<Configuration> all = configurations(scenario, ranks);
  const std::size_t draw = print_scenario(scenario).size();
  std::vector<Configuration> taken;
  for (std::size_t i = draw % one_in; i < all.size(); i += one_in) taken.push_back(all[i]);
  // Most of the time goes into witnesses; those of more ranks than are compared are confirmed in
  // one program of eight.
  ProveOptions options;
  if (draw % 8 != 0) options.witness_ranks = ranks;
  const Agreement one = compared(scenario, variant, variant, taken, options);
  totals += one;
  return one.disagreements.empty() ? "" : one.disagreements.front();
}

std::vector<Configuration> configurations(const Scenario& scenario, std::int64_t ranks) {
  std::vector<Configuration> result;
  prove::for_each_configuration(scenario, {}, ranks, [&](const Configuration& at) {
    result.push_back(at);
    return true;
  });
  return result;
}

std::vector<Configuration> configurations_of(const Scenario& scenario, std::int64_t ranks) {
  Scenario fixed = scenario;
  std::vector<Configuration> result;
  // Axis by axis, so that the divisors are tried and not every size.
  const std::function<void(std::size_t, std::int64_t)> divide = [&](std::size_t axis,
                                                                    std::int64_t left) {
    if (axis == fixed.axes.size()) {
      if (left != 1) return;
      for (Configuration& at : configurations(fixed, ranks)) result.push_back(std::move(at));
      return;
    }
    const std::vector<std::int64_t>& listed = scenario.axes[axis].sizes;
    for (std::int64_t size = 1; size <= left; ++size) {
      if (left % size != 0 || (listed.size() == 1 && listed.front() != size)) continue;
      fixed.axes[axis].sizes = {size};
      divide(axis + 1, left / size);
    }
  };
  divide(0, ranks);
  return result;
}

std::string text_of(const Scenario& scenario, const Configuration& at) {
  std::string text;
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", scenario.axes[i].name, at.axes[i]);
  }
  for (std::size_t i = 0; i < at.switches.size(); ++i) {
    const SwitchValue& value = at.switches[i];
    const bool* truth = std::get_if<bool>(&value);
    const auto* number = std::get_if<std::int64_t>(&value);
    text += fmt::format(" {}={}", scenario.switches[i].name,
                        truth != nullptr    ? (*truth ? "True" : "False")
                        : number != nullptr ? std::to_string(*number)
                                            : std::get<std::string>(value));
  }
  return text;
}

}  // namespace reducecheck::props
