// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <map>
#include <string>
#include <vector>

#include "real/calls/call_header.hpp"
#include "real/calls/call_log.hpp"
#include "real/execute/transport.hpp"

namespace reducecheck::real {

/// Collectives of MPI. Before each, the members tell each other what they call: a mismatch, or a
/// member that does not come in time, is a CallFailure on those that are there. A collective that
/// began and does not end in time ends the process (DeadlineAlarm). Errors of MPI are BackendError.
class MpiTransport final : public Transport {
 public:
  /// `world` is duplicated: groups inherit from it by what algorithm they sum. Collective.
  MpiTransport(MPI_Comm world, int deadline_milliseconds, CallLog& log);
  ~MpiTransport() override;

  /// Makes the communicator of this rank's process group. Collective over the world: all ranks add
  /// the group of the same axes, each its own members.
  void add_group(const std::vector<int>& members);

  /// This rank makes no more calls; compared with the others as a call is. Collective over the
  /// world.
  void finish();

  void all_reduce(const Call& call, ElementType type, Reduction reduction,
                  std::span<std::byte> elements) override;
  void reduce_scatter(const Call& call, ElementType type, std::span<const std::byte> in,
                      std::span<const std::size_t> counts, std::span<std::byte> out) override;
  void all_gather(const Call& call, std::span<const std::byte> own,
                  std::span<const std::size_t> bytes, std::span<std::byte> all) override;
  void broadcast(const Call& call, std::span<std::byte> elements) override;
  std::vector<std::vector<std::byte>> all_to_all(
      const Call& call, const std::vector<std::vector<std::byte>>& to) override;

 private:
  /// Compares the call with those of the other members, in time.
  void agree(const Call& call);
  void compare(const CallHeader& own, int other, const CallHeader& theirs);
  [[noreturn]] void give_up(const std::string& text, bool mismatch);
  /// Runs a collective of the library, in time.
  template <class Collective>
  void run(const Call& call, const char* function, Collective collective);
  [[nodiscard]] MPI_Comm group(const Call& call) const;

  MPI_Comm handshake_ = MPI_COMM_NULL;
  MPI_Comm world_;
  int rank_ = 0;
  int deadline_;
  CallLog& log_;
  std::uint64_t sequence_ = 0;
  std::map<std::vector<int>, MPI_Comm> groups_;
};

}  // namespace reducecheck::real
