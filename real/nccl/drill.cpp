// SPDX-License-Identifier: Apache-2.0
// A rank of a job of three calls in which rank 1 does not do what the others do. Words: which
// drill, and for how many milliseconds a rank waits for another. For drills_test.cpp, which starts
// it.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "real/calls/backend_error.hpp"
#include "real/calls/call_failure.hpp"
#include "real/nccl/session.hpp"
#include "real/supervise/launcher.hpp"

namespace reducecheck::real {
namespace {

struct DrillCall {
  std::string operation = "all_reduce";
  std::string reduction = "sum";
  ElementType type = ElementType::fp32;
  std::size_t count = 24;
  int root = -1;
};

class Drill {
 public:
  Drill(std::string name, NcclSession& session)
      : name_(std::move(name)), session_(session), transport_(session.transport()) {
    transport_.add_group(whole_world(session.size()));
    transport_.add_group(pair());
  }

  void run() {
    make({}, "first");
    if (session_.rank() == 1) {
      misbehave();
    } else {
      make(usual(), "second");
      if (name_ == "reordered" && session_.rank() == 0) make({}, "of two", pair().front());
    }
    make({}, "third");
    transport_.finish();
    session_.end();
  }

 private:
  /// Ranks 0 and 1, and the others.
  [[nodiscard]] Partition pair() const {
    Partition partition = {{0, 1}, {}};
    for (int r = 2; r < session_.size(); ++r) partition[1].push_back(r);
    return partition;
  }

  [[nodiscard]] DrillCall usual() const {
    if (name_ == "other_root") return {"broadcast", "", ElementType::fp32, 24, 0};
    return {};
  }

  void make(const DrillCall& drill, const std::string& text) {
    make(drill, text, whole_world(session_.size()).front());
  }

  void make(const DrillCall& drill, const std::string& text, const std::vector<int>& members) {
    const Call call{.operation = drill.operation,
                    .reduction = drill.reduction,
                    .type = std::string(facts(drill.type).name),
                    .count = drill.count,
                    .members = members,
                    .root = drill.root,
                    .text = text,
                    .at = {}};
    std::vector<std::byte> bytes(drill.count * facts(drill.type).bytes);
    if (drill.operation == "broadcast") return transport_.broadcast(call, bytes);
    const Reduction reduction = drill.reduction == "max" ? Reduction::max : Reduction::sum;
    transport_.all_reduce(call, drill.type, reduction, bytes);
  }

  /// The second call of rank 1.
  void misbehave() {
    DrillCall call = usual();
    if (name_ == "killed") static_cast<void>(std::raise(SIGKILL));
    if (name_ == "stopped") static_cast<void>(std::raise(SIGSTOP));
    if (name_ == "exited") ::_exit(0);
    if (name_ == "threw") throw std::runtime_error("as drilled");
    if (name_ == "missing") return;
    if (name_ == "group_open") static_cast<void>(ncclGroupStart());
    if (name_ == "reordered") make({}, "of two", pair().front());
    if (name_ == "other_operation") call = {"broadcast", "", ElementType::fp32, 24, 0};
    if (name_ == "other_reduction") call.reduction = "max";
    if (name_ == "other_type") call.type = ElementType::bf16;
    if (name_ == "other_count") ++call.count;
    if (name_ == "other_root") call.root = 1;
    if (name_ == "extra") make(call, "second");
    make(call, "second");
  }

  std::string name_;
  NcclSession& session_;
  NcclTransport transport_;
};

/// Rank 1 dies where the others wait for it to join.
void die_in_init(const RankPlace& place, int deadline) {
  ControlClient control(place, 1, deadline);
  const Call call{.operation = "ncclCommInitRank",
                  .reduction = "",
                  .type = "",
                  .members = whole_world(place.world).front(),
                  .text = "",
                  .at = {}};
  control.agree(header_of(call, 0), call.members);
  static_cast<void>(std::raise(SIGKILL));
}

int drilled(const std::string& name, int deadline) {
  std::string wrong;
  const RankPlace place = rank_place(process_environment(), wrong).value();
  if (const char* folder = std::getenv("REDUCECHECK_DRILL_FOLDER")) {
    std::ofstream(fmt::format("{}/{}", folder, place.rank)) << ::getpid() << '\n';
  }
  if (place.rank == 1 && name == "killed_at_start") static_cast<void>(std::raise(SIGKILL));
  if (place.rank == 1 && name == "killed_in_init") die_in_init(place, deadline);
  std::unique_ptr<NcclSession> session;
  const auto failed = [&](const std::string& text, bool mismatch) {
    if (session) session->give_up(text, mismatch);
    return mismatch ? 1 : 3;
  };
  try {
    session = std::make_unique<NcclSession>(
        place, NcclJobOptions{.job = 1, .deadline_milliseconds = deadline, .algorithm = ""});
    session->join();
    if (name == "sleeps") std::this_thread::sleep_for(std::chrono::seconds(30));
    Drill(name, *session).run();
  } catch (const CallFailure& failure) {
    return failed(failure.what(), failure.mismatch);
  } catch (const std::exception& error) {
    return failed(fmt::format("rank {}: {}", place.rank, error.what()), false);
  }
  return 0;
}

}  // namespace
}  // namespace reducecheck::real

int main(int count, char** words) {
  return count == 3 ? reducecheck::real::drilled(words[1], std::atoi(words[2])) : 2;
}
