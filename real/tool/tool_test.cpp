// SPDX-License-Identifier: Apache-2.0
// reducecheck-real as a user runs it, alone and under mpirun.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "real/mpi/mpirun_test.hpp"
#include "real/tool/ran_test.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* aria = "scenarios/catalogue/vllm/aria_shared_double.toml";

Ran alone(const std::string& arguments) {
  allow_mpirun_here();
  return shell(fmt::format("'{}' {}", REDUCECHECK_REAL, arguments));
}

Ran job(int ranks, const std::string& arguments) {
  allow_mpirun_here();
  return shell(
      fmt::format("'{}' -n {} '{}' {}", REDUCECHECK_MPIEXEC, ranks, REDUCECHECK_REAL, arguments));
}

TEST(RealTool, WrongCommandLinesAreRefusedWithTheChoice) {
  struct Mistake {
    const char* arguments;
    const char* said;
  };
  const Mistake mistakes[] = {
      {"rnu x", "no command `rnu`; did you mean `run`?"},
      {"run", "no FILE given"},
      {"collectives a", "`collectives` takes no FILE: `a`"},
      {"collectives --mesh tp=2",
       "`collectives` runs no scenario, and `--mesh` says nothing to it"},
      {"collectives --tokens=3",
       "it takes --launch, --help, --backend, --dtype, --algorithm, --de"},
      {"collectives --variant a", "`--variant` says nothing to it"},
      {"collectives --seed 2", "`--seed` says nothing to it"},
      {"collectives --dtpye bf16", "no option `--dtpye`; did you mean `--dtype`?"},
      {"run f --up-to-ranks 0", "`--up-to-ranks 0`: expected an integer, 1 to 1024"},
      {"run f --launch 0", "`--launch 0`: expected a number of ranks, 1 to 1024"},
      {"run f --dtyp bf16", "no option `--dtyp`; did you mean `--dtype`?"},
      {"run f --dtype bf61", "did you mean `bf16`?"},
      {"run f --algorithm rign", "did you mean `ring`?"},
      {"run f --mesh tp", "expected sizes of axes such as tp=2,ep=2"},
      {"run f --mesh tp=0", "each 1 to 1024"},
      {"run f --deadline 0", "`--deadline 0`: expected an integer, 1 to 3600"},
      {"run f --seed", "`--seed` needs a value"},
      {"run f --seed 1 --seed=2", "`--seed` is given more than once"},
      {"run f -xmesh tp=2", "no option `-xmesh`"},
      {"run f --backend ncll", "expected one of mpi, nccl; did you mean `nccl`?"},
      {"run /nowhere.toml", "cannot be read"},
      {"doctor x", "`doctor` takes nothing"},
      {"lgo diff a b", "no command `lgo`; did you mean `log`?"},
      {"log", "`log` takes `diff` and two logs or folders of logs"},
      {"log dif a b", "two logs or folders of logs, not `dif`"},
      {"log diff a", "`log diff` takes two logs or folders of logs, not 1"},
      {"log diff a b --seed", "`log diff` takes no option: `--seed`"},
      {"log diff /nowhere1 /nowhere2", "/nowhere1: expected a log or a folder with logs"},
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

TEST(RealTool, CollectivesAreCheckedAloneAndTheirOrderIsSeen) {
  expect(job(3, "collectives --dtype bf16 --algorithm recursive_doubling"), 0,
         {"bf16  all_to_all: equal", "bits of openmpi_recursive_doubling: equal",
          "order seen: element 0 is (x0 + x1) + x2", "0 different on all ranks"});
}

TEST(RealTool, WithoutAGpuARunOfNcclIsSkippedAndSaysWhy) {
  const Ran doctor = alone("doctor");
  if (doctor.out.find("gpu    none: ") == std::string::npos) {
    GTEST_SKIP() << "a GPU, or a build without NCCL";
  }
  expect(
      alone(fmt::format("run {} --backend nccl --launch 2", aria)), 77,
      {"buggy  tp=2  not run: no GPU: ", "0 equal to the simulator, 0 different, 2 not compared"});
}

TEST(RealTool, LogsOfCallsAreComparedLineByLine) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_logs_{}", ::getpid());
  std::filesystem::create_directories(folder);
  const auto log = [&](const char* name, int count) {
    std::ofstream(folder / name) << fmt::format(
        "reducecheck.calls/1\nAllReduce comm=0 seq=0 count={} type=float32 redop=sum stream=1 "
        "place=in\n",
        count);
    return fmt::format("'{}'", (folder / name).string());
  };
  const std::string a = log("a", 1000);
  const std::string b = log("b", 999);
  expect(alone(fmt::format("log diff {} {}", a, a)), 0, {"1 rank, 1 calls: equal"});
  expect(alone(fmt::format("log diff {} {}", a, b)), 1,
         {"rank 0: count differs: 1000 and 999", "a:2: AllReduce", "b:2: AllReduce"});
  std::ofstream(folder / "c") << "reducecheck.calls/1\nAllReduc\n";
  expect(alone(fmt::format("log diff {} '{}'", a, (folder / "c").string())), 2, {"c:2:1"});
  std::filesystem::remove_all(folder);
}

TEST(RealTool, DoctorSaysWhatThereIs) {
  expect(alone("doctor"), 0, {"mpi    Open MPI", "recursive_doubling, ring"});
}

}  // namespace
}  // namespace reducecheck::real
