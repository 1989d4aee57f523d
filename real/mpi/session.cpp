// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/session.hpp"

#include <mpi.h>

#include <array>
#include <cstdlib>
#include <exception>

#include "real/mpi/error.hpp"

namespace reducecheck::real {

Session::Session(bool pins_algorithms) {
  if (pins_algorithms) pin_algorithms();
  check_mpi(MPI_Init(nullptr, nullptr), "MPI_Init");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &size_), "MPI_Comm_size");
  // Within MPI's own life: the tools interface outliving it crashes Open MPI 4.1 in MPI_Finalize.
  int provided = 0;
  check_mpi(MPI_T_init_thread(MPI_THREAD_SINGLE, &provided), "MPI_T_init_thread");
}

Session::~Session() {
  // A rank that gives up must not wait for the others, who may never come.
  if (std::uncaught_exceptions() > 0) return;
  MPI_T_finalize();
  MPI_Finalize();
}

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string all(text.data());
  return all.substr(0, all.find_first_of(",\n"));
}

bool under_launcher() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "SLURM_STEP_ID"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

}  // namespace reducecheck::real
