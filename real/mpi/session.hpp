// SPDX-License-Identifier: Apache-2.0
// This process as one rank of an MPI job.
#pragma once

#include <string>

#include "real/mpi/algorithm.hpp"

namespace reducecheck::real {

/// MPI from MPI_Init to MPI_Finalize. One for a process.
class Session {
 public:
  /// With an algorithm its choice is pinned in the environment first, because the library reads it
  /// when it begins. Errors of MPI are then exceptions. Throws: BackendError.
  explicit Session(bool pins_algorithms);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }

 private:
  int rank_ = 0;
  int size_ = 1;
};

/// What the library calls itself, on one line: `Open MPI v4.1.4`.
std::string mpi_library();

/// Whether a launcher started this process as a rank, by the variables that launchers set.
bool under_launcher();

}  // namespace reducecheck::real
