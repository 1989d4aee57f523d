// SPDX-License-Identifier: Apache-2.0
// What a collective costs: launches, hops, bytes and, for the sake of order, local steps.
#pragma once

#include <cstdint>
#include <span>

namespace reducecheck::planning {

/// The moves of a plan; the last three are local, all others launch one collective.
enum class Operation {
  all_reduce,
  reduce_scatter,
  all_gather,
  all_to_all,
  broadcast,
  chunk,  // this rank's share of the rows or features
  once,   // kept by the first member of the group, zero on the others
  add,
};

/// `all_reduce`, `once`, ...
const char* spelling(Operation operation);

bool is_local(Operation operation);

/// The linear cost of a collective, in seconds. Costs add up: no overlap, no topology. The defaults
/// are round numbers for one node whose links are of NVLink class: a few microseconds from launch
/// to first byte, 1 us from a rank to the next, 200 GB/s from a rank to the others. They are an
/// assumption and no measurement; whoever knows the machine passes its own.
struct CostModel {
  double alpha = 6e-6;        // seconds a launch
  double hop = 1e-6;          // seconds from a rank to the next
  double beta = 1.0 / 200e9;  // seconds a byte that a rank sends
  double epsilon = 1e-9;      // seconds a local step: enough to prefer fewer of them, no more
};

/// Exact counts of what a rank does; the model makes seconds of them. Counts of unequal plans are
/// compared only as seconds.
struct Cost {
  int launches = 0;
  std::int64_t hops = 0;  // one after the other
  double bytes = 0;       // sent by one rank; by the root where there is one
  int local_steps = 0;

  Cost& operator+=(const Cost& other);
  friend Cost operator+(Cost a, const Cost& b) { return a += b; }
  friend bool operator==(const Cost&, const Cost&) = default;
};

/// alpha launches + hop hops + beta bytes + epsilon local steps.
double seconds(const Cost& cost, const CostModel& model);

/// One call of a program on one rank.
struct CollectiveCall {
  Operation operation = Operation::all_reduce;
  std::int64_t group_size = 1;
  double local_bytes = 0;  // of the argument on one rank, before the call
};

/// The cost of one call by the ring algorithms, m the size of the group and B the local bytes:
///   all_reduce      2(m-1) hops  2(m-1)/m B bytes
///   reduce_scatter   (m-1) hops   (m-1)/m B
///   all_to_all       (m-1) hops   (m-1)/m B
///   all_gather       (m-1) hops   (m-1) B
///   broadcast        (m-1) hops   B
/// A group of one rank costs nothing, as its collective returns its argument. A local operation
/// costs one local step. Throws: std::invalid_argument for a size below 1 or negative bytes.
Cost cost_of(const CollectiveCall& call);

/// The sum over all calls. Throws: as for one.
Cost cost_of(std::span<const CollectiveCall> calls);

/// Whether a program's collectives take more than (1 + margin) times the seconds of the plan's.
/// Local steps count on neither side. Throws: std::invalid_argument for a negative margin.
bool is_wasteful(const Cost& program, const Cost& plan, const CostModel& model, double margin);

}  // namespace reducecheck::planning
