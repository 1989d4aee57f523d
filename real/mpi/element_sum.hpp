// SPDX-License-Identifier: Apache-2.0
// Element types as MPI carries and adds them.
#pragma once

#include <mpi.h>

#include <cstdint>

#include "real/execute/transport.hpp"
#include "real/numbers/element.hpp"

namespace reducecheck::real {

/// The MPI type of an element: integers of its size, but for fp32.
MPI_Datatype datatype(ElementType type);

/// The operation of MPI: its own for mod64 and sums of fp32, else one of ours, made at the first
/// use. Ours are declared commutative, as sums are.
MPI_Op operation(ElementType type, Reduction reduction);

/// An operation on MPI_UINT64_T that tells every way of bracketing apart, up to the order of the
/// two operands: what it gives is a fingerprint of the order in which elements were combined.
MPI_Op fingerprint_operation();

/// What fingerprint_operation() makes of two fingerprints.
std::uint64_t combined_fingerprint(std::uint64_t a, std::uint64_t b);

/// The fingerprint of what `rank` puts in.
std::uint64_t own_fingerprint(int rank);

}  // namespace reducecheck::real
