// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/nccl_job.hpp"

#include <algorithm>
#include <span>

#include "real/execute/record.hpp"

namespace reducecheck::real {

std::vector<std::vector<std::uint64_t>> run_nccl_job(NcclSession& session, const Plan& plan,
                                                     const Run& run, const Mesh& mesh,
                                                     ElementType type, std::uint64_t seed,
                                                     std::map<std::string, StepPlaces>& places) {
  NcclTransport transport = session.transport();
  for (const Partition& partition : partitions_of(plan, run, mesh)) transport.add_group(partition);
  RankExecutor executor(plan, type, seed, session.rank(), transport, session.work());
  executor.execute(run);
  for (const auto& [kind, these] : executor.places()) {
    places[kind].elsewhere += these.elsewhere;
    places[kind].here += these.here;
  }
  transport.finish();
  std::vector<std::vector<std::uint64_t>> records = {
      rank_record(plan, run, type, executor, session.rank())};
  if (session.rank() != 0) {
    session.control().send(0, std::as_bytes(std::span(records.front())));
    return {};
  }
  for (int r = 1; r < session.size(); ++r) {
    std::vector<std::uint64_t>& record = records.emplace_back(record_size(plan, run, r));
    const std::size_t bytes = record.size() * sizeof(std::uint64_t);
    std::ranges::copy(session.control().receive(r, bytes),
                      std::as_writable_bytes(std::span(record)).begin());
  }
  return records;
}

}  // namespace reducecheck::real
