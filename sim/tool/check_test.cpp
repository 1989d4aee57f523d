// SPDX-License-Identifier: Apache-2.0
// Whole runs over scenario files: tables, reports, exit statuses, saved counterexamples.
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

const std::string check_aria = std::string("check ") + aria;

std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files.push_back(entry.path());
  }
  return files;
}

TEST(Check, FindsTheDefectThatTheFileExpects) {
  const Ran ran = run(check_aria + " --seed 3");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("reducecheck 0.")) << ran.out;
  EXPECT_TRUE(contains(ran.out, " seed=3\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "double_reduce(shared)")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "2 = tp")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "when tp > 1")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "0 unexpected, 0 undecided, 0 skipped\n")) << ran.out;
  EXPECT_FALSE(contains(ran.out, "\x1b")) << "colour without a terminal";
  EXPECT_EQ(ran.err, "");
}

TEST(Check, ColoursByOptionAndEnvironment) {
  EXPECT_TRUE(contains(run(check_aria + " --color always").out, "\x1b["));
  EXPECT_TRUE(contains(run(check_aria, "CLICOLOR_FORCE=1").out, "\x1b["));
  EXPECT_FALSE(contains(run(check_aria, "NO_COLOR=1 CLICOLOR_FORCE=1").out, "\x1b["));
  EXPECT_FALSE(contains(run(check_aria + " --color never", "CLICOLOR_FORCE=1").out, "\x1b["));
}

TEST(Check, PutsJsonAloneOnStandardOutput) {
  const Ran ran = run(check_aria + " --json -");
  EXPECT_EQ(ran.status, 0);
  const json report = json::parse(ran.out);
  EXPECT_EQ(report.at("format"), "reducecheck.report/1");
  EXPECT_EQ(report.at("scenarios").at(0).at("file"), aria);
  EXPECT_EQ(report.at("summary").at("unexpected"), 0);
  EXPECT_TRUE(contains(ran.err, "double_reduce(shared)")) << ran.err;
}

TEST(Check, WritesTheReportsItIsAskedFor) {
  const std::filesystem::path directory = fresh_directory();
  const std::string at = directory.string();
  const Ran ran = run(check_aria + " --quiet --json '" + at + "/r.json' --junit '" + at +
                      "/r.xml' --html '" + at + "/r.html'");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(json::parse(file_text(directory / "r.json")).at("seed"), 1);
  EXPECT_TRUE(file_text(directory / "r.xml").starts_with("<?xml"));
  EXPECT_TRUE(file_text(directory / "r.html").starts_with("<!DOCTYPE html>"));
  const Ran refused = run(check_aria + " --quiet --json '" + at + "/no/r.json'");
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(contains(refused.err, "cannot write")) << refused.err;
}

TEST(Check, SavesWhatIsUnexpectedAndReplaysIt) {
  const std::filesystem::path directory = fresh_directory() / "saved";
  const Ran ran =
      run(check_aria + " --expect-none --seed 5 --save-failures '" + directory.string() + "'");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(contains(ran.out, "UNEXPECTED")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "replay: reducecheck replay ")) << ran.out;
  const std::vector<std::filesystem::path> files = files_in(directory);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files[0].filename().string().starts_with("buggy-"));
  const Ran replayed = run("replay '" + files[0].string() + "'");
  EXPECT_EQ(replayed.status, 1) << replayed.err;
  EXPECT_TRUE(contains(replayed.out, " seed=5\n")) << replayed.out;
  EXPECT_TRUE(contains(replayed.out, "double_reduce(shared)")) << replayed.out;
  EXPECT_TRUE(contains(replayed.out, "1 scenario, 1 variant, 1 cell: ")) << replayed.out;
}

TEST(Check, NamesACommandWithoutAFileWhenNothingIsSaved) {
  const Ran ran = run(check_aria + " --expect-none --quiet --save-failures none");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(contains(ran.out, std::string("replay: reducecheck check ") + aria +
                                    " --variant buggy --seed 1 --mesh tp=2 --expect-none\n"))
      << ran.out;
  EXPECT_FALSE(std::filesystem::exists("none"));
}

TEST(Check, IsSilentWhenQuietAndAllIsAsExpected) {
  const Ran ran = run(check_aria + " --quiet");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
}

TEST(Check, ChecksTheGoodFilesBesideABrokenOne) {
  const std::filesystem::path file = fresh_directory() / "broken.toml";
  std::ofstream(file) << "titel = \"x\"\n" << file_text(aria);
  const Ran ran = run("check '" + file.string() + "' no_such_file.toml " + aria);
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "broken.toml:1:1: error: ")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "did you mean `title`?")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "no_such_file.toml: error: cannot read: ")) << ran.err;
  EXPECT_TRUE(contains(ran.out, "1 scenario, 2 variants, 6 cells: 6 as expected")) << ran.out;
}

TEST(Check, TakesDirectoriesInSortedOrderAndEachFileOnce) {
  const std::filesystem::path directory = fresh_directory();
  std::filesystem::create_directories(directory / "b");
  std::filesystem::copy_file(aria, directory / "b" / "one.toml");
  std::filesystem::copy_file(aria, directory / "a.toml");
  std::ofstream(directory / "notes.txt") << "not a scenario";
  const std::string at = directory.string();
  const Ran ran = run("check '" + at + "' '" + at + "/a.toml' --json -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const json report = json::parse(ran.out);
  ASSERT_EQ(report.at("scenarios").size(), 2U);
  EXPECT_EQ(report.at("scenarios").at(0).at("file"), at + "/a.toml");
  EXPECT_EQ(report.at("scenarios").at(1).at("file"), at + "/b/one.toml");
  EXPECT_TRUE(contains(ran.err, "scenarios below ")) << ran.err;
}

TEST(Check, RefusesAnEmptyDirectory) {
  const Ran ran = run("check '" + fresh_directory().string() + "'");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "the directory holds no *.toml file")) << ran.err;
}

TEST(Check, RestrictsTheSweepAndRefusesARestrictionThatLeavesNothing) {
  const Ran one = run(check_aria + " --mesh tp=2 --json -");
  EXPECT_EQ(one.status, 0);
  EXPECT_EQ(json::parse(one.out).at("summary").at("cells"), 2);
  const Ran none = run(check_aria + " --mesh tp=4 --up-to-ranks 2");
  EXPECT_EQ(none.status, 2) << none.out << none.err;
  EXPECT_TRUE(contains(none.err, "no configuration is left")) << none.err;
}

TEST(Check, RefusesAnUnknownVariantAxisOrModel) {
  EXPECT_EQ(run(check_aria + " --variant bugy").status, 2);
  EXPECT_EQ(run(check_aria + " --mesh pp=2").status, 2);
  const Ran no_model = run(check_aria + " --shape full");
  EXPECT_EQ(no_model.status, 2);
  EXPECT_TRUE(contains(no_model.err, "`--shape full` needs a model")) << no_model.err;
  const Ran wrong = run(check_aria + " --shape full --model glm-4.5-ari");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_TRUE(contains(wrong.err, "did you mean `glm-4.5-air`?")) << wrong.err;
}

TEST(Check, IsEqualForEveryNumberOfThreads) {
  EXPECT_EQ(run(check_aria + " --threads 1 --json -").out,
            run(check_aria + " --threads 2 --json -").out);
}

TEST(Replay, RefusesAFileThatWasNotSaved) {
  const Ran ran = run(std::string("replay ") + aria);
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.err, "has no [replay]; use `reducecheck check`")) << ran.err;
}

}  // namespace
}  // namespace reducecheck::tool
