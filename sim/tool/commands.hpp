// SPDX-License-Identifier: Apache-2.0
// The commands of the tool. Each takes the words after its name and returns an exit status.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/tool/arguments.hpp"
#include "sim/tool/console.hpp"

namespace reducecheck::tool {

struct Command {
  const char* name;
  const char* synopsis;  // what follows the name
  const char* sentence;  // what it does, for the list of commands
  const char* details;   // paragraphs for its own help
  std::vector<OptionSpec> (*options)();
  int (*run)(const std::vector<std::string>& words, Console& console);
};

/// Every command there is, in the order of the help.
std::span<const Command> commands();

/// Runs the whole command line after the name of the program.
int run_tool(const std::vector<std::string>& words, Console& console);

int run_check(const std::vector<std::string>& words, Console& console);
int run_explain(const std::vector<std::string>& words, Console& console);
int run_prove(const std::vector<std::string>& words, Console& console);
int run_diff(const std::vector<std::string>& words, Console& console);
int run_plan(const std::vector<std::string>& words, Console& console);
int run_certify(const std::vector<std::string>& words, Console& console);
int run_diagnose(const std::vector<std::string>& words, Console& console);
int run_dump(const std::vector<std::string>& words, Console& console);
int run_mutate(const std::vector<std::string>& words, Console& console);
int run_fuzz(const std::vector<std::string>& words, Console& console);
int run_orders(const std::vector<std::string>& words, Console& console);
int run_replay(const std::vector<std::string>& words, Console& console);
int run_models(const std::vector<std::string>& words, Console& console);

std::vector<OptionSpec> diagnose_options();
std::vector<OptionSpec> certify_options();
std::vector<OptionSpec> orders_options();
std::vector<OptionSpec> plan_options();

/// The help of one command.
std::string command_help(const Command& command);

/// The command of that name, which must exist.
const Command& command_named(std::string_view name);

/// Writes `reducecheck: error: ...` and where the help is; returns the exit status of usage errors.
int usage_error(Console& console, std::string_view command, std::string_view message);

}  // namespace reducecheck::tool
