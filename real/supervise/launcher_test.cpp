// SPDX-License-Identifier: Apache-2.0
// What launchers leave in the environment, good and broken.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "real/supervise/launcher.hpp"

namespace reducecheck::real {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<RankPlace> place_in(const Variables& variables, std::string& wrong) {
  return rank_place(
      [&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      },
      wrong);
}

struct Known {
  Variables variables;
  const char* launcher;
  int rank;
  int local_rank;
  const char* control;
};

std::vector<Known> known_launchers() {
  return {
      {{{"RANK", "5"},
        {"WORLD_SIZE", "8"},
        {"LOCAL_RANK", "1"},
        {"LOCAL_WORLD_SIZE", "4"},
        {"MASTER_ADDR", "gpu07"},
        {"MASTER_PORT", "29500"}},
       "torchrun",
       5,
       1,
       "gpu07:29501"},
      {{{"RANK", "1"},
        {"WORLD_SIZE", "2"},
        {"LOCAL_RANK", "1"},
        {"LOCAL_WORLD_SIZE", "2"},
        {"REDUCECHECK_PORT", "4242"}},
       "torchrun",
       1,
       1,
       "127.0.0.1:4242"},
      {{{"OMPI_COMM_WORLD_RANK", "3"},
        {"OMPI_COMM_WORLD_SIZE", "4"},
        {"OMPI_COMM_WORLD_LOCAL_RANK", "3"},
        {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"},
        {"REDUCECHECK_PORT", "4242"}},
       "Open MPI",
       3,
       3,
       "127.0.0.1:4242"},
      {{{"SLURM_STEP_ID", "0"},
        {"SLURM_PROCID", "2"},
        {"SLURM_NTASKS", "4"},
        {"SLURM_LOCALID", "0"},
        {"SLURM_STEP_TASKS_PER_NODE", "2(x2)"},
        {"SLURM_JOB_NODELIST", "gpu[07-09,12]"},
        {"REDUCECHECK_PORT", "4242"}},
       "Slurm",
       2,
       0,
       "gpu07:4242"},
      {{{"RANK", "0"},
        {"WORLD_SIZE", "2"},
        {"LOCAL_RANK", "0"},
        {"REDUCECHECK_CONTROL", "/tmp/c"},
        {"OMPI_COMM_WORLD_RANK", "7"},
        {"OMPI_COMM_WORLD_SIZE", "9"},
        {"OMPI_COMM_WORLD_LOCAL_RANK", "7"}},
       "--launch",
       0,
       0,
       "/tmp/c"},
  };
}

TEST(Launcher, EachTellsTheRankAndWhereTheControlIs) {
  for (const Known& one : known_launchers()) {
    std::string wrong;
    const auto place = place_in(one.variables, wrong);
    ASSERT_TRUE(place) << wrong;
    EXPECT_EQ(place->launcher, one.launcher);
    EXPECT_EQ(place->rank, one.rank);
    EXPECT_EQ(place->local_rank, one.local_rank);
    EXPECT_EQ(real::told(place->control), one.control);
  }
}

TEST(Launcher, WithoutOneThereIsNoRank) {
  std::string wrong;
  // A batch script has these, but was not started by srun.
  EXPECT_FALSE(place_in({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}, wrong));
  EXPECT_EQ(wrong, "");
}

TEST(Launcher, BrokenVariablesAreNamed) {
  struct Broken {
    Variables variables;
    const char* said;
  };
  const Variables good = {{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "1"}};
  const auto with = [&](Variables more) {
    more.insert(good.begin(), good.end());
    return more;
  };
  const Broken broken[] = {
      {{{"RANK", "1"}}, "RANK is set and WORLD_SIZE is not; torchrun sets both"},
      {with({{"RANK", "2"}}), "RANK is `2`: expected an integer, 0 to 1"},
      {with({{"RANK", "1x"}}), "RANK is `1x`: expected an integer, 0 to 1"},
      {with({{"WORLD_SIZE", "0"}}), "WORLD_SIZE is `0`: expected an integer, 1 to 1048576"},
      {with({{"LOCAL_RANK", "-1"}}), "LOCAL_RANK is `-1`"},
      {{{"RANK", "1"}, {"WORLD_SIZE", "2"}}, "LOCAL_RANK is not set"},
      {with({{"LOCAL_WORLD_SIZE", "1"}}), "LOCAL_RANK is `1`: expected an integer, 0 to 0"},
      {with({{"MASTER_ADDR", "a"}, {"MASTER_PORT", "http"}}), "MASTER_PORT is `http`"},
      {good, "MASTER_ADDR is not set"},
      {with({{"MASTER_ADDR", "a"}, {"REDUCECHECK_TOKEN", std::string(64, 'x')}}),
       "REDUCECHECK_TOKEN has 64 characters: expected at most 63"},
      {with({{"OMPI_COMM_WORLD_RANK", "0"},
             {"OMPI_COMM_WORLD_SIZE", "2"},
             {"OMPI_COMM_WORLD_LOCAL_RANK", "0"}}),
       "RANK is 1 and OMPI_COMM_WORLD_RANK is 0: two launchers contradict each other"},
  };
  for (const Broken& one : broken) {
    std::string wrong;
    EXPECT_FALSE(place_in(one.variables, wrong));
    EXPECT_EQ(wrong.rfind(one.said, 0), 0U) << wrong << "\nexpected: " << one.said;
  }
}

TEST(Launcher, TheFirstOfASlurmListIsRank0sMachine) {
  EXPECT_EQ(first_host("gpu[07-09,12],big3"), "gpu07");
  EXPECT_EQ(first_host("gpu[3,5]-ib"), "gpu3-ib");
  EXPECT_EQ(first_host("a,b"), "a");
  EXPECT_EQ(first_host("alone"), "alone");
  EXPECT_EQ(first_host(""), "");
  EXPECT_EQ(first_host("cut["), "cut");
}

}  // namespace
}  // namespace reducecheck::real
