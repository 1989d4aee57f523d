// SPDX-License-Identifier: Apache-2.0
#include "real/tool/job_report.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>

#include "real/execute/rank.hpp"
#include "real/mpi/algorithm.hpp"
#include "real/mpi/error.hpp"
#include "real/mpi/job.hpp"
#include "real/parity/run_parity.hpp"
#include "real/tool/order_probe.hpp"
#include "scenarios/text/printable.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {
namespace {

/// Reduce-scatters are forced to one algorithm, a linear reduce and a scatter.
constexpr const char* reduce_scatter_order = "openmpi_basic_linear";

struct Row {
  std::string variant;
  std::string layout;
  std::string parity;
  std::vector<std::string> details;
};

enum class Outcome { equal, different, skipped };

class JobReporter {
 public:
  JobReporter(const Request& request, const Scenario& scenario, const Session& session)
      : request_(request), scenario_(scenario), first_(session.rank() == 0), log_(session.rank()) {}

  int run(const Layouts& layouts) {
    prepare();
    if (first_) header();
    for (const Configuration& at : layouts.configurations) {
      const Scope scope(scenario_, at, sizes_of(request_));
      for (const Variant* variant : layouts.variants) one(scope, at, *variant);
    }
    log_.write(CallEvent::end);
    if (owned_) MPI_Comm_free(&comm_);
    return first_ ? told(summary()) : summary();
  }

 private:
  void prepare() {
    if (request_.type == ElementType::mod64) return;
    const Algorithm* algorithm = algorithm_named(request_.algorithm);
    if (algorithm == nullptr) {
      not_comparable_ = "no --algorithm: the order of sums is the library's choice";
      return;
    }
    std::string refusal;
    const MPI_Comm forced = forced_communicator(MPI_COMM_WORLD, *algorithm, refusal);
    if (forced == MPI_COMM_NULL) {
      not_comparable_ = fmt::format("the order of {} is not pinned: {}", mpi_library(), refusal);
      return;
    }
    comm_ = forced;
    owned_ = true;
    if (!sums_as_predicted(comm_, *algorithm)) {
      not_comparable_ = fmt::format("{} says that it sums by {}, and sums otherwise", mpi_library(),
                                    algorithm->name);
      return;
    }
    order_ = algorithm->order;
  }

  void header() const {
    fmt::print("{}\n  file     {}\n  backend  {}, {}{}{}\n\n", printable(scenario_.title),
               printable(request_.file), mpi_library(), facts(request_.type).name,
               request_.algorithm.empty() ? "" : ", all_reduce by ", request_.algorithm);
  }

  void one(const Scope& scope, const Configuration& at, const Variant& variant) {
    Row row{printable(variant.name), spelled(scenario_, at), "", {}};
    try {
      const Plan plan = unroll(scope, {&variant});
      count(compared(scope, plan, row));
    } catch (const TextError& error) {
      // Every rank has the same text, and so the same error.
      row.parity = fmt::format("not run: {}", printable(error.what()));
      count(Outcome::skipped);
    }
    if (first_) print(row);
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
    const auto records = run_job(comm_, plan, run, scope.mesh(),
                                 {.type = request_.type,
                                  .seed = request_.seed,
                                  .deadline_milliseconds = request_.deadline_milliseconds},
                                 log_);
    int outcome = static_cast<int>(Outcome::skipped);
    if (first_) outcome = static_cast<int>(judge(plan, run, records, row));
    check_mpi(MPI_Bcast(&outcome, 1, MPI_INT, 0, MPI_COMM_WORLD), "MPI_Bcast");
    return static_cast<Outcome>(outcome);
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
                                             .all_reduce = order_,
                                             .reduce_scatter = reduce_scatter_order},
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

  void print(const Row& row) const {
    fmt::print("  {}  {}  {}\n", row.variant, row.layout, row.parity);
    for (const std::string& detail : row.details) fmt::print("    {}\n", detail);
  }

  [[nodiscard]] int summary() const {
    if (outcomes_[1] > 0) return ExitStatus::different;
    return outcomes_[0] > 0 ? ExitStatus::equal : ExitStatus::skipped;
  }

  [[nodiscard]] int told(int status) const {
    fmt::print("\n{} equal to the simulator, {} different, {} not compared\n", outcomes_[0],
               outcomes_[1], outcomes_[2]);
    return status;
  }

  const Request& request_;
  const Scenario& scenario_;
  bool first_;
  CallLog log_;
  MPI_Comm comm_ = MPI_COMM_WORLD;
  bool owned_ = false;
  std::string order_;
  std::string not_comparable_;
  std::size_t outcomes_[3] = {0, 0, 0};
};

}  // namespace

int run_layouts(const Request& request, const Scenario& scenario, const Layouts& layouts,
                const Session& session) {
  return JobReporter(request, scenario, session).run(layouts);
}

}  // namespace reducecheck::real
