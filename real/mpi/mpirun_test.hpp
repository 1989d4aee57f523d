// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>

namespace reducecheck::real {

/// For tests that start mpirun themselves: more ranks than cores, as root in a container, where
/// processes may not read each other's memory, and other tests want the cores.
inline void allow_mpirun_here() {
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                           "OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_mpi_yield_when_idle"}) {
    ::setenv(name, "1", 0);
  }
  ::setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
}

}  // namespace reducecheck::real
