// SPDX-License-Identifier: Apache-2.0
#include "real/parity/collective_checks.hpp"
#include "real/tool/job_report.hpp"

namespace reducecheck::real {
std::vector<std::size_t> counts_of_sums(ElementType type, int ranks, const SumsBy& said) {
  std::vector<std::size_t> counts = {1, 3, 1001, 4099};
  const auto protocol = said.settings.find("protocol");
  if (protocol != said.settings.end() && protocol->second == "ll") {
    constexpr std::size_t chunk_bytes = 32'768;
    counts.push_back(static_cast<std::size_t>(ranks) * chunk_bytes / facts(type).bytes + 1001);
  }
  return counts;
}

bool sums_as_said(Job& job, ElementType type, const SumsBy& said) {
  std::uint64_t others = 0;
  job.with_all_ranks([&](Transport& transport) {
    CollectiveChecks checks(transport, job.rank(), job.size());
    for (const std::size_t count : counts_of_sums(type, job.size(), said)) {
      const SumOrder order = order_for(said.all_reduce, type, job.size(), count, said.settings);
      const bool equal = checks.meetings(type, count) == predicted_meetings(order, job.rank());
      others += equal ? 0 : 1;
    }
  });
  return job.sum(others) == 0;
}

}  // namespace reducecheck::real
