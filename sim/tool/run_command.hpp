// SPDX-License-Identifier: Apache-2.0
// For tests: the executable run as a user runs it, through a shell, with what it wrote.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace reducecheck::tool {

struct Ran {
  int status = -1;  // exit status; -1 after a signal
  std::string out;
  std::string err;
};

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// An empty directory of the running test.
inline std::filesystem::path fresh_directory() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) /
      (std::string("reducecheck_") + test.test_suite_name() + "_" + test.name());
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  return directory;
}

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

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline constexpr const char* aria = "scenarios/catalogue/vllm/aria_shared_double.toml";

}  // namespace reducecheck::tool
