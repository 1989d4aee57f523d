// SPDX-License-Identifier: Apache-2.0
// A rank of a job of three sums in which the last rank does not do what the others do. Words: what
// it does, the type, and for how many milliseconds a rank waits for another. It runs either under
// the supervisor, with its handshake before each call, or `bare`: by NCCL's calls alone, writing
// down what the communicator says.
#include <fmt/format.h>
#include <nccl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/nccl/session.hpp"
#include "real/supervise/launcher.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;

/// What a rank calls.
struct Sum {
  bool broadcast = false;
  bool maximum = false;
  ElementType type = ElementType::fp32;
  std::size_t count = 24;
};

/// The second call of the last rank; nothing where it makes none.
std::optional<Sum> changed(const std::string& drill, Sum usual) {
  if (drill == "skip") return std::nullopt;
  if (drill == "operation") usual.broadcast = true;
  if (drill == "count") ++usual.count;
  if (drill == "reduction") usual.maximum = true;
  if (drill == "type") {
    usual.type = usual.type == ElementType::fp16 ? ElementType::bf16 : ElementType::fp16;
  }
  if (drill == "before") static_cast<void>(std::raise(SIGKILL));
  return usual;
}

template <class Call>
void three_sums(const std::string& drill, bool last, const Sum& usual, const Call& call) {
  call(usual, "first");
  const std::optional<Sum> second = last ? changed(drill, usual) : usual;
  if (second) call(*second, "second");
  if (last && drill == "extra") call(usual, "once more");
  if (last && drill == "after") static_cast<void>(std::raise(SIGKILL));
  call(usual, "third");
}

int supervised(const std::string& drill, ElementType type, int deadline,
               const real::RankPlace& place) {
  std::unique_ptr<real::NcclSession> session;
  try {
    session = std::make_unique<real::NcclSession>(
        place, real::NcclJobOptions{.job = 1, .deadline_milliseconds = deadline, .algorithm = ""});
    session->join();
    real::NcclTransport transport = session->transport();
    transport.add_group(real::whole_world(place.world));
    const auto call = [&](const Sum& sum, const char* text) {
      real::Call made{.operation = sum.broadcast ? "broadcast" : "all_reduce",
                      .reduction = sum.broadcast ? ""
                                   : sum.maximum ? "max"
                                                 : "sum",
                      .type = std::string(real::facts(sum.type).name),
                      .count = sum.count,
                      .members = real::whole_world(place.world).front(),
                      .root = sum.broadcast ? 0 : -1,
                      .text = text,
                      .at = {}};
      std::vector<std::byte> bytes(sum.count * real::facts(sum.type).bytes);
      if (sum.broadcast) return transport.broadcast(made, bytes);
      transport.all_reduce(made, sum.type,
                           sum.maximum ? real::Reduction::max : real::Reduction::sum, bytes);
    };
    three_sums(drill, place.rank == place.world - 1, {.type = type}, call);
    transport.finish();
    session->end();
  } catch (const real::CallFailure& failure) {
    if (session) session->give_up(failure.what(), failure.mismatch);
    return 1;
  } catch (const std::exception& error) {
    if (session) session->give_up(fmt::format("rank {}: {}", place.rank, error.what()), false);
    return 3;
  }
  return 0;
}

ncclDataType_t type_of(ElementType type) {
  if (type == ElementType::fp32) return ncclFloat32;
  return type == ElementType::bf16 ? ncclBfloat16 : ncclFloat16;
}

/// The id that rank 0 makes and the others find in the folder.
ncclUniqueId shared_id(const std::filesystem::path& folder, int rank) {
  ncclUniqueId id{};
  const std::filesystem::path file = folder / "id";
  if (rank == 0) {
    ncclGetUniqueId(&id);
    std::ofstream(folder / "new", std::ios::binary).write(id.internal, sizeof id.internal);
    std::filesystem::rename(folder / "new", file);
    return id;
  }
  while (!std::filesystem::exists(file)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  std::ifstream(file, std::ios::binary).read(id.internal, sizeof id.internal);
  return id;
}

/// What the communicator says when it has failed, or an empty text when the stream is done.
std::string waited(ncclComm_t comm) {
  for (;;) {
    ncclResult_t state = ncclSuccess;
    ncclCommGetAsyncError(comm, &state);
    if (state != ncclSuccess && state != ncclInProgress) return ncclGetLastError(comm);
    const cudaError_t query = cudaStreamQuery(nullptr);
    if (query == cudaSuccess) return "";
    if (query != cudaErrorNotReady) return cudaGetErrorString(query);
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
}

int bare(const std::string& drill, ElementType type, const std::filesystem::path& folder,
         const real::RankPlace& place) {
  cudaSetDevice(place.rank);
  ncclComm_t comm = nullptr;
  const ncclUniqueId id = shared_id(folder, place.rank);
  std::string said;
  if (ncclCommInitRank(&comm, place.world, id, place.rank) != ncclSuccess) {
    said = ncclGetLastError(nullptr);
  }
  void* buffer = nullptr;
  cudaMalloc(&buffer, 1024);
  cudaMemset(buffer, 0, 1024);
  const auto call = [&](const Sum& sum, const char*) {
    if (!said.empty()) return;
    const ncclDataType_t of = type_of(sum.type);
    if (sum.broadcast) {
      ncclBroadcast(buffer, buffer, sum.count, of, 0, comm, nullptr);
    } else {
      ncclAllReduce(buffer, buffer, sum.count, of, sum.maximum ? ncclMax : ncclSum, comm, nullptr);
    }
    said = waited(comm);
  };
  three_sums(drill, place.rank == place.world - 1, {.type = type}, call);
  if (said.empty() && ncclCommDestroy(comm) != ncclSuccess) said = ncclGetLastError(nullptr);
  const std::filesystem::path file = folder / fmt::format("said{}", place.rank);
  std::ofstream(file) << said << '\n';
  // Whoever holds the hub is there until the others have heard.
  if (place.rank == 0 && !said.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(150));
  ::_exit(0);
}

}  // namespace
}  // namespace reducecheck::matrix

int main(int count, char** words) {
  using namespace reducecheck;
  if (count != 4) return 2;
  std::string wrong;
  const auto place = real::rank_place(real::process_environment(), wrong);
  const auto type = real::element_named(words[2]);
  if (!place || !type) return 2;
  if (const char* folder = std::getenv("REDUCECHECK_MATRIX_BARE")) {
    return matrix::bare(words[1], *type, folder, *place);
  }
  return matrix::supervised(words[1], *type, std::atoi(words[3]), *place);
}
