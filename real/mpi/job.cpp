// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/job.hpp"

#include "real/execute/groups.hpp"
#include "real/execute/record.hpp"
#include "real/mpi/error.hpp"

namespace reducecheck::real {
namespace {

std::vector<std::vector<std::uint64_t>> gathered(MPI_Comm world, const Plan& plan, const Run& run,
                                                 const std::vector<std::uint64_t>& own) {
  int rank = 0;
  int size = 1;
  check_mpi(MPI_Comm_rank(world, &rank), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(world, &size), "MPI_Comm_size");
  std::vector<std::vector<std::uint64_t>> records;
  if (rank != 0) {
    check_mpi(MPI_Send(own.data(), static_cast<int>(own.size()), MPI_UINT64_T, 0, 0, world),
              "MPI_Send");
    return records;
  }
  records.push_back(own);
  for (int r = 1; r < size; ++r) {
    std::vector<std::uint64_t>& record = records.emplace_back(record_size(plan, run, r));
    check_mpi(MPI_Recv(record.data(), static_cast<int>(record.size()), MPI_UINT64_T, r, 0, world,
                       MPI_STATUS_IGNORE),
              "MPI_Recv");
  }
  return records;
}

}  // namespace

std::vector<std::vector<std::uint64_t>> run_job(MPI_Comm world, const Plan& plan, const Run& run,
                                                const Mesh& mesh, const JobOptions& options,
                                                CallLog& log) {
  int rank = 0;
  check_mpi(MPI_Comm_rank(world, &rank), "MPI_Comm_rank");
  MpiTransport transport(world, options.deadline_milliseconds, log);
  for (const Partition& partition : partitions_of(plan, run, mesh)) {
    transport.add_group(group_of(partition, rank));
  }
  RankExecutor executor(plan, options.type, options.seed, rank, transport);
  executor.execute(run);
  transport.finish();
  return gathered(world, plan, run, rank_record(plan, run, options.type, executor, rank));
}

}  // namespace reducecheck::real
