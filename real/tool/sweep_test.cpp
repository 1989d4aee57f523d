// SPDX-License-Identifier: Apache-2.0
// `reducecheck-real sweep`: several processes print what one does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "real/mpi/mpirun_test.hpp"
#include "real/tool/ran_test.hpp"

namespace reducecheck::real {
namespace {

const std::string two_files =
    "scenarios/catalogue/fastdeploy/merge_allreduce.toml "
    "scenarios/catalogue/vllm/aria_shared_double.toml";

Ran swept(int processes, const std::string& arguments) {
  allow_mpirun_here();
  const std::string start =
      processes == 0 ? "" : fmt::format("'{}' -n {} ", REDUCECHECK_MPIEXEC, processes);
  return shell(fmt::format("{}'{}' sweep {}", start, REDUCECHECK_REAL, arguments));
}

TEST(Sweep, SeveralProcessesPrintWhatOneDoes) {
  const Ran alone = swept(0, two_files);
  expect(alone, 0,
         {"always_merged", "double_reduce(experts)", "when tp > 1 and use_ep", "aria",
          "2 scenarios, 7 variants", "0 unexpected, 0 undecided"});
  for (const int processes : {1, 3}) {
    const Ran job = swept(processes, two_files);
    EXPECT_EQ(job.status, 0);
    EXPECT_EQ(job.out, alone.out) << processes;
  }
}

TEST(Sweep, TakesThePartOfTheSweepThatIsNamed) {
  const std::string part = two_files + " --mesh tp=4 --up-to-ranks 16 --seed 3";
  const Ran alone = swept(0, part);
  EXPECT_EQ(alone.status, 0) << alone.out;
  EXPECT_EQ(swept(2, part).out, alone.out);
}

TEST(Sweep, EveryProcessFindsTheSameErrorAndOneTellsIt) {
  const Ran job = swept(2, two_files + " --mesh no=4");
  EXPECT_EQ(job.status, 2);
  const std::size_t first = job.out.find("names `no`");
  EXPECT_NE(first, std::string::npos) << job.out;
  EXPECT_EQ(job.out.find("names `no`", first + 1), std::string::npos) << job.out;
  expect(swept(0, "/nowhere.toml"), 2, {"cannot be read"});
  expect(swept(0, ""), 2, {"no FILE given"});
  expect(swept(0, "f --dtype bf16"), 2,
         {"`sweep` simulates, and `--dtype` says nothing to it; it takes"});
  expect(swept(0, "f --launch 2"), 2, {"`sweep` takes no `--launch`"});
}

std::size_t tests_run(const std::string& shard) {
  const Ran ran = shell(fmt::format("{} '{}'", shard, REDUCECHECK_SHARDED));
  EXPECT_EQ(ran.status, 0) << ran.out;
  std::size_t count = 0;
  for (std::size_t at = 0; (at = ran.out.find("[       OK ]", at)) != std::string::npos; ++at) {
    ++count;
  }
  return count;
}

TEST(Sharding, EachTestOfAnExecutableRunsInOneShard) {
  std::size_t in_shards = 0;
  for (int shard = 0; shard < 3; ++shard) {
    const std::size_t here =
        tests_run(fmt::format("GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX={}", shard));
    EXPECT_GT(here, 0U);
    in_shards += here;
  }
  EXPECT_EQ(in_shards, tests_run(""));
}

}  // namespace
}  // namespace reducecheck::real
