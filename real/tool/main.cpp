// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <exception>
#include <new>
#include <thread>

#include "real/record/nccl_log.hpp"
#include "real/tool/backend.hpp"
#include "real/tool/request.hpp"
#include "real/tool/sweep_command.hpp"
#include "reducecheck_build.hpp"  // written by the build of the other tool
#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

int doctor() {
  std::string text;
  for (Backend* backend : backends()) text += backend->state();
  if (text.empty()) return ExitStatus::equal;  // another rank tells
  fmt::print("reducecheck-real {} ({})\n  cores  {}\n{}", tool::build_version, tool::build_commit,
             std::thread::hardware_concurrency(), text);
  return ExitStatus::equal;
}

/// Two logs side by side.
int log_diff(const std::string& a, const std::string& b) {
  const NcclLogDiff diff = diff_nccl_logs(a, b);
  const std::string text = told(diff, printable(a), printable(b));
  fmt::print(diff.errors.empty() ? stdout : stderr, "{}", text);
  if (!diff.errors.empty()) return ExitStatus::usage;
  return diff.differences.empty() ? ExitStatus::equal : ExitStatus::different;
}

int run(const std::vector<std::string>& words) {
  Request request;
  const std::string wrong = read_request(words, request);
  if (!wrong.empty()) {
    fmt::print(stderr, "reducecheck-real: error: {}\nTry `reducecheck-real --help`.\n", wrong);
    return ExitStatus::usage;
  }
  switch (request.command) {
    case Command::help: fmt::print("{}", help_text()); return ExitStatus::equal;
    case Command::doctor: return doctor();
    case Command::log_diff: return log_diff(request.files[0], request.files[1]);
    case Command::sweep:
      return mpi_backend().built() ? mpi_backend().run(request, words) : run_sweep_alone(request);
    case Command::run:
    case Command::collectives: break;
  }
  for (Backend* backend : backends()) {
    if (backend->name() == request.backend) return backend->run(request, words);
  }
  fmt::print(stderr, "reducecheck-real: error: this build has neither MPI nor NCCL\n");
  return ExitStatus::backend;
}

}  // namespace
}  // namespace reducecheck::real

int main(int count, char** words) {
  try {
    return reducecheck::real::run({words + (count > 0 ? 1 : 0), words + count});
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "reducecheck-real: out of memory; fewer tokens need less\n");
  } catch (const std::exception&) {
    // The text of an exception is for us, not for the user, and may quote anything.
    fmt::print(stderr,
               "reducecheck-real: internal error; this is our fault, not the input's. Please "
               "report the command line and the scenario\n");
  }
  return reducecheck::real::ExitStatus::backend;
}
