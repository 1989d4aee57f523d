// SPDX-License-Identifier: Apache-2.0
// Which algorithm MPI sums with: forced, and read back.
//
// Open MPI's component coll/tuned takes the algorithm from variables that each new communicator
// reads. Other libraries choose as they like, and what they choose is then not predicted.
#pragma once

#include <mpi.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reducecheck::real {

/// An all-reduce of Open MPI's coll/tuned.
struct Algorithm {
  std::string_view name;   // as Open MPI spells it
  int number = 0;          // of coll_tuned_allreduce_algorithm
  std::string_view order;  // of the simulator
};

/// Those whose order the simulator knows.
std::span<const Algorithm> algorithms();

const Algorithm* algorithm_named(std::string_view name);

/// Leaves the environment so that an MPI_Init that follows lets communicators force algorithms:
/// only coll/tuned serves blocking collectives, and it obeys. Reduce-scatters are a linear reduce
/// and a scatter, the one order of theirs that is known. For Open MPI; others do not read it.
void pin_algorithms();

/// A communicator of the ranks of `parent` whose all-reduces run by `algorithm`, or MPI_COMM_NULL
/// and in `refusal` why that cannot be confirmed. Collective over `parent`; all ranks agree.
MPI_Comm forced_communicator(MPI_Comm parent, const Algorithm& algorithm, std::string& refusal);

/// The value of an integer control variable of the library, if there is one of that name.
std::optional<int> read_control(const std::string& name);

/// Writes it; false where the library has no such variable or refuses. It holds for communicators
/// that are made from here on.
bool write_control(const std::string& name, int value);

}  // namespace reducecheck::real
