// SPDX-License-Identifier: Apache-2.0
// What a user of MPI waits for one all_reduce: the benchmarks of the simulator are held against it.
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "real/mpi/session.hpp"

namespace reducecheck::real {
namespace {

/// The median of the seconds of calls, each from when all ranks are there to when all have it.
double seconds_of_sum(std::size_t bytes, int rounds) {
  const int count = static_cast<int>(bytes / sizeof(float));
  std::vector<float> in(static_cast<std::size_t>(count), 1.0F);
  std::vector<float> out(in.size());
  std::vector<double> samples;
  for (int round = -1; round < rounds; ++round) {  // the first touches the memory
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    MPI_Allreduce(in.data(), out.data(), count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Barrier(MPI_COMM_WORLD);
    if (round >= 0) samples.push_back(MPI_Wtime() - start);
  }
  std::ranges::sort(samples);
  return samples[samples.size() / 2];
}

}  // namespace
}  // namespace reducecheck::real

int main(int count, char** words) {
  const std::size_t bytes = count == 3 ? std::strtoull(words[1], nullptr, 10) : 0;
  const int rounds = count == 3 ? std::atoi(words[2]) : 0;
  if (bytes < sizeof(float) || bytes >> 32 != 0 || rounds < 1) {
    fmt::print(stderr, "usage: mpirun -n N real_mpi_all_reduce_time BYTES ROUNDS\n");
    return 2;
  }
  const reducecheck::real::Session session(false);
  const double seconds = reducecheck::real::seconds_of_sum(bytes, rounds);
  if (session.rank() == 0) fmt::print("{}\n", seconds);
  return 0;
}
