// SPDX-License-Identifier: Apache-2.0
// `reducecheck diff` as a user runs it.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

const std::string chain = "scenarios/catalogue/fastdeploy/glm_moe_chain.toml";

TEST(Diff, SetsOneVariantAgainstAnother) {
  const Ran ran = run("diff " + chain + ":trigger :one_predicate");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "    dense_mlp  tp       1\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "\nright in every column: the other 68 layouts\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out,
                       "\nchanged in 4 of 72 layouts\n"
                       "better: tp -> 1 in 4 layouts: dense_mlp\n"))
      << ran.out;
}

TEST(Diff, FailsWhereSomethingRightBecomesWrong) {
  const Ran ran = run("diff " + chain + ":merged :deferred");
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out, "\nworse: ")) << ran.out;
  EXPECT_EQ(run("diff " + chain + ":before :merged").status, 0);
}

TEST(Diff, ShowsAllVariantsOfOneFile) {
  const Ran ran = run("diff " + chain + " --mesh tp=2");
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out, "before  merged  deferred  phi_norm  trigger  one_predicate\n"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "  before -> merged: no change\n")) << ran.out;
}

TEST(Diff, SetsTwoFilesSideBySide) {
  const std::filesystem::path directory = fresh_directory();
  const std::filesystem::path other = directory / "after.toml";
  std::filesystem::copy_file(aria, other);
  const std::string after = "'" + other.string();
  const Ran ran = run(std::string("diff ") + aria + ":buggy " + after + ":fixed' --json -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out).at("columns").at(1).at("file"), other.string());
  EXPECT_TRUE(contains(ran.err, "changed in 2 of 3 layouts\n")) << ran.err;
  const Ran same = run(std::string("diff ") + aria + ":buggy " + after + ":buggy'");
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_TRUE(contains(same.out, "aria_shared_double:buggy  after:buggy\n")) << same.out;
  EXPECT_TRUE(contains(same.out, "changed in 0 of 3 layouts\n")) << same.out;
}

TEST(Diff, RefusesWhatItCannotSetSideBySide) {
  EXPECT_EQ(run("diff").status, 2);
  EXPECT_EQ(run("diff :buggy").status, 2);
  const Ran one = run(std::string("diff ") + aria + ":buggy");
  EXPECT_EQ(one.status, 2);
  EXPECT_TRUE(contains(one.err, "one variant only")) << one.err;
  const Ran which = run(std::string("diff ") + aria + " " + chain + ":merged");
  EXPECT_EQ(which.status, 2);
  EXPECT_TRUE(contains(which.err, "which variant?")) << which.err;
  const Ran other = run(std::string("diff ") + aria + ":buggy " + chain + ":merged");
  EXPECT_EQ(other.status, 2);
  EXPECT_TRUE(contains(other.err, "axes or switches are not those of")) << other.err;
  const Ran unknown = run(std::string("diff ") + aria + ":buggy :fixd");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_TRUE(contains(unknown.err, "did you mean `fixed`?")) << unknown.err;
  EXPECT_EQ(run("diff no_such_file.toml").status, 2);
}

TEST(Diff, WritesAFileOrSaysThatItCannot) {
  const std::filesystem::path directory = fresh_directory();
  const std::string command = std::string("diff ") + aria + " --json '" + directory.string();
  EXPECT_EQ(run(command + "/d.json'").status, 0);
  EXPECT_EQ(json::parse(file_text(directory / "d.json")).at("format"), "reducecheck.diff/1");
  EXPECT_EQ(run(command + "/no/d.json'").status, 2);
}

}  // namespace
}  // namespace reducecheck::tool
