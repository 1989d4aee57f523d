// SPDX-License-Identifier: Apache-2.0
// reducecheck-real as a user runs it, alone and under mpirun.
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "real/mpi/mpirun_test.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* aria = "scenarios/catalogue/vllm/aria_shared_double.toml";

struct Ran {
  int status = -1;
  std::string out;  // both streams
};

Ran shell(const std::string& command) {
  allow_mpirun_here();
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_real_{}", ::getpid());
  const int raw = std::system(fmt::format("{{ {}; }} > '{}' 2>&1", command, file.string()).c_str());
  std::ifstream stream(file, std::ios::binary);
  Ran ran{WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, {std::istreambuf_iterator<char>(stream), {}}};
  std::filesystem::remove(file);
  return ran;
}

Ran alone(const std::string& arguments) {
  return shell(fmt::format("'{}' {}", REDUCECHECK_REAL, arguments));
}

Ran job(int ranks, const std::string& arguments) {
  return shell(
      fmt::format("'{}' -n {} '{}' {}", REDUCECHECK_MPIEXEC, ranks, REDUCECHECK_REAL, arguments));
}

void expect(const Ran& ran, int status, const std::vector<std::string>& parts) {
  EXPECT_EQ(ran.status, status) << ran.out;
  for (const std::string& part : parts) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << '\n' << ran.out;
  }
}

TEST(RealTool, WrongCommandLinesAreRefusedWithTheChoice) {
  struct Mistake {
    const char* arguments;
    const char* said;
  };
  const Mistake mistakes[] = {
      {"rnu x", "no command `rnu`; did you mean `run`?"},
      {"run", "no FILE given"},
      {"run a b", "exactly one FILE"},
      {"run f --dtyp bf16", "no option `--dtyp`; did you mean `--dtype`?"},
      {"run f --dtype bf61", "did you mean `bf16`?"},
      {"run f --algorithm rign", "did you mean `ring`?"},
      {"run f --mesh tp", "expected sizes of axes such as tp=2,ep=2"},
      {"run f --mesh tp=0", "each 1 to 1024"},
      {"run f --deadline 0", "`--deadline 0`: expected an integer, 1 to 3600"},
      {"run f --seed", "`--seed` needs a value"},
      {"run f --seed 1 --seed=2", "`--seed` is given more than once"},
      {"run f -xmesh tp=2", "no option `-xmesh`"},
      {"run f --backend nccl", "expected one of mpi"},
      {"run /nowhere.toml", "cannot be read"},
      {"doctor x", "`doctor` takes nothing"},
  };
  for (const Mistake& mistake : mistakes) expect(alone(mistake.arguments), 2, {mistake.said});
}

TEST(RealTool, OneProcessIsToldHowToStartTheRanks) {
  const std::string arguments = fmt::format("run {} --mesh tp=2", aria);
  expect(alone(arguments), 2,
         {fmt::format("mpirun -n 2 reducecheck-real {}", arguments), "add --launch"});
  expect(alone(fmt::format("run {} --variant fixde", aria)), 2, {"did you mean `fixed`?"});
}

TEST(RealTool, AJobOfAnotherSizeIsToldWhichFits) {
  expect(job(3, fmt::format("run {}", aria)), 2,
         {"has 3 ranks; possible: 1, 2, 4", "mpirun -n 4 reducecheck-real run"});
}

TEST(RealTool, RightAndWrongVariantsAreTheSimulators) {
  expect(job(2, fmt::format("run {}", aria)), 0,
         {"Open MPI", "buggy  tp=2  equal: ", "fixed  tp=2  equal: ",
          "2 equal to the simulator, 0 different, 0 not compared"});
}

TEST(RealTool, BitsAreComparedWhereTheOrderIsForced) {
  expect(job(4, fmt::format("run {} --dtype bf16 --algorithm ring", aria)), 0,
         {"bf16, all_reduce by ring", "2 equal to the simulator, 0 different, 0 not compared"});
}

TEST(RealTool, WithoutAForcedOrderNothingIsCalledEqual) {
  expect(job(2, fmt::format("run {} --dtype bf16 --variant fixed", aria)), 77,
         {"ran; not comparable: no --algorithm", "0 equal to the simulator"});
}

TEST(RealTool, LaunchesTheRanksItself) {
  expect(alone(fmt::format("run {} --mesh tp=2 --variant fixed --launch", aria)), 0,
         {"fixed  tp=2  equal: "});
}

TEST(RealTool, DoctorSaysWhatThereIs) {
  expect(alone("doctor"), 0, {"mpi    Open MPI", "recursive_doubling, ring"});
}

}  // namespace
}  // namespace reducecheck::real
