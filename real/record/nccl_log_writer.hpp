// SPDX-License-Identifier: Apache-2.0
// Writes what the ranks of this process call, in the order in which each calls it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

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
/// known goes to the first that is, up to 64 KiB of it. Lines are whole: each is written at once.
/// For any thread.
class NcclLogWriter {
 public:
  NcclLogWriter();
  ~NcclLogWriter();
  NcclLogWriter(const NcclLogWriter&) = delete;
  NcclLogWriter& operator=(const NcclLogWriter&) = delete;

  [[nodiscard]] bool enabled() const { return !folder_.empty(); }

  /// A call that belongs to no communicator.
  void plain(const std::string& operation, int device);
  /// Before the communicator is made; the number that it has in the log, or -1.
  int init(int device, int ranks, int rank);
  int split(int device, const void* parent, int color, int key, bool joins);
  /// The handle of that communicator.
  void made(int device, int number, const void* communicator);
  /// Its handle will be at `place`, where NCCL writes it when it is there. A handle that is not
  /// known yet is looked for at such places when it is first used.
  void made_later(int device, int number, const void* place);
  /// Looks whether handles have come to their places, while those are sure to be there.
  void look(int device);
  void communicator(const std::string& operation, int device, const void* communicator);
  void transfer(int device, const LoggedTransfer& call);
  void failed(const std::string& operation, int device, int result);

 private:
  struct Rank {
    int file = -1;
    int communicators = 0;
    std::map<int, const void*> later;  // where the handles of communicators will be, by number
    std::map<const void*, int> numbers;
    std::map<const void*, int> streams;
  };

  void write(int device, const NcclCall& call);
  static void settle(Rank& rank);
  static std::string number(Rank& rank, const void* communicator);

  std::string folder_;
  std::mutex mutex_;
  std::map<int, Rank> ranks_;
  std::string before_;  // lines of no rank, no more than fit
};

}  // namespace reducecheck::real
