// SPDX-License-Identifier: Apache-2.0
#include "real/tool/job_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "real/execute/rank.hpp"
#include "real/parity/run_parity.hpp"
#include "scenarios/text/printable.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {
namespace {

struct Row {
  std::string variant;
  std::string layout;
  std::string parity;
  std::vector<std::string> details;
};

enum class Outcome { equal, different, skipped };

/// The head of the table.
void print_head(const Request& request, const Scenario& scenario, const std::string& library) {
  fmt::print("{}\n  file     {}\n  backend  {}, {}{}{}\n\n", printable(scenario.title),
             printable(scenario.file), library, facts(request.type).name,
             request.algorithm.empty() ? "" : ", all_reduce by ", request.algorithm);
}

void print_row(const Row& row) {
  fmt::print("  {}  {}  {}\n", row.variant, row.layout, row.parity);
  for (const std::string& detail : row.details) fmt::print("    {}\n", detail);
}

void print_totals(std::size_t equal, std::size_t different, std::size_t skipped) {
  fmt::print("\n{} equal to the simulator, {} different, {} not compared\n", equal, different,
             skipped);
}

class JobReporter {
 public:
  JobReporter(const Request& request, Job& job)
      : request_(request), job_(job), first_(job.rank() == 0) {}

  int run(const std::vector<Scenario>& scenarios, const std::vector<Layouts>& layouts) {
    find_order();
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      if (first_ && i > 0) fmt::print("\n");
      table(scenarios[i], layouts[i]);
    }
    const std::string remarks = job_.remarks();
    if (first_) {
      print_totals(outcomes_[0], outcomes_[1], outcomes_[2]);
      fmt::print("{}", remarks);
    }
    return summary();
  }

 private:
  /// The order that sums go by, only if they are seen to.
  void find_order() {
    if (request_.type == ElementType::mod64) return;
    order_ = job_.sums_by();
    not_comparable_ = order_.unknown;
    if (!not_comparable_.empty()) return;
    const std::string name = order_.all_reduce;
    const bool seen = sums_as_said(job_, request_.type, order_);
    const std::string contradiction = job_.contradiction();
    if (!contradiction.empty()) {
      not_comparable_ = contradiction;
    } else if (!seen) {
      not_comparable_ =
          fmt::format("{} should sum by {}, and sums otherwise", job_.library(), name);
    }
  }

  void table(const Scenario& scenario, const Layouts& layouts) {
    if (first_) print_head(request_, scenario, job_.library());
    for (const Configuration& at : layouts.configurations) {
      const Scope scope(scenario, at, sizes_of(request_));
      for (const Variant* variant : layouts.variants) {
        one(scope, *variant, spelled(scenario, at));
      }
    }
    if (first_ && layouts.configurations.empty()) {
      fmt::print("  no layout of {} ranks\n", job_.size());
    }
  }

  void one(const Scope& scope, const Variant& variant, const std::string& layout) {
    Row row{printable(variant.name), layout, "", {}};
    try {
      const Plan plan = unroll(scope, {&variant});
      count(compared(scope, plan, row));
    } catch (const TextError& error) {
      // Every rank has the same text, and so the same error.
      row.parity = fmt::format("not run: {}", printable(error.what()));
      count(Outcome::skipped);
    }
    if (first_) print_row(row);
  }

  Outcome compared(const Scope& scope, const Plan& plan, Row& row) {
    const Run& run = plan.variants[0];
    if (run.finding) {
      row.parity =
          fmt::format("not run: {}: {}", run.finding->defect_class, printable(run.finding->detail));
      return Outcome::skipped;
    }
    if (!can_execute(plan, run, request_.type)) {
      row.parity = "not run: it divides, which mod64 cannot";
      return Outcome::skipped;
    }
    const auto records = job_.run(plan, run, scope.mesh(), request_.type, request_.seed);
    auto outcome = static_cast<std::uint64_t>(0);
    if (first_) outcome = static_cast<std::uint64_t>(judge(plan, run, records, row));
    return static_cast<Outcome>(job_.sum(outcome));
  }

  Outcome judge(const Plan& plan, const Run& run,
                const std::vector<std::vector<std::uint64_t>>& records, Row& row) {
    if (!not_comparable_.empty()) {
      row.parity = fmt::format("ran; not comparable: {}", not_comparable_);
      return Outcome::skipped;
    }
    std::string refusal;
    const auto simulation = Simulation::run(plan,
                                            {.type = std::string(facts(request_.type).name),
                                             .seed = request_.seed,
                                             .all_reduce = order_.all_reduce,
                                             .reduce_scatter = order_.reduce_scatter,
                                             .all_reduce_settings = order_.settings},
                                            refusal);
    if (!simulation) {
      row.parity = fmt::format("ran; not comparable: {}", refusal);
      return Outcome::skipped;
    }
    const RunParity parity = compare_run(plan, run, request_.type, *simulation, records);
    if (parity.equal()) {
      row.parity = fmt::format("equal: {} steps, {} of them collective, {} elements of outputs",
                               parity.steps, parity.collectives, parity.elements);
      return Outcome::equal;
    }
    row.parity = fmt::format("DIFFERENT: {} of {} steps, {} of {} elements of outputs",
                             parity.different_steps, parity.steps, parity.different_elements,
                             parity.elements);
    if (!parity.first.empty()) row.details.push_back("first: " + parity.first);
    if (!parity.first_element.empty()) row.details.push_back(parity.first_element);
    return Outcome::different;
  }

  void count(Outcome outcome) { ++outcomes_[static_cast<std::size_t>(outcome)]; }

  [[nodiscard]] int summary() const {
    if (outcomes_[1] > 0) return ExitStatus::different;
    return outcomes_[0] > 0 ? ExitStatus::equal : ExitStatus::skipped;
  }

  const Request& request_;
  Job& job_;
  bool first_;
  SumsBy order_;
  std::string not_comparable_;
  std::size_t outcomes_[3] = {0, 0, 0};
};

}  // namespace

int run_layouts(const Request& request, const std::vector<Scenario>& scenarios,
                const std::vector<Layouts>& layouts, Job& job) {
  return JobReporter(request, job).run(scenarios, layouts);
}

int skip_layouts(const Request& request, const std::vector<Scenario>& scenarios,
                 const std::vector<Layouts>& layouts, const std::string& library,
                 const std::string& reason) {
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    print_head(request, scenarios[i], library);
    for (const Configuration& at : layouts[i].configurations) {
      for (const Variant* variant : layouts[i].variants) {
        print_row({printable(variant->name), spelled(scenarios[i], at), "not run: " + reason, {}});
        ++skipped;
      }
    }
  }
  print_totals(0, 0, skipped);
  return ExitStatus::skipped;
}

}  // namespace reducecheck::real
