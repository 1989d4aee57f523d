// SPDX-License-Identifier: Apache-2.0
// A rank that must hang: it stops after its first call, and the others wait for it. The supervisor
// ends the job and says which rank it was. Exit status 1 when it did.
#include <fmt/format.h>

#include "real/mpi/drills_test.hpp"

int main() {
  using namespace reducecheck::real;
  const Drilled result = drilled({"stopped", JobOutcome::failed, "", true});
  for (const std::string& sentence : result.report.told) fmt::print("{}\n", sentence);
  return result.report.outcome == JobOutcome::failed ? 1 : 0;
}
