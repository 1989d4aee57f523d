// SPDX-License-Identifier: Apache-2.0
// Faults in the text of a layer, and what the exact judge, the prover, the diagnosis of a dump, the
// rounding judge and the third oracle say of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "props/fault_matrix/layer_dump.hpp"
#include "props/fault_matrix/layer_text.hpp"
#include "props/fault_matrix/process_cells.hpp"
#include "props/judged.hpp"
#include "props/layer_generator.hpp"
#include "props/oracle_compare.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/certify/certify.hpp"
#include "sim/diagnose/diagnose.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::matrix {
namespace {

using Ranks = std::set<int>;

Ranks set_of(const std::vector<int>& ranks) {
  return {ranks.begin(), ranks.end()};
}

/// One cell: the layer with its right twin in one plan.
class LayerCell {
 public:
  LayerCell(const Setting& at, const LayerFault* fault)
      : at_(at),
        fault_(fault),
        text_(layer_text(at, fault)),
        scenario_(props::loaded(text_)),
        configuration_(configuration()),
        scope_(scenario_, configuration_),
        plan_(plan()) {}

  Cell run() {
    Cell cell;
    find_truth();
    cell.applies = faulty().finding.has_value() || !wrong_.empty();
    if (!cell.applies) return cell;
    cell.reports = reports();
    return cell;
  }

  /// What is said of the last variant.
  std::vector<Report> reports() {
    std::vector<Report> all;
    check(all);
    prover(all);
    oracle(all);
    dump(all);
    certificate(all);
    return all;
  }

 private:
  [[nodiscard]] Configuration configuration() const {
    Diagnostics diagnostics;
    return sweep(scenario_, {}, diagnostics).configurations.at(0);
  }
  [[nodiscard]] Plan plan() const {
    std::vector<const Variant*> variants;
    for (const Variant& variant : scenario_.variants) variants.push_back(&variant);
    return unroll(scope_, variants);
  }
  [[nodiscard]] const Run& right() const { return plan_.variants.front(); }
  [[nodiscard]] const Run& faulty() const { return plan_.variants.back(); }
  [[nodiscard]] std::string judged_variant() const { return fault_ ? "faulty" : "right"; }

  /// Which ranks hold something else than the right program gives them, by an exact run of both.
  void find_truth() {
    if (faulty().finding) return;
    const auto truth = props::rows_by_rank<Prime>(plan_, right(), at_.seed);
    try {
      const auto got = props::rows_by_rank<Prime>(plan_, faulty(), at_.seed);
      for (std::size_t r = 0; r < got.size(); ++r) {
        if (got[r] != truth[r]) wrong_.insert(static_cast<int>(r));
      }
    } catch (const std::logic_error&) {  // another shape somewhere: each rank is looked at
      for (std::size_t r = 0; r < truth.size(); ++r) wrong_.insert(static_cast<int>(r));
    }
  }

  /// The ranks that the fault stands on, where it stands on some.
  [[nodiscard]] Ranks planted() const {
    Ranks ranks;
    for (int r = 0; r < at_.ranks(); ++r) {
      if (r % at_.tp == at_.tp - 1) ranks.insert(r);
    }
    return ranks;
  }

  /// Whether a finding says where: the ranks that hold something wrong. Of a run that ended, the
  /// call that was changed, or the rank that made it.
  [[nodiscard]] bool place_right(const Finding& finding) const {
    if (!faulty().finding) return set_of(finding.ranks) == wrong_;
    const std::uint32_t last = line_of(text_, "faulty", fault_->line);
    if (finding.at.line == last || finding.at.line == last + 1) return true;
    const Ranks ranks = planted();
    return std::ranges::any_of(finding.ranks, [&](int r) { return ranks.contains(r); });
  }

  void add(std::vector<Report>& to, const std::string& property, const Finding& finding) const {
    Report report{property, true, false, false, ""};
    report.words = fmt::format("{}({}) {} on ranks {{{}}}, {}", finding.defect_class,
                               fmt::join(finding.branches, ", "), finding.coefficient,
                               fmt::join(finding.ranks, ","), finding.operation);
    if (fault_ != nullptr) {
      report.class_right = is_kind(*fault_, finding.defect_class, finding.branches);
      report.place_right = place_right(finding);
    }
    to.push_back(std::move(report));
  }

  void check(std::vector<Report>& to) const {
    CheckOptions options;
    options.seed = at_.seed;
    options.threads = 1;
    options.variants = {judged_variant()};
    for (const reducecheck::Cell& cell : props::judged(scenario_, options).cells) {
      if (cell.finding) add(to, "exact judge", *cell.finding);
    }
  }

  void prover(std::vector<Report>& to) const {
    ProveOptions options;
    options.seed = at_.seed;
    options.witness_ranks = 32;
    const Proof proof = prove_variant(scenario_, scenario_.variants.size() - 1, options);
    for (const ProofCase& one : proof.cases) {
      if (one.empty || one.verdict != Verdict::defect || !one.finding) continue;
      add(to, "prover", *one.finding);
      return;
    }
  }

  /// The rows of each rank against those of the third oracle.
  void oracle(std::vector<Report>& to) const {
    if (faulty().finding) return;
    const auto question = oracle::question_in(scope_, at_.seed, oracle::Domain::prime);
    const oracle::Rows rows = oracle::evaluate_reference(scenario_, question).at("y");
    const auto& tokens = question.tokens.at("x");
    std::vector<props::TokenRows> got;
    try {
      got = props::rows_by_rank<Prime>(plan_, faulty(), at_.seed);
    } catch (const std::logic_error&) {
      return;  // rows of another shape are not compared
    }
    Ranks wrong;
    for (std::size_t r = 0; r < got.size(); ++r) {
      for (std::size_t t = 0; t < tokens.size(); ++t) {
        const auto found =
            got[r].find({static_cast<int>(tokens[t].owner), static_cast<int>(tokens[t].index)});
        if (found != got[r].end() && found->second != rows[t]) wrong.insert(static_cast<int>(r));
      }
    }
    if (wrong.empty()) return;
    to.push_back({"third oracle", false, false, wrong == wrong_,
                  fmt::format("other rows on ranks {{{}}}", fmt::join(wrong, ","))});
  }

  /// The value that the line of that name left on a rank, or where no step stands there the one of
  /// `otherwise`.
  [[nodiscard]] int value_of(const Run& run, const std::string& name, int rank,
                             const std::string& otherwise = "") const {
    // A step that several programs take stands in the plan once, where the first one says it.
    const std::set<std::uint32_t> lines = {line_of(text_, run.name, name),
                                           line_of(text_, "right", name),
                                           line_of(text_, "reference", name)};
    int value = -1;
    for (const Execution& execution : run.executions[static_cast<std::size_t>(rank)]) {
      const Step& step = plan_.steps[static_cast<std::size_t>(execution.step)];
      if (!lines.contains(step.at.line)) continue;
      const auto place = std::ranges::find(step.members, rank) - step.members.begin();
      const bool one_each = step.results.size() == step.members.size() && step.results.size() > 1;
      value = step.results[one_each ? static_cast<std::size_t>(place) : 0];
    }
    return value >= 0 || otherwise.empty() ? value : value_of(run, otherwise, rank);
  }

  /// What a run in the format would write down before and after its sum over tp.
  [[nodiscard]] Dump dump_of(const Simulation& values, const Run& parts, const Run& total) const {
    Dump dump;
    dump.mesh = {{"ep", at_.ep}, {"tp", at_.tp}};
    dump.group = {"tp"};
    dump.order = at_.order();
    dump.ranks.resize(static_cast<std::size_t>(at_.ranks()));
    for (int r = 0; r < at_.ranks(); ++r) {
      auto& tensors = dump.ranks[static_cast<std::size_t>(r)].tensors;
      tensors["partial/routed"] =
          dump_tensor(plan_, at_.format, values, value_of(parts, "routed", r));
      tensors["partial/shared"] =
          dump_tensor(plan_, at_.format, values, value_of(parts, "branch", r));
      tensors["output/total"] =
          dump_tensor(plan_, at_.format, values, value_of(total, "total", r, "part"));
    }
    return dump;
  }

  [[nodiscard]] std::optional<Simulation> simulated() const {
    if (faulty().finding) return std::nullopt;
    std::string refusal;
    return Simulation::run(plan_,
                           {.type = std::string(traits(at_.format).name),
                            .seed = at_.seed,
                            .all_reduce = at_.order(),
                            .reduce_scatter = "rank_order"},
                           refusal);
  }

  /// Where the total of the faulty program has other bits than the right one's: ranks.
  [[nodiscard]] Ranks wrong_totals(const Simulation& values) const {
    Ranks ranks;
    for (int r = 0; r < at_.ranks(); ++r) {
      const int got = value_of(faulty(), "total", r, "part");
      if (values.value(got) != values.value(value_of(right(), "total", r, "part"))) ranks.insert(r);
    }
    return ranks;
  }

  void dump(std::vector<Report>& to) const {
    const auto values = simulated();
    if (!values) return;
    const Dump dump = dump_of(*values, faulty(), faulty());
    const std::vector<OutputDiagnosis> outputs = diagnose(dump, {});
    for (const OutputDiagnosis& output : outputs) {
      if (output.verdict != DiagnosisVerdict::defect) continue;
      const DiagnosisFinding& finding = output.findings.front();
      Report report{"diagnosis", true, false, false, finding.words};
      const Ranks shares = planted();
      report.class_right =
          fault_ != nullptr && is_kind(*fault_, finding.defect_class, finding.branches);
      report.place_right = set_of(finding.ranks) == shares ||
                           (output.witness && wrong_totals(*values).contains(output.witness->rank));
      to.push_back(std::move(report));
      return;
    }
  }

  void certificate(std::vector<Report>& to) const {
    const auto values = simulated();
    if (!values) return;
    const CertifiedVersion left{"right", dump_of(*values, right(), right()), {}};
    const CertifiedVersion other{"faulty", dump_of(*values, right(), faulty()), {}};
    std::vector<std::string> errors;
    const auto report = certify(left, other, &left, {}, errors);
    if (!report || report->outputs.empty()) return;
    const RoundingReport& rounding = report->outputs.front().report;
    if (rounding.verdict != RoundingVerdict::defect || !rounding.witness) return;
    to.push_back(
        {"rounding judge", false, false, wrong_totals(*values).contains(rounding.witness->rank),
         fmt::format("no rounding: {} elements, first element {} on rank {}", rounding.right_wrong,
                     rounding.witness->element, rounding.witness->rank)});
  }

  Setting at_;
  const LayerFault* fault_;
  std::string text_;
  Scenario scenario_;
  Configuration configuration_;
  Scope scope_;
  Plan plan_;
  Ranks wrong_;
};

}  // namespace

std::vector<Fault> layer_faults() {
  std::vector<Fault> all;
  for (const LayerFault& fault : faults_of_text()) {
    const auto plant = [&fault](const Setting& at) {
      Cell cell = LayerCell(at, &fault).run();
      if (fault.of != FaultClass::matching || !cell.applies || at.quick) return cell;
      // The same calls by processes.
      for (Report& report : process_reports(fault.id, at)) cell.reports.push_back(report);
      return cell;
    };
    all.push_back(
        {fmt::format("{}.{}", spelling(fault.of), fault.id), fault.of, fault.sentence, plant});
  }
  return all;
}

Twin layer_twin() {
  return {"layer", [](const Setting& at) { return LayerCell(at, nullptr).reports(); }, false, true};
}

}  // namespace reducecheck::matrix
