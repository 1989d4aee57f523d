// SPDX-License-Identifier: Apache-2.0
// A command line as a user types it, and what came of it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace reducecheck::real {

struct Ran {
  int status = -1;
  std::string out;  // both streams
};

inline Ran shell(const std::string& command) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_real_{}", ::getpid());
  const int raw = std::system(fmt::format("{{ {}; }} > '{}' 2>&1", command, file.string()).c_str());
  std::ifstream stream(file, std::ios::binary);
  Ran ran{WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, {std::istreambuf_iterator<char>(stream), {}}};
  std::filesystem::remove(file);
  return ran;
}

inline void expect(const Ran& ran, int status, const std::vector<std::string>& parts) {
  EXPECT_EQ(ran.status, status) << ran.out;
  for (const std::string& part : parts) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << '\n' << ran.out;
  }
}

}  // namespace reducecheck::real
