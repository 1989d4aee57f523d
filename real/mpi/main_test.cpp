// SPDX-License-Identifier: Apache-2.0
// GoogleTest on every rank of an MPI job: all run the same tests, the first rank tells of them, and
// a failure on one fails all.
#include <gtest/gtest.h>
#include <mpi.h>

#include "real/mpi/session.hpp"

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  const reducecheck::real::Session session(true);
  if (session.rank() != 0) {
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
  }
  int failed = RUN_ALL_TESTS();
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return failed;
}
