// SPDX-License-Identifier: Apache-2.0
// A job of three calls in which rank 1 does not do what the others do. Words: which drill, and for
// how many milliseconds a rank waits for another. For drills_test.cpp, which starts it under a
// supervisor.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/mpi/mpi_transport.hpp"
#include "real/mpi/session.hpp"

namespace reducecheck::real {
namespace {

constexpr std::size_t elements = 24;

/// Whether this rank stops in the next MPI_Allreduce.
bool stops_inside = false;

struct DrillCall {
  std::string operation = "all_reduce";
  std::string reduction = "sum";
  ElementType type = ElementType::fp32;
  std::size_t count = elements;
};

void make(MpiTransport& transport, const std::vector<int>& members, const DrillCall& drill,
          const std::string& text) {
  const Call call{.operation = drill.operation,
                  .reduction = drill.reduction,
                  .type = std::string(facts(drill.type).name),
                  .count = drill.count,
                  .members = members,
                  .text = text,
                  .at = {}};
  std::vector<std::byte> bytes(drill.count * facts(drill.type).bytes);
  if (drill.operation == "broadcast") return transport.broadcast(call, bytes);
  const Reduction reduction = drill.reduction == "max" ? Reduction::max : Reduction::sum;
  transport.all_reduce(call, drill.type, reduction, bytes);
}

/// The second call of rank 1.
void misbehave(std::string_view drill, MpiTransport& transport, const std::vector<int>& members) {
  DrillCall call;
  if (drill == "killed") static_cast<void>(std::raise(SIGKILL));
  if (drill == "stopped") static_cast<void>(std::raise(SIGSTOP));
  if (drill == "stopped_inside") stops_inside = true;
  if (drill == "exited") ::_exit(0);
  if (drill == "missing") return;
  if (drill == "other_operation") call.operation = "broadcast";
  if (drill == "other_reduction") call.reduction = "max";
  if (drill == "other_type") call.type = ElementType::bf16;
  if (drill == "other_count") ++call.count;
  if (drill == "extra") make(transport, members, call, "second");
  make(transport, members, call, "second");
}

void run(std::string_view drill, int deadline_milliseconds, const Session& session) {
  CallLog log(session.rank());
  MpiTransport transport(MPI_COMM_WORLD, deadline_milliseconds, log);
  std::vector<int> members;
  for (int r = 0; r < session.size(); ++r) members.push_back(r);
  transport.add_group(members);
  make(transport, members, {}, "first");
  if (session.rank() == 1 && drill != "none") {
    misbehave(drill, transport, members);
  } else {
    make(transport, members, {}, "second");
  }
  make(transport, members, {}, "third");
  transport.finish();
  log.write(CallEvent::end);
}

}  // namespace
}  // namespace reducecheck::real

/// Stands before the library's, as MPI's profiling interface has it: after the handshake, and
/// before anything moves.
extern "C" int MPI_Allreduce(const void* in, void* out, int count, MPI_Datatype type, MPI_Op op,
                             MPI_Comm comm) {
  if (reducecheck::real::stops_inside) static_cast<void>(std::raise(SIGSTOP));
  return PMPI_Allreduce(in, out, count, type, op, comm);
}

int main(int count, char** words) {
  using namespace reducecheck::real;
  const Session session(false);
  try {
    if (count == 3) run(words[1], std::atoi(words[2]), session);
  } catch (const CallFailure& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    MPI_Abort(MPI_COMM_WORLD, failure.mismatch ? 1 : 3);
  }
  return 0;
}
