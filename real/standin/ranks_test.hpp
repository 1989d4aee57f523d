// SPDX-License-Identifier: Apache-2.0
// For tests: a communicator of ranks that are threads of one process, or processes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nccl.h>

namespace reducecheck::standin {

/// A rank that runs a test's body.
struct TestRank {
  int rank = 0;
  int ranks = 1;
  ncclUniqueId id{};
  ncclComm_t comm = nullptr;  // made, unless the run was asked to leave that to the body
};

/// Gives what the rank has to say; empty if all is well.
using RankBody = std::string (*)(TestRank&);

struct RankRun {
  int ranks = 3;
  bool processes = true;
  bool make_communicator = true;
  std::vector<std::pair<std::string, std::string>> environment;  // without REDUCECHECK_STANDIN_
};

/// How a run ended.
struct RanEnd {
  std::vector<std::string> said;  // by rank
  std::vector<int> status;        // of each process; 128 and the signal that ended it
  int milliseconds = 0;
  bool hung = false;  // processes were left after ten seconds and had to be killed
};

/// Runs the body on every rank, on a device of its own, in children of this process, which are gone
/// afterwards. A communicator that the body leaves is destroyed.
RanEnd run_ranks(const RankRun& run, RankBody body);

/// The words of every rank, one line each; for messages.
std::string all_said(const RanEnd& end);

/// A device buffer with these elements; with `extra` more that are poison.
template <class T>
T* on_device(const std::vector<T>& values, std::size_t extra = 0) {
  void* memory = nullptr;
  cudaMalloc(&memory, (values.size() + extra) * sizeof(T));
  cudaMemcpy(memory, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice);
  return static_cast<T*>(memory);
}

template <class T>
std::vector<T> from_device(const T* memory, std::size_t count) {
  std::vector<T> values(count);
  cudaMemcpy(values.data(), memory, count * sizeof(T), cudaMemcpyDeviceToHost);
  return values;
}

/// Waits as a careful program does: asks the stream and the communicator in turn. What the
/// communicator says when it failed; empty when the stream is done.
std::string wait_carefully(ncclComm_t comm, cudaStream_t stream);

}  // namespace reducecheck::standin
