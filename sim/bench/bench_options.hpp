// SPDX-License-Identifier: Apache-2.0
// What a run of the benchmarks is told, and the groups of rows that it measures.
#pragma once

#include <string>

#include "sim/bench/bench_table.hpp"

namespace reducecheck::bench {

struct BenchOptions {
  bool quick = false;        // everything once, at small sizes
  std::string catalogue;     // folder of scenarios
  std::string mpiexec;       // empty: no MPI was found
  std::string mpi_program;   // times MPI_Allreduce
  std::string build_record;  // what build_time.py wrote; may not exist
};

// In the order of the table.
void toy_rows(const BenchOptions& options, BenchTable& table);
void layer_rows(const BenchOptions& options, BenchTable& table);
void all_reduce_rows(const BenchOptions& options, BenchTable& table);
void check_rows(const BenchOptions& options, BenchTable& table);
void build_rows(const BenchOptions& options, BenchTable& table);

/// Memory of a process that does nothing but one pass over a layer: runs the pass and prints the
/// most MiB that it held; for `layer_rows`, which starts it. False if there is no such layer.
bool print_memory_of(const std::string& layer);

/// How cost grows with ranks, tokens, experts and hidden size, as JSON for plot_growth.py.
std::string growth_json(const BenchOptions& options);

}  // namespace reducecheck::bench
