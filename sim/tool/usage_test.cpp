// SPDX-License-Identifier: Apache-2.0
// What the tool says to a person who mistyped, and with which status.
#include <fstream>
#include <vector>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

/// A wrong command line, and a part of what must be said about it.
struct Mistake {
  const char* arguments;
  const char* said;
};

void expect_refused(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    const Ran ran = run(mistake.arguments);
    EXPECT_EQ(ran.status, 2) << mistake.arguments;
    EXPECT_TRUE(contains(ran.err, mistake.said)) << mistake.arguments << '\n' << ran.err;
    EXPECT_EQ(ran.out, "") << mistake.arguments;
  }
}

TEST(Usage, WrongCommandLinesAreRefusedWithTheChoiceOrTheRange) {
  expect_refused({
      {"train x", "unknown command `train`; commands: check, "},
      {"chekc x", "did you mean `check`?"},
      {"--jsn", "option `--jsn` before a command"},
      {"check", "no FILE given"},
      {"check --jsn=x f", "unknown option `--jsn`; did you mean `--json`?"},
      {"check --see 1 f", "unknown option `--see`; did you mean `--seed`?"},
      {"check -x f", "unknown option `-x`"},
      {"check f --seed -1", "`--seed -1`: expected an integer, 0 to 18446744073709551615"},
      {"check f --seed 18446744073709551616", "`--seed 18446744073709551616`: expected an integer"},
      {"check f --seed 0x10", "expected an integer"},
      {"check f --seed ' 1'", "expected an integer"},
      {"check f --seed", "option `--seed` needs a value: --seed N"},
      {"check f --seed ''", "option `--seed` needs a value"},
      {"check f --json=", "option `--json` needs a value"},
      {"check f --seed 1 --seed 2", "option `--seed` is given more than once"},
      {"check f --quiet=1", "option `--quiet` takes no value"},
      {"check f --up-to-ranks 0", "expected an integer, 1 to 1024"},
      {"check f --up-to-ranks 1025", "expected an integer, 1 to 1024"},
      {"check f --tokens 1e3", "`--tokens 1e3`: expected an integer"},
      {"check f --threads 0", "expected an integer, 1 to"},
      {"check f --mesh tp", "`--mesh tp`: expected NAME=SIZE"},
      {"check f --mesh tp=0", "`--mesh tp=0`: expected NAME=SIZE"},
      {"check f --mesh tp=2,", "`--mesh tp=2,`: expected NAME=SIZE"},
      {"check f --mesh 2=tp", "`--mesh 2=tp`: expected NAME=SIZE"},
      {"check f --mesh tp=2 --mesh tp=4", "tp is given more than once"},
      {"check f --dtype fp8",
       "`--dtype fp8`: expected one of fp32, bf16, fp16, fp8_e4m3, fp8_e5m2"},
      {"check f --order nccl_ring", "`--order` needs `--dtype`: an exact sum has no order"},
      {"check f --dtype bf16 --order nccl_rign",
       "did you mean `nccl_ring`? possible: rank_order, "},
      {"check f --dtype bf16 --order nccl_ring_reduce_scatter", "it has no all_reduce; possible: "},
      {"check f --dtype bf16 --order flashinfer_lamport", "it leaves ranks with different bits; "},
      {"check f --dtype bf16 --order nccl_ring --set protcol=ll", "did you mean `protocol`?"},
      {"check f --dtype bf16 --order nccl_ring --set protocol=x", "`protocol=x`: expected simple"},
      {"check f --dtype bf16 --order nccl_ring --set ll", "`--set ll`: expected NAME=VALUE"},
      {"check f --dtype bf16 --set protocol=ll", "`--set` needs `--order`"},
      {"check f --shape big", "`--shape big`: expected toy or full"},
      {"check f --model glm-4.5-air", "`--model` needs `--shape full`"},
      {"check f --color red", "`--color red`: expected one of auto, always, never"},
      {"check f --json - --junit -", "only one report can go to the standard output"},
      {"check f --quiet --verbose", "`--verbose` does not go with"},
      {"explain doubel_reduce", "did you mean `double_reduce`?"},
      {"explain a.toml b.toml", "one FILE or CLASS only"},
      {"replay", "exactly one FILE"},
      {"models a b", "one NAME or FILE only"},
      {"models no-such-model", "no-such-model: error: no such model"},
      {"help nothing", "no help on `nothing`"},
  });
}

TEST(Usage, MutateAndFuzzRefuseWhatTheyCannotDo) {
  expect_refused({
      {"fuzz --for 10", "`--for 10`: expected a time such as 10s, 5m or 1h"},
      {"fuzz --for 0s", "`--for 0s`: expected a time"},
      {"fuzz --for s", "`--for s`: expected a time"},
      {"fuzz --for 1s --programs 3", "`--for` does not go with `--programs`"},
      {"fuzz --programs 0", "expected an integer, 1 to 1000000000"},
      {"fuzz x.toml --for 1s", "a FILE is compared once"},
      {"mutate", "no FILE given"},
      {"mutate --lst x", "unknown option `--lst`; did you mean `--list`?"},
  });
}

TEST(Usage, AloneItSaysHowItIsUsed) {
  const Ran ran = run("");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(ran.err.starts_with("usage: reducecheck COMMAND ...\n")) << ran.err;
}

TEST(Usage, HelpGoesToStandardOutput) {
  for (const char* arguments : {"help", "--help", "help check", "check --help", "explain -h"}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.status, 0) << arguments;
    EXPECT_TRUE(ran.out.starts_with("usage: reducecheck ")) << arguments;
    EXPECT_EQ(ran.err, "") << arguments;
  }
  EXPECT_EQ(run("help check").out, run("check --help").out);
}

TEST(Usage, VersionNamesTheCommit) {
  const Ran ran = run("--version");
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(ran.out.starts_with("reducecheck 0.")) << ran.out;
  EXPECT_TRUE(ran.out.ends_with(")\n")) << ran.out;
}

TEST(Models, ListsThemAndShowsOne) {
  const Ran list = run("models");
  EXPECT_EQ(list.status, 0);
  EXPECT_TRUE(contains(list.out, "glm-4.5-air")) << list.out;
  const Ran one = run("models glm-4.5-air");
  EXPECT_EQ(one.status, 0);
  EXPECT_TRUE(contains(one.out, "glm-4.5-air")) << one.out;
}

TEST(Models, RefusesAFileThatIsNoConfig) {
  const std::filesystem::path file = fresh_directory() / "config.json";
  std::ofstream(file) << "{ \"model_type\": ";
  const Ran ran = run("models '" + file.string() + "'");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "config.json: error: ")) << ran.err;
  EXPECT_EQ(run("models no/such/config.json").status, 2);
}

TEST(Output, AClosedPipeIsNoFailure) {
  // The reader is gone before the tool writes.
  const Ran ran = run("help; echo $? >&2; } | true", "{ sleep 0.3;");
  EXPECT_EQ(ran.err, "0\n");
}

TEST(Output, AFullDiskIs) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const Ran ran = run("help > /dev/full");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(contains(ran.err, "cannot write to standard output: ")) << ran.err;
}

}  // namespace
}  // namespace reducecheck::tool
