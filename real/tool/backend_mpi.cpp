// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/execute/groups.hpp"
#include "real/mpi/error.hpp"
#include "real/mpi/job.hpp"
#include "real/mpi/session.hpp"
#include "real/tool/backend.hpp"
#include "real/tool/start.hpp"
#include "real/tool/sweep_command.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* mpi_starter = "mpirun -n";

/// Reduce-scatters are forced to one algorithm, a linear reduce and a scatter.
constexpr const char* reduce_scatter_order = "openmpi_basic_linear";

class MpiJob final : public Job {
 public:
  MpiJob(const Request& request, const Session& session, CallLog& log)
      : request_(request), session_(session), log_(log) {}
  ~MpiJob() override {
    if (owned_ && std::uncaught_exceptions() == 0) MPI_Comm_free(&comm_);
  }

  [[nodiscard]] int rank() const override { return session_.rank(); }
  [[nodiscard]] int size() const override { return session_.size(); }
  [[nodiscard]] std::string library() const override { return mpi_library(); }

  SumsBy sums_by() override {
    const Algorithm* algorithm = algorithm_named(request_.algorithm);
    if (algorithm == nullptr) {
      return {.unknown = "no --algorithm: the order of sums is the library's choice"};
    }
    std::string refusal;
    const MPI_Comm forced = forced_communicator(MPI_COMM_WORLD, *algorithm, refusal);
    if (forced == MPI_COMM_NULL) {
      return {.unknown = fmt::format("the order of {} is not pinned: {}", mpi_library(), refusal)};
    }
    comm_ = forced;
    owned_ = true;
    return {.all_reduce = std::string(algorithm->order),
            .settings = {},
            .reduce_scatter = reduce_scatter_order};
  }

  /// Variables were read back when the communicator was made.
  std::string contradiction() override { return ""; }

  void with_all_ranks(const std::function<void(Transport&)>& use) override {
    MpiTransport transport(comm_, request_.deadline_milliseconds, log_);
    transport.add_group(whole_world(size()).front());
    use(transport);
    transport.finish();
  }

  std::vector<std::vector<std::uint64_t>> run(const Plan& plan, const Run& run, const Mesh& mesh,
                                              ElementType type, std::uint64_t seed) override {
    return run_job(
        comm_, plan, run, mesh,
        {.type = type, .seed = seed, .deadline_milliseconds = request_.deadline_milliseconds},
        log_);
  }

  std::uint64_t sum(std::uint64_t own) override {
    std::uint64_t all = 0;
    check_mpi(MPI_Allreduce(&own, &all, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD), "MPI_Allreduce");
    return all;
  }

 private:
  const Request& request_;
  const Session& session_;
  CallLog& log_;
  MPI_Comm comm_ = MPI_COMM_WORLD;
  bool owned_ = false;
};

/// As one rank of a job.
int run_mpi_rank(const Request& request, const std::vector<std::string>& words) {
  std::string errors;
  const std::vector<Scenario> scenarios = load(request, errors);
  if (!errors.empty()) return refuse(errors);
  const bool pins = request.command == Command::collectives || request.type != ElementType::mod64;
  Session session(pins);
  try {
    CallLog log(session.rank());
    MpiJob job(request, session, log);
    const int status = run_job_of(request, scenarios, words, mpi_starter, job);
    log.write(CallEvent::end);
    return status;
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

/// Texts of any length, in the order of the ranks.
std::vector<std::string> gather_texts(const std::string& own, int rank, int count) {
  const int length = static_cast<int>(own.size());
  const auto size = static_cast<std::size_t>(rank == 0 ? count : 0);
  std::vector<int> lengths(size);
  check_mpi(MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, MPI_COMM_WORLD),
            "MPI_Gather");
  std::vector<std::string> texts;
  for (const int of_rank : lengths) texts.emplace_back(static_cast<std::size_t>(of_rank), '\0');
  if (rank != 0) {
    check_mpi(MPI_Send(own.data(), length, MPI_CHAR, 0, 0, MPI_COMM_WORLD), "MPI_Send");
    return texts;
  }
  texts[0] = own;
  for (int from = 1; from < count; ++from) {
    const auto place = static_cast<std::size_t>(from);
    check_mpi(MPI_Recv(texts[place].data(), lengths[place], MPI_CHAR, from, 0, MPI_COMM_WORLD,
                       MPI_STATUS_IGNORE),
              "MPI_Recv");
  }
  return texts;
}

/// A share of a sweep, as one process of a job.
int run_sweep_share(const Request& request) {
  const Session session(false);
  try {
    return run_sweep(request, {session.rank(), session.size(), [&](const std::string& own) {
                                 return gather_texts(own, session.rank(), session.size());
                               }});
  } catch (const BackendError& error) {
    fmt::print(stderr, "reducecheck-real: {}\n", error.what());
    std::fflush(stderr);
    MPI_Abort(MPI_COMM_WORLD, ExitStatus::backend);
  }
  return ExitStatus::backend;
}

class MpiBackend final : public Backend {
 public:
  [[nodiscard]] std::string_view name() const override { return "mpi"; }
  [[nodiscard]] bool built() const override { return true; }

  [[nodiscard]] std::vector<std::string> algorithms() const override {
    std::vector<std::string> names;
    for (const Algorithm& algorithm : real::algorithms()) names.emplace_back(algorithm.name);
    return names;
  }

  std::string state() override {
    if (!under_launcher()) {
      // A job of one rank: enough to ask the library.
      setenv("OMPI_MCA_btl", "self", 0);
    }
    const Session session(true);
    std::vector<std::string> forced;
    std::string reason;
    for (const Algorithm& algorithm : real::algorithms()) {
      std::string refusal;
      MPI_Comm comm = forced_communicator(MPI_COMM_WORLD, algorithm, refusal);
      if (comm == MPI_COMM_NULL) {
        reason = refusal;
        continue;
      }
      forced.emplace_back(algorithm.name);
      MPI_Comm_free(&comm);
    }
    return fmt::format(
        "  mpi    {}, {} rank{}\n  order  {}\n", mpi_library(), session.size(),
        session.size() == 1 ? "" : "s",
        forced.empty() ? "not pinned: " + reason
                       : fmt::format("can be forced and read back: {}", fmt::join(forced, ", ")));
  }

  int run(const Request& request, const std::vector<std::string>& words) override {
    if (request.command == Command::sweep) {
      return under_launcher() ? run_sweep_share(request) : run_sweep_alone(request);
    }
    if (under_launcher()) return run_mpi_rank(request, words);
    const Start start = start_of(request, words, mpi_starter);
    if (!start.errors.empty()) return refuse(start.errors);
    SupervisedJob job{.command = {"mpirun", "-n", fmt::format("{}", start.ranks),
                                  std::filesystem::read_symlink("/proc/self/exe").string()},
                      .ranks = start.ranks,
                      .deadline_milliseconds = request.deadline_milliseconds * 3 / 2};
    for (const std::string& word : words_of_ranks(words)) job.command.push_back(word);
    return tell_report(supervise(job));
  }
};

}  // namespace

Backend& mpi_backend() {
  static MpiBackend backend;
  return backend;
}

}  // namespace reducecheck::real
