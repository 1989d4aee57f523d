// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <exception>
#include <new>
#include <thread>

#include "real/tool/backend.hpp"
#include "real/tool/request.hpp"
#include "reducecheck_build.hpp"  // written by the build of the other tool

namespace reducecheck::real {
namespace {

int run(const std::vector<std::string>& words) {
  Request request;
  const std::string wrong = read_request(words, request);
  if (!wrong.empty()) {
    fmt::print(stderr, "reducecheck-real: error: {}\nTry `reducecheck-real --help`.\n", wrong);
    return ExitStatus::usage;
  }
  switch (request.command) {
    case Command::help: fmt::print("{}", help_text()); return ExitStatus::equal;
    case Command::doctor:
      fmt::print("reducecheck-real {} ({})\n  cores  {}\n{}", tool::build_version,
                 tool::build_commit, std::thread::hardware_concurrency(), backend_state());
      return ExitStatus::equal;
    case Command::run: break;
  }
  return run_request(request, words);
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
