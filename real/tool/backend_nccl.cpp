// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <exception>
#include <filesystem>

#include "real/calls/backend_error.hpp"
#include "real/calls/call_failure.hpp"
#include "real/nccl/nccl_job.hpp"
#include "real/tool/backend.hpp"
#include "real/tool/job_report.hpp"
#include "real/tool/start.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* nccl_starter = "torchrun --no-python --nproc-per-node";

class NcclJob final : public Job {
 public:
  NcclJob(const Request& request, NcclSession& session) : request_(request), session_(session) {}

  [[nodiscard]] int rank() const override { return session_.rank(); }
  [[nodiscard]] int size() const override { return session_.size(); }

  [[nodiscard]] std::string library() const override {
    return fmt::format("{}, {} rank{}", nccl_library_name(), size(), size() == 1 ? "" : "s");
  }

  SumsBy sums_by() override {
    const std::optional<PinnedOrder>& pinned = session_.pinned();
    if (!pinned) return {.unknown = "no --algorithm: the order of sums is the library's choice"};
    return {.all_reduce = pinned->all_reduce,
            .settings = pinned->settings,
            .reduce_scatter = pinned->reduce_scatter};
  }

  std::string contradiction() override {
    return rank() == 0 && size() > 1 ? unconfirmed_nccl(request_.algorithm) : "";
  }

  void with_all_ranks(const std::function<void(Transport&)>& use) override {
    NcclTransport transport = session_.transport();
    transport.add_group(whole_world(size()));
    use(transport);
    transport.finish();
  }

  std::vector<std::vector<std::uint64_t>> run(const Plan& plan, const Run& run, const Mesh& mesh,
                                              ElementType type, std::uint64_t seed) override {
    return run_nccl_job(session_, plan, run, mesh, type, seed, places_);
  }

  /// Which steps ran where, on this rank.
  std::string remarks() override {
    std::vector<std::string> on_device;
    std::vector<std::string> on_host;
    for (const auto& [kind, steps] : places_) {
      if (steps.elsewhere > 0) on_device.push_back(fmt::format("{} {}", kind, steps.elsewhere));
      if (steps.here > 0) on_host.push_back(fmt::format("{} {}", kind, steps.here));
    }
    return fmt::format("steps on rank 0, by {}: {}; on the host: {}\n", device_work_name(),
                       on_device.empty() ? "none" : fmt::format("{}", fmt::join(on_device, ", ")),
                       on_host.empty() ? "none" : fmt::format("{}", fmt::join(on_host, ", ")));
  }

  /// By the control channel: what is checked has no part in what is told of it.
  std::uint64_t sum(std::uint64_t own) override {
    ControlClient& control = session_.control();
    std::uint64_t all = own;
    const auto received = [&](int from) {
      std::uint64_t number = 0;
      std::memcpy(&number, control.receive(from, sizeof number).data(), sizeof number);
      return number;
    };
    if (rank() != 0) {
      control.send(0, std::as_bytes(std::span(&own, 1)));
      return received(0);
    }
    for (int r = 1; r < size(); ++r) all += received(r);
    for (int r = 1; r < size(); ++r) control.send(r, std::as_bytes(std::span(&all, 1)));
    return all;
  }

 private:
  const Request& request_;
  NcclSession& session_;
  std::map<std::string, StepPlaces> places_;
};

/// Ranks of one job were started with the same words.
std::uint64_t hash_of(const std::vector<std::string>& words) {
  std::uint64_t hash = 1;
  for (const std::string& word : words_of_ranks(words)) hash = mix(hash ^ name_hash(word));
  return hash | 1;
}

/// The table of a job without a device, told once.
int skip(const Request& request, const std::vector<Scenario>& scenarios, int ranks,
         const std::vector<std::string>& words, const std::string& reason, bool tells) {
  const std::string sentence = "no GPU: " + reason;
  if (request.command == Command::collectives) {
    if (tells) fmt::print("collectives: not run: {}\n", sentence);
    return ExitStatus::skipped;
  }
  std::string errors;
  const auto layouts = layouts_of_job(request, scenarios, ranks, words, nccl_starter, errors);
  if (!errors.empty()) return refuse(errors);
  if (tells) skip_layouts(request, scenarios, layouts, nccl_library_name(), sentence);
  return ExitStatus::skipped;
}

/// The rank gives up. The control process tells why; without one, this rank.
int give_up(NcclSession* session, const std::string& text, bool mismatch) {
  if (session != nullptr) session->give_up(text, mismatch);
  if (session == nullptr) fmt::print(stderr, "reducecheck-real: {}\n", text);
  return mismatch ? ExitStatus::different : ExitStatus::backend;
}

int run_nccl_rank(const Request& request, const std::vector<std::string>& words,
                  const RankPlace& place) {
  std::string errors;
  const std::vector<Scenario> scenarios = load(request, errors);
  if (!errors.empty()) return refuse(errors);
  std::unique_ptr<NcclSession> session;
  try {
    session = std::make_unique<NcclSession>(
        place, NcclJobOptions{.job = hash_of(words),
                              .deadline_milliseconds = request.deadline_milliseconds,
                              .algorithm = request.algorithm});
    session->join();
    int status = 0;
    if (session->no_device().empty()) {
      NcclJob job(request, *session);
      status = run_job_of(request, scenarios, words, nccl_starter, job);
    } else {
      status = skip(request, scenarios, place.world, words, session->no_device(), place.rank == 0);
    }
    std::fflush(stdout);
    session->end();
    return status;
  } catch (const CallFailure& failure) {
    return give_up(session.get(), failure.what(), failure.mismatch);
  } catch (const BackendError& error) {
    return give_up(session.get(), fmt::format("rank {}: {}", place.rank, error.what()), false);
  } catch (const std::bad_alloc&) {
    return give_up(session.get(), fmt::format("rank {} is out of memory", place.rank), false);
  } catch (const std::exception&) {
    if (session) session->give_up(fmt::format("rank {} met an internal error", place.rank), false);
    throw;  // told where every command's is
  }
}

/// Starts the ranks from here and watches them. This process never touches a device: it asks one
/// that does, `doctor`'s way.
int launch(const Request& request, const std::vector<std::string>& words) {
  const Start start = start_of(request, words, nccl_starter);
  if (!start.errors.empty()) return refuse(start.errors);
  RankJob job{.command = {std::filesystem::read_symlink("/proc/self/exe").string()},
              .ranks = start.ranks,
              .deadline_milliseconds = request.deadline_milliseconds,
              .environment = {}};
  for (const std::string& word : words_of_ranks(words)) job.command.push_back(word);
  return tell_report(run_ranks(job));
}

class NcclBackend final : public Backend {
 public:
  [[nodiscard]] std::string_view name() const override { return "nccl"; }
  [[nodiscard]] bool built() const override { return true; }
  [[nodiscard]] std::vector<std::string> algorithms() const override { return nccl_algorithms(); }

  std::string state() override {
    std::string text =
        fmt::format("  nccl   {}\n  cuda   {}\n", nccl_library_name(), cuda_versions());
    const DeviceCount found = count_devices();
    if (found.devices == 0) return text + fmt::format("  gpu    none: {}\n", found.reason);
    for (const std::string& line : device_lines(found.devices)) {
      text += fmt::format("  gpu    {}\n", line);
    }
    return text;
  }

  int run(const Request& request, const std::vector<std::string>& words) override {
    if (request.launches) return launch(request, words);
    std::string wrong;
    const std::optional<RankPlace> place = rank_place(process_environment(), wrong);
    if (!wrong.empty()) {
      // Each rank has variables of its own.
      fmt::print(stderr, "reducecheck-real: error: {}\n", wrong);
      return ExitStatus::usage;
    }
    if (place) return run_nccl_rank(request, words, *place);
    return refuse(start_of(request, words, nccl_starter).errors);
  }
};

}  // namespace

Backend& nccl_backend() {
  static NcclBackend backend;
  return backend;
}

}  // namespace reducecheck::real
