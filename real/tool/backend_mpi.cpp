// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/mpi/error.hpp"
#include "real/mpi/session.hpp"
#include "real/supervise/supervise.hpp"
#include "real/tool/algorithm_names.hpp"
#include "real/tool/backend.hpp"
#include "real/tool/job_report.hpp"
#include "real/tool/layouts.hpp"

namespace reducecheck::real {
namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// What to type for that many ranks.
std::string launch_line(int ranks, const std::vector<std::string>& words) {
  return fmt::format("mpirun -n {} reducecheck-real {}", ranks, joined(words));
}

/// An error that every rank would find alike is told by one: the first, by the launcher's word.
bool is_first_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"}) {
    const char* rank = std::getenv(name);
    if (rank != nullptr) return std::string_view(rank) == "0";
  }
  return true;
}

int refuse(const std::string& text) {
  if (is_first_rank()) fmt::print(stderr, "{}", text);
  return ExitStatus::usage;
}

/// Why no layout has that many ranks.
std::string wrong_size(const Request& request, const Layouts& layouts, int ranks,
                       const std::vector<std::string>& words) {
  std::string text = fmt::format(
      "reducecheck-real: error: no layout of {} that is asked for has {} rank{}; possible: {}\n",
      request.file, ranks, ranks == 1 ? "" : "s", fmt::join(layouts.ranks, ", "));
  if (!layouts.ranks.empty()) {
    text += fmt::format("  {}\n", launch_line(layouts.ranks.back(), words));
  }
  return text;
}

/// As one rank of a job.
int run_rank(const Request& request, const std::vector<std::string>& words,
             const Scenario& scenario) {
  const bool pins = request.type != ElementType::mod64;
  Session session(pins);
  try {
    std::string errors;
    const Layouts layouts = layouts_of(scenario, request, session.size(), errors);
    if (!errors.empty()) return refuse(errors);
    if (layouts.configurations.empty()) {
      return refuse(wrong_size(request, layouts, session.size(), words));
    }
    return run_layouts(request, scenario, layouts, session);
  } catch (const CallFailure& failure) {
    fmt::print(stderr, "reducecheck-real: {}\n", failure.what());
    std::fflush(stderr);
    // The others find the same; a moment for them to leave it in their logs.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    MPI_Abort(MPI_COMM_WORLD, failure.mismatch ? ExitStatus::different : ExitStatus::backend);
  } catch (const BackendError& error) {
    fmt::print(stderr, "reducecheck-real: {}\n", error.what());
    std::fflush(stderr);
    MPI_Abort(MPI_COMM_WORLD, ExitStatus::backend);
  }
  return ExitStatus::backend;
}

/// Starts the job from here and watches it.
int launch(const Request& request, const std::vector<std::string>& words, int ranks) {
  SupervisedJob job{.command = {"mpirun", "-n", fmt::format("{}", ranks),
                                std::filesystem::read_symlink("/proc/self/exe").string()},
                    .ranks = ranks,
                    .deadline_milliseconds = request.deadline_milliseconds * 3 / 2};
  for (const std::string& word : words) {
    if (word != "--launch") job.command.push_back(word);
  }
  const JobReport report = supervise(job);
  for (const std::string& sentence : report.told) {
    fmt::print(stderr, "reducecheck-real: {}\n", sentence);
  }
  if (report.outcome == JobOutcome::mismatched) return ExitStatus::different;
  if (report.outcome == JobOutcome::failed) return ExitStatus::backend;
  return report.status;
}

}  // namespace

std::vector<std::string> algorithm_names() {
  std::vector<std::string> names;
  for (const Algorithm& algorithm : algorithms()) names.emplace_back(algorithm.name);
  return names;
}

std::string backend_state() {
  if (!under_launcher()) {
    // A job of one rank: enough to ask the library.
    setenv("OMPI_MCA_btl", "self", 0);
  }
  const Session session(true);
  std::string text = fmt::format("  mpi    {}, {} rank{}\n", mpi_library(), session.size(),
                                 session.size() == 1 ? "" : "s");
  if (session.rank() != 0) text.clear();
  std::vector<std::string> forced;
  std::string reason;
  for (const Algorithm& algorithm : algorithms()) {
    std::string refusal;
    MPI_Comm comm = forced_communicator(MPI_COMM_WORLD, algorithm, refusal);
    if (comm == MPI_COMM_NULL) {
      reason = refusal;
      continue;
    }
    forced.emplace_back(algorithm.name);
    MPI_Comm_free(&comm);
  }
  if (session.rank() != 0) return "";
  text += forced.empty()
              ? fmt::format("  order  not pinned: {}\n", reason)
              : fmt::format("  order  can be forced and read back: {}\n", fmt::join(forced, ", "));
  return text + "  nccl   not in this build\n";
}

int run_request(const Request& request, const std::vector<std::string>& words) {
  std::string errors;
  const std::optional<Scenario> scenario = load(request, errors);
  if (!scenario) return refuse(errors);
  if (under_launcher()) return run_rank(request, words, *scenario);
  const Layouts layouts = layouts_of(*scenario, request, 0, errors);
  if (!errors.empty()) return refuse(errors);
  if (layouts.ranks.empty()) return refuse(wrong_size(request, layouts, 1, words));
  // As many ranks as any layout that is asked for has.
  const int ranks = layouts.ranks.back();
  if (request.launches) return launch(request, words, ranks);
  return refuse(
      fmt::format("reducecheck-real: error: this is one process; ranks are processes of a job\n"
                  "  {}\nor let it start them, and watch them: add --launch\n",
                  launch_line(ranks, words)));
}

}  // namespace reducecheck::real
