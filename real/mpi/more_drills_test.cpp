// SPDX-License-Identifier: Apache-2.0
// Further ways in which one rank does not do what the others do.
#include "real/mpi/drills_test.hpp"

namespace reducecheck::real {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Rank, Drills,
    testing::Values(
        Drill{"exited", JobOutcome::failed, "rank 1 died after its call 1, all_reduce", true},
        Drill{"stopped_inside", JobOutcome::failed, "rank 1 is stopped in its call 2, all_reduce",
              true},
        Drill{"other_operation", JobOutcome::mismatched,
              "operations do not match: rank 0 calls all_reduce of 24 fp32, sum: second; rank 1 "
              "calls broadcast of 24 fp32"},
        Drill{"other_reduction", JobOutcome::mismatched, "reductions do not match: rank 0"},
        Drill{"other_type", JobOutcome::mismatched, "element types do not match: rank 0"},
        Drill{"extra", JobOutcome::mismatched,
              "operations do not match: rank 0 calls the end; rank 1 calls all_reduce"}),
    drill_name);

}  // namespace
}  // namespace reducecheck::real
