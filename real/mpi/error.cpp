// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/error.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <array>

namespace reducecheck::real {

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  int rank = 0;
  MPI_Error_string(code, text.data(), &length);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  throw BackendError(fmt::format("rank {}: {}: {}", rank, call, text.data()));
}

}  // namespace reducecheck::real
