// SPDX-License-Identifier: Apache-2.0
#include "real/tool/order_probe.hpp"

#include <vector>

#include "real/mpi/element_sum.hpp"
#include "real/mpi/error.hpp"
#include "real/parity/prediction.hpp"

namespace reducecheck::real {
namespace {

/// One element, fewer than ranks, several blocks with a rest, several segments.
constexpr std::size_t probed_counts[] = {1, 3, 1001, 4099};

}  // namespace

bool sums_as_predicted(MPI_Comm comm, const Algorithm& algorithm) {
  int rank = 0;
  int size = 1;
  check_mpi(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  int equal = 1;
  for (const std::size_t count : probed_counts) {
    std::vector<std::uint64_t> prints(count, own_fingerprint(rank));
    check_mpi(MPI_Allreduce(MPI_IN_PLACE, prints.data(), static_cast<int>(count), MPI_UINT64_T,
                            fingerprint_operation(), comm),
              "MPI_Allreduce");
    const SumOrder order = order_for(std::string(algorithm.order), ElementType::fp32, size, count);
    const auto predicted =
        predicted_fingerprints(order, rank, own_fingerprint, combined_fingerprint);
    if (prints != predicted) equal = 0;
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &equal, 1, MPI_INT, MPI_MIN, comm), "MPI_Allreduce");
  return equal == 1;
}

}  // namespace reducecheck::real
