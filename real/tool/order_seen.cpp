// SPDX-License-Identifier: Apache-2.0
#include "real/parity/collective_checks.hpp"
#include "real/tool/job_report.hpp"

namespace reducecheck::real {
namespace {

/// One element, fewer than ranks, several blocks with a rest, several segments.
constexpr std::size_t probed_counts[] = {1, 3, 1001, 4099};

}  // namespace

bool sums_as_said(Job& job, ElementType type, const SumsBy& said) {
  std::uint64_t others = 0;
  job.with_all_ranks([&](Transport& transport) {
    CollectiveChecks checks(transport, job.rank(), job.size());
    for (const std::size_t count : probed_counts) {
      const SumOrder order = order_for(said.all_reduce, type, job.size(), count, said.settings);
      const bool equal = checks.meetings(type, count) == predicted_meetings(order, job.rank());
      others += equal ? 0 : 1;
    }
  });
  return job.sum(others) == 0;
}

}  // namespace reducecheck::real
