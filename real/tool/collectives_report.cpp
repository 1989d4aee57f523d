// SPDX-License-Identifier: Apache-2.0
#include "real/tool/collectives_report.hpp"

#include <fmt/format.h>

#include "real/calls/backend_error.hpp"
#include "real/parity/collective_checks.hpp"
#include "real/tool/job_report.hpp"

namespace reducecheck::real {
namespace {

constexpr std::size_t exact_counts[] = {1, 3, 64, 1001};
constexpr std::size_t shown_count = 64;

class CollectivesReporter {
 public:
  CollectivesReporter(const Request& request, Job& job)
      : request_(request), job_(job), first_(job.rank() == 0) {}

  int run() {
    const SumsBy said = job_.sums_by();
    if (first_) {
      fmt::print("collectives of {} ranks\n  backend  {}\n\n", job_.size(), job_.library());
    }
    for (const ElementType type : element_types()) {
      if (!request_.all_types && type != request_.type) continue;
      one(type, said);
    }
    if (!ran_) {
      if (first_) fmt::print("\nnothing was compared\n");
      return ExitStatus::skipped;
    }
    const std::string contradiction = said.unknown.empty() ? job_.contradiction() : "";
    if (!contradiction.empty()) ++different_;
    const std::uint64_t different = job_.sum(different_);
    if (first_) {
      if (!contradiction.empty()) fmt::print("  {}\n", contradiction);
      fmt::print("\n{} elements compared on rank 0, {} different on all ranks\n", elements_,
                 different);
    }
    return different == 0 ? ExitStatus::equal : ExitStatus::different;
  }

 private:
  void one(ElementType type, const SumsBy& said) {
    std::vector<CollectiveCheck> checks;
    std::string order;
    bool known = said.unknown.empty();
    // Half of a job's ranks must not be too many for exact sums.
    const int most = type == ElementType::fp8_e5m2 ? 8 : 16;
    if (job_.size() > most) {
      if (first_) fmt::print("  {}  not run: more than {} ranks\n", facts(type).name, most);
      return;
    }
    ran_ = true;
    const bool floating = type != ElementType::mod64;
    known = known && floating && sums_as_said(job_, type, said);
    job_.with_all_ranks([&](Transport& transport) {
      CollectiveChecks these(transport, job_.rank(), job_.size());
      checks = these.exact(type, exact_counts);
      if (!floating) return;
      const Meetings meetings = these.meetings(type, shown_count);
      order = fmt::format("element 0 is {}, element {} is {}",
                          recovered_expression(meetings, job_.size(), 0), shown_count - 1,
                          recovered_expression(meetings, job_.size(), shown_count - 1));
      const std::vector<std::size_t> counts = counts_of_sums(type, job_.size(), said);
      checks.push_back(these.envelope(type, counts));
      if (!known) return;
      checks.push_back(these.bits(type, counts, {said.all_reduce, said.settings}));
      checks.push_back(these.scattered_bits(type, counts, {said.reduce_scatter}));
    });
    for (const CollectiveCheck& check : checks) tell(type, check);
    if (!first_ || !floating) return;
    fmt::print("  {}  order seen: {}\n", facts(type).name, order);
    if (known) return;
    fmt::print(
        "  {}  bits not comparable: {}\n", facts(type).name,
        said.unknown.empty() ? "sums are not seen to go by " + said.all_reduce : said.unknown);
  }

  void tell(ElementType type, const CollectiveCheck& check) {
    elements_ += check.elements;
    different_ += check.different;
    const std::uint64_t different = job_.sum(check.different);
    if (first_) {
      fmt::print("  {}  {}: {}\n", facts(type).name, check.name,
                 different == 0 ? fmt::format("equal, {} elements", check.elements)
                                : fmt::format("DIFFERENT, {} of all ranks", different));
    }
    if (check.different > 0) fmt::print("    {}\n", check.first);
  }

  const Request& request_;
  Job& job_;
  bool first_;
  bool ran_ = false;  // any type
  std::uint64_t elements_ = 0;
  std::uint64_t different_ = 0;
};

}  // namespace

int run_collectives(const Request& request, Job& job) {
  return CollectivesReporter(request, job).run();
}

}  // namespace reducecheck::real
