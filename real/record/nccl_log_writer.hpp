// SPDX-License-Identifier: Apache-2.0
// Writes what the ranks of this process call, in the order in which each calls it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "real/record/nccl_call.hpp"

namespace reducecheck::real {

/// The variable that names the folder of the logs; without it nothing is written. The folder must
/// be there.
inline constexpr const char* nccl_log_variable = "REDUCECHECK_NCCL_LOG";

/// A collective or a transfer, as its caller hands it over.
struct LoggedTransfer {
  std::string operation;
  const void* communicator = nullptr;
  std::uint64_t sequence = 0;
  std::uint64_t count = 0;
  int type = 0;
  int reduction = 0;
  int root = 0;  // or the peer
  const void* stream = nullptr;
  bool in_place = false;
};

/// A rank is a device of this process: its file `rank<r>.nccl` is named by its place in the first
/// communicator it joins. Communicators and streams are numbered as the rank first uses them, so
/// that two runs give the same text; stream 0 is the null stream. What is called before any rank is
/// known goes to the first that is. Lines are whole: each is written at once. For any thread.
class NcclLogWriter {
 public:
  NcclLogWriter();
  ~NcclLogWriter();
  NcclLogWriter(const NcclLogWriter&) = delete;
  NcclLogWriter& operator=(const NcclLogWriter&) = delete;

  [[nodiscard]] bool enabled() const { return !folder_.empty(); }

  /// A call that belongs to no communicator.
  void plain(const std::string& operation, int device);
  /// Before the communicator is made: its handle is told to `made` afterwards.
  void init(int device, int ranks, int rank);
  void split(int device, const void* parent, int color, int key, bool joins);
  /// The handle of the oldest communicator of the device that has none yet.
  void made(int device, const void* communicator);
  void communicator(const std::string& operation, int device, const void* communicator);
  void transfer(int device, const LoggedTransfer& call);
  void failed(const std::string& operation, int device, int result);

 private:
  struct Rank {
    int file = -1;
    int communicators = 0;
    std::vector<int> unnamed;  // numbers of communicators without a handle yet
    std::map<const void*, int> numbers;
    std::map<const void*, int> streams;
  };

  void write(int device, const NcclCall& call);
  std::string number(Rank& rank, const void* communicator) const;

  std::string folder_;
  std::mutex mutex_;
  std::map<int, Rank> ranks_;
  std::string before_;  // lines of no rank
};

}  // namespace reducecheck::real
