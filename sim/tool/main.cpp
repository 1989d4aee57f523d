// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include "sim/tool/commands.hpp"
#include "sim/tool/console.hpp"
#include "sim/tool/exit_status.hpp"

int main(int count, char** words) {
  namespace tool = reducecheck::tool;
  // A reader such as head that closes the pipe is no reason to die; writes then fail instead.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  tool::Console console;
  try {
    const int status = tool::run_tool({words + (count > 0 ? 1 : 0), words + count}, console);
    if (console.failure().empty()) return status;
    console.note("reducecheck: cannot write to standard output: " + console.failure() + '\n');
  } catch (const std::bad_alloc&) {
    console.note("reducecheck: out of memory; fewer ranks, tokens or a smaller shape need less\n");
  } catch (const std::exception&) {
    // The text of an exception is for us, not for the user, and may quote anything.
    console.note(
        "reducecheck: internal error; this is our fault, not the input's. Please report "
        "the command line and the scenario\n");
  }
  return tool::ExitStatus::internal;
}
