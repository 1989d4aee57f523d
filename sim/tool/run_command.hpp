// SPDX-License-Identifier: Apache-2.0
// For tests: the executable run as a user runs it, through a shell, with what it wrote.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "scenarios/text/files_test.hpp"

namespace reducecheck::tool {

/// The pull request that this project began with.
inline const std::string merge = "scenarios/catalogue/fastdeploy/merge_allreduce.toml";

struct Ran {
  int status = -1;  // exit status; -1 after a signal
  std::string out;
  std::string err;
};

/// Runs `reducecheck ARGUMENTS`, written as in a shell; `before` are assignments of variables.
inline Ran run(const std::string& arguments, const std::string& before = "") {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) /
      ("reducecheck_run_" + std::to_string(static_cast<long>(getpid())));
  std::filesystem::create_directories(directory);
  const std::filesystem::path out = directory / "out";
  const std::filesystem::path err = directory / "err";
  const std::string command = "{ " + before + " '" REDUCECHECK_EXECUTABLE "' " + arguments +
                              "; } > '" + out.string() + "' 2> '" + err.string() + "'";
  const int raw = std::system(command.c_str());
  Ran ran{WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, file_text(out), file_text(err)};
  std::filesystem::remove_all(directory);
  return ran;
}

inline constexpr const char* aria = "scenarios/catalogue/vllm/aria_shared_double.toml";

}  // namespace reducecheck::tool
