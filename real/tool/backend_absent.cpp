// SPDX-License-Identifier: Apache-2.0
// A build that found no MPI.
#include <fmt/format.h>

#include "real/tool/algorithm_names.hpp"
#include "real/tool/backend.hpp"

namespace reducecheck::real {

std::vector<std::string> algorithm_names() {
  return {"none in this build"};
}

std::string backend_state() {
  return "  mpi    not in this build: install an MPI library and build again\n";
}

int run_request(const Request&, const std::vector<std::string>&) {
  fmt::print(stderr, "reducecheck-real: error: this build has no MPI\n");
  return ExitStatus::backend;
}

}  // namespace reducecheck::real
