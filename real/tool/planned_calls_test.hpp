// SPDX-License-Identifier: Apache-2.0
// The calls of NCCL that a plan means, by the plan and by what real/README.md says of each kind of
// step; and those that the ranks of a job have logged. Neither uses the executor.
#pragma once

#include <string>
#include <vector>

#include "real/record/nccl_log.hpp"
#include "scenarios/unroll/plan.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {

/// A call with the ranks that make it: `AllReduce count=24 type=uint64 redop=sum by 0,1`.
struct JobCall {
  std::string call;
  std::string where;  // in a plan, or the line of a log
};

/// By rank.
using JobCalls = std::vector<std::vector<JobCall>>;

/// How a job carries numbers.
struct CarriedType {
  std::string name;          // of the tool: `mod64`
  std::string nccl;          // `uint64`
  std::size_t bytes = 8;     // of an element; ids always have 8
  bool any_order = true;     // integers may be summed in any order and cut afterwards
  std::string all_reduce{};  // the order of the simulator
  std::string scatter{};
};

/// Whether a rank divides in this run, which integers modulo 2^64 cannot.
bool divides(const Plan& plan, const Run& run);

/// Appends what every rank of the run calls. `label` says which run it is. The sizes of a combine
/// are those of the simulator's rows.
void add_planned(const Plan& plan, const Run& run, const CarriedType& type,
                 const std::string& label, JobCalls& calls);

/// What the ranks have logged, without what makes and ends communicators; groups are told by the
/// splits of all logs. What is no log of a job that ended well is in `wrong`, one sentence.
JobCalls logged_calls(const std::vector<ParsedNcclLog>& logs, std::string& wrong);

/// Where the ranks' logs part from the plan: a sentence for the first place, or an empty one. What
/// stands before the first planned call must be sums over all ranks, which look for an order, and
/// may be there only with `probes`.
std::string parting(const JobCalls& planned, const JobCalls& logged, bool probes);

}  // namespace reducecheck::real
