// SPDX-License-Identifier: Apache-2.0
// What every backend does with a request before any rank computes.
#pragma once

#include <string>
#include <vector>

#include "real/supervise/supervise.hpp"
#include "real/tool/job.hpp"
#include "real/tool/layouts.hpp"
#include "real/tool/request.hpp"

namespace reducecheck::real {

/// Prints an error of the input and returns its exit status. An error that every rank finds alike
/// is told by one: the first, by the launcher's word.
int refuse(const std::string& text);

/// The words of a command line that each rank has: those without `--launch`.
std::vector<std::string> words_of_ranks(const std::vector<std::string>& words);

/// What is asked for, read and understood, before the ranks are known.
struct Start {
  int ranks = 0;       // to start
  std::string errors;  // lines; then nothing else counts
};

/// The number of ranks that a launch needs. `starter` begins the line to type.
Start start_of(const Request& request, const std::vector<std::string>& words,
               const std::string& starter);

/// The layouts of each scenario for a job of that size; what is wrong is in `errors`, lines, and so
/// is that no scenario has any.
std::vector<Layouts> layouts_of_job(const Request& request, const std::vector<Scenario>& scenarios,
                                    int ranks, const std::vector<std::string>& words,
                                    const std::string& starter, std::string& errors);

/// Runs what is asked for on the ranks of the job, and prints its report at the first. The exit
/// status is that of all ranks. Throws: CallFailure, BackendError.
int run_job_of(const Request& request, const std::vector<Scenario>& scenarios,
               const std::vector<std::string>& words, const std::string& starter, Job& job);

/// Tells what became of a job that was started from here; the exit status.
int tell_report(const JobReport& report);

}  // namespace reducecheck::real
