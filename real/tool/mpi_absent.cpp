// SPDX-License-Identifier: Apache-2.0
#include "real/tool/absent.hpp"

namespace reducecheck::real {

Backend& mpi_backend() {
  static AbsentBackend absent("mpi", "install an MPI library and build again");
  return absent;
}

}  // namespace reducecheck::real
