// SPDX-License-Identifier: Apache-2.0
// `reducecheck prove` as a user runs it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

TEST(Prove, SaysWhatHoldsForAllSizesAndWhereTheRestFails) {
  const Ran ran = run("prove " + merge);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "merged                      holds")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "always_merged: double_reduce(experts) when tp > 1 and use_ep"));
  EXPECT_TRUE(contains(ran.out, "confirmed by an exact run at dp=1 tp=2 use_ep=true"));
  EXPECT_TRUE(contains(ran.out, "5 variants: 2 proved, 3 refuted, 0 undecided"));
}

TEST(Prove, ListsItsCasesOnRequest) {
  const Ran ran = run("prove --verbose --variant merged " + merge);
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(contains(ran.out, "merged  holds  dp > 1, ")) << ran.out;
}

TEST(Prove, WritesJson) {
  const Ran ran = run(std::string("prove --json - ") + aria);
  const auto parsed = nlohmann::json::parse(ran.out);
  EXPECT_EQ(parsed["format"], "reducecheck.proofs/1");
  EXPECT_EQ(parsed["scenarios"][0]["variants"][0]["verdict"], "defect");
  EXPECT_EQ(parsed["scenarios"][0]["variants"][0]["condition"], "tp > 1");
  EXPECT_EQ(parsed["scenarios"][0]["variants"][1]["verdict"], "holds");
}

TEST(Prove, WritesCertificatesAndSaysHowToCheckThem) {
  const std::string directory = fresh_directory().string();
  const Ran ran = run("prove --variant merged --certificate '" + directory + "' " + merge);
  const std::string file = directory + "/merge_allreduce-merged.proof.json";
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_TRUE(contains(ran.out, "reducecheck-proof-check " + merge + " merged " + file)) << ran.out;
}

TEST(Prove, RefusesAVariantThatIsNotThere) {
  const Ran ran = run("prove --variant mergd " + merge);
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "no variant `mergd`; variants: per_branch, merged")) << ran.err;
}

TEST(Prove, EndsInOneWhereTheFileExpectsOtherwise) {
  const std::filesystem::path file = fresh_directory() / "edited.toml";
  std::string text = file_text(aria);
  const std::string expected = "buggy = \"double_reduce(shared) when tp > 1\"";
  ASSERT_NE(text.find(expected), std::string::npos);
  text.replace(text.find(expected), expected.size(), "buggy = \"holds\"");
  std::ofstream(file) << text;
  const Ran ran = run("prove '" + file.string() + "'");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(contains(ran.out, "1 against the file's expectation")) << ran.out;
}

TEST(Check, SaysWhatIsProvedBesideTheSweep) {
  const Ran ran = run("check " + merge);
  EXPECT_TRUE(contains(ran.out, "40 of 40  all sizes")) << ran.out;
}

}  // namespace
}  // namespace reducecheck::tool
