// SPDX-License-Identifier: Apache-2.0
// `reducecheck fuzz` as a developer of the tool runs it.
#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

TEST(FuzzTool, SaysWhatItRanAndHowToRunItAgain) {
  const Ran ran = run("fuzz --programs 4 --seed 5 --threads 2");
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  for (const char* part :
       {"4 programs: ", " 0 on which two disagree\n", " cells: ", "the prover is undecided in ",
        "seed 5; replay: reducecheck fuzz --programs 4 --seed 5\n"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << "\n  is not in\n" << ran.out;
  }
  EXPECT_EQ(ran.out, run("fuzz --programs 4 --seed 5 --threads 1").out);
  EXPECT_NE(ran.out, run("fuzz --programs 4 --seed 6").out);
}

TEST(FuzzTool, StopsInTime) {
  const Ran ran = run("fuzz --for 1s --up-to-ranks 2");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_TRUE(contains(ran.out, " --up-to-ranks 2\n")) << ran.out;
}

TEST(FuzzTool, ComparesTheVariantsOfAFile) {
  const Ran ran = run(std::string("fuzz ") + aria);
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_TRUE(contains(ran.out,
                       "aria_shared_double.toml: buggy: 6 cells: 1 right, 5 wrong, 6 also "
                       "modulo 2^64; the prover is undecided in 0 (0.00 %)"))
      << ran.out;
  EXPECT_EQ(run("fuzz no/such.toml").status, 2);
}

TEST(FuzzTool, RefusesOfAFileWhatIsForRandomPrograms) {
  for (const std::string option :
       {"--for 1s", "--programs=3", "--save-failures none", "--threads 2"}) {
    const Ran ran = run(std::string("fuzz ") + aria + " " + option);
    EXPECT_EQ(ran.status, 2) << option;
    const std::string name = option.substr(0, option.find_first_of(" ="));
    EXPECT_TRUE(contains(ran.err, "`" + name + "` is for random programs")) << ran.err;
  }
}

}  // namespace
}  // namespace reducecheck::tool
