// SPDX-License-Identifier: Apache-2.0
// `reducecheck mutate` as someone runs it who asks whether a file would notice a fault.
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

/// One layer, checked on so many ranks.
std::string layer_file(int ranks, const std::string& text = "y = all_reduce(a(x), tp) + x") {
  const std::filesystem::path file = fresh_directory() / "layer.toml";
  std::ofstream(file) << "title = 'a layer'\nsource = 'none'\nmesh = { axes = ['tp'], ranks = "
                      << ranks
                      << " }\ninput = { x = 'tokens, hidden' }\n"
                         "output = { y = 'tokens, hidden' }\n[weights]\n"
                         "a = 'mlp(inter / tp)'\n[program]\nreference = 'y = a(x) + x'\n"
                         "distributed = '"
                      << text << "'\n";
  return "'" + file.string() + "'";
}

TEST(MutateTool, NamesWhatAWeakFileMissesAndHowToMendTheFile) {
  const std::string file = layer_file(1);
  const Ran ran = run("mutate " + file);
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, "");
  for (const char* part :
       {"layer.toml:10:20: missed: all_reduce(a(x), tp) -> a(x)  [drop_collective]\n"
        "  wrong at tp=2: missing_reduce(a); to catch it, in mesh: ranks = 2\n",
        ": missed: all_reduce(a(x), tp) + x -> all_reduce(a(x) + x, tp)  [addend_in_sum]\n"
        "  wrong at tp=2: addend_in_sum(x); to catch it, in mesh: ranks = 2\n",
        " mutants: "}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << "\n  is not in\n" << ran.out;
  }
  EXPECT_FALSE(contains(ran.out, ": caught"));
  EXPECT_TRUE(contains(run("mutate --verbose " + file).out, ": caught: "));
}

TEST(MutateTool, ItsStrongTwinMissesNothing) {
  const Ran ran = run("mutate " + layer_file(2));
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_TRUE(contains(ran.out, " caught, 0 missed, ")) << ran.out;
}

TEST(MutateTool, ListsTheEditsWithoutJudgingThem) {
  const Ran ran = run("mutate --list " + layer_file(1));
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(contains(ran.out,
                       "layer.toml:10:20: all_reduce(a(x), tp) -> a(x)  "
                       "[drop_collective]\n"))
      << ran.out;
  EXPECT_FALSE(contains(ran.out, "missed"));
  EXPECT_FALSE(contains(ran.out, "mutants"));
  const Ran counted = run("mutate --list --summary " + layer_file(1));
  EXPECT_TRUE(contains(counted.out, "layer.toml: ")) << counted.out;
  EXPECT_TRUE(contains(counted.out, " mutants\n")) << counted.out;
}

TEST(MutateTool, WritesEveryMutantAsJsonAndTheSameForAnyNumberOfThreads) {
  const std::string arguments = std::string("mutate ") + aria + " --json - --threads ";
  const Ran one = run(arguments + "1");
  EXPECT_EQ(one.status, 0);
  EXPECT_EQ(one.out, run(arguments + "3").out);
  const auto report = nlohmann::json::parse(one.out);
  EXPECT_EQ(report["format"], "reducecheck.mutants/1");
  const auto& scenario = report["scenarios"][0];
  EXPECT_EQ(scenario["variants"][0]["wrong"], 2);
  EXPECT_EQ(scenario["mutants"].size(), report["summary"]["mutants"]);
  std::size_t caught = 0;
  for (const auto& mutant : scenario["mutants"]) {
    EXPECT_EQ(mutant["variant"], "fixed");
    if (mutant["outcome"] != "caught") continue;
    ++caught;
    EXPECT_TRUE(mutant.contains("class") && mutant.contains("mesh")) << mutant;
  }
  EXPECT_EQ(caught, report["summary"]["caught"]);
  EXPECT_EQ(report["summary"]["missed"], 0);
}

TEST(MutateTool, RefusesWhatItCannotMutate) {
  const Ran wrong = run(std::string("mutate ") + aria + " --variant buggy");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_TRUE(contains(wrong.err, "error: variant `buggy` is wrong in 2 of 3 layouts"))
      << wrong.err;
  const Ran unknown = run(std::string("mutate ") + aria + " --variant fixd");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_TRUE(contains(unknown.err, "did you mean `fixed`?")) << unknown.err;
  const Ran axis = run(std::string("mutate ") + aria + " --mesh pt=2");
  EXPECT_EQ(axis.status, 2);
  EXPECT_TRUE(contains(axis.err, "did you mean `tp`?")) << axis.err;
  EXPECT_EQ(run("mutate no/such.toml").status, 2);
  const Ran none = run("mutate " + layer_file(2, "y = a(x) + x"));
  EXPECT_EQ(none.status, 77);
  EXPECT_TRUE(contains(none.out, "layer.toml: program: not mutated: wrong in 1 of 2 layouts\n"));
  EXPECT_TRUE(contains(none.out, "skipped: no variant holds in every layout (77)\n")) << none.out;
}

}  // namespace
}  // namespace reducecheck::tool
