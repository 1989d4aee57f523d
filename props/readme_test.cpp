// SPDX-License-Identifier: Apache-2.0
// What the pages of the project show is what the tool prints.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "props/tidy/source_tree.hpp"
#include "props/transcript/transcript.hpp"

namespace reducecheck::transcript {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// A folder that looks like the root of a built project to the commands of a page.
class Workplace {
 public:
  Workplace() {
    std::string name = (fs::temp_directory_path() / "reducecheck-pages-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
    fs::create_directories(path_ / "build/release/bin");
    fs::create_symlink(REDUCECHECK_EXECUTABLE, path_ / "build/release/bin/reducecheck");
    fs::create_symlink(fs::path(REDUCECHECK_SOURCE_DIR) / "scenarios", path_ / "scenarios");
    const std::string search = getenv("PATH") == nullptr ? "" : getenv("PATH");
    setenv("PATH", ((path_ / "build/release/bin").string() + ":" + search).c_str(), 1);
    setenv("NO_COLOR", "1", 1);
    // The output must not depend on where the tests run.
    for (const char* name_of : {"COLUMNS", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI"}) {
      unsetenv(name_of);
    }
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void expect_shown(const Command& command, const fs::path& directory) {
  const Outcome outcome = run(command, directory);
  const auto differing = difference(command.output, outcome.output);
  EXPECT_FALSE(differing.has_value()) << "$ " << command.text << "\n" << differing.value_or("");
  // 126 and above: not found, or ended by a signal.
  EXPECT_LT(outcome.exit_status, 126) << "$ " << command.text;
  if (command.exit_status.has_value()) {
    EXPECT_EQ(outcome.exit_status, *command.exit_status) << "$ " << command.text;
  }
}

/// Runs every command of the page; gives how many there were.
std::size_t expect_page(const tidy::SourceFile& page_text) {
  const Workplace workplace;
  const Page page = read_page(page_text.text);
  for (const PageFile& file : page.files) {
    std::ofstream(workplace.path() / file.name, std::ios::binary) << file.text;
  }
  for (const Command& command : page.commands) {
    SCOPED_TRACE(page_text.path + ":" + std::to_string(command.line));
    if (starts_tool(command)) {
      expect_shown(command, workplace.path());
    } else {
      ADD_FAILURE() << "only commands that start reducecheck stand in a console block, because all "
                       "of them are run: use a block `sh` for `"
                    << command.text << "`";
    }
  }
  return page.commands.size();
}

TEST(Pages, ShowWhatTheToolPrints) {
  std::map<std::string, std::size_t> commands;
  for (const tidy::SourceFile& file : tidy::read_tree(REDUCECHECK_SOURCE_DIR)) {
    if (file.path.ends_with(".md")) commands[file.path] = expect_page(file);
  }
  EXPECT_GT(commands["README.md"], 0U) << "README.md shows no run of the tool";
  EXPECT_GT(commands["CONTRIBUTING.md"], 0U) << "CONTRIBUTING.md shows no run of the tool";
}

TEST(Pages, FailWhenTheyShowSomethingElse) {
  static const tidy::SourceFile output = {
      "page.md", "```console\n$ reducecheck --version\nreducecheck 0.1.0, and more\n```\n"};
  EXPECT_NONFATAL_FAILURE(expect_page(output), "the output lacks: reducecheck 0.1.0, and more");
  static const tidy::SourceFile status = {
      "page.md", "```console\n$ reducecheck --version\n...\nexit 3\n```\n"};
  EXPECT_NONFATAL_FAILURE(expect_page(status), "reducecheck --version");
  static const tidy::SourceFile other = {"page.md", "```console\n$ ls\n```\n"};
  EXPECT_NONFATAL_FAILURE(expect_page(other), "only commands that start reducecheck");
}

TEST(Page, ReadsCommandsOutputsStatusAndFiles) {
  const Page page = read_page(
      "# A page\n```sh\n$ not this\n```\n```toml a.toml\ntitle = 1\n```\n"
      "```console\n$ reducecheck check \\\n  a.toml\none\ntwo\nexit 1\n$ reducecheck help\n```\n");
  ASSERT_EQ(page.commands.size(), 2U);
  EXPECT_EQ(page.commands[0].line, 9U);
  EXPECT_EQ(page.commands[0].text, "reducecheck check   a.toml");
  EXPECT_EQ(page.commands[0].output, (Lines{"one", "two"}));
  EXPECT_EQ(page.commands[0].exit_status, 1);
  EXPECT_EQ(page.commands[1].text, "reducecheck help");
  EXPECT_TRUE(page.commands[1].output.empty());
  EXPECT_FALSE(page.commands[1].exit_status.has_value());
  ASSERT_EQ(page.files.size(), 1U);
  EXPECT_EQ(page.files[0].name, "a.toml");
  EXPECT_EQ(page.files[0].text, "title = 1\n");
}

TEST(Page, RefusesOutputWithoutACommand) {
  EXPECT_THROW(read_page("```console\nholds\n```\n"), std::invalid_argument);
}

TEST(Difference, IsSeenInEveryPlace) {
  const Lines shown = {"a", "...", "c"};
  EXPECT_FALSE(difference(shown, {"a", "c"}));
  EXPECT_FALSE(difference(shown, {"a", "b", "c", "b", "c"}));
  EXPECT_TRUE(difference(shown, {"b", "c"}));
  EXPECT_TRUE(difference(shown, {"a", "b", "d"}));
  EXPECT_TRUE(difference(shown, {"a"}));
  EXPECT_TRUE(difference({"a"}, {"a", "b"}));
  EXPECT_TRUE(difference({"a", "b"}, {"a"}));
  EXPECT_TRUE(difference({}, {"a"}));
  EXPECT_FALSE(difference({"..."}, {}));
}

TEST(Difference, NamesTheFirstLineThatIsMissing) {
  EXPECT_EQ(difference({"a", "b", "c"}, {"a", "x", "c"})
                .value_or("")
                .find("the page shows, but the output lacks: b"),
            0U);
}

TEST(Difference, LeavesVersionsAndTimesAside) {
  EXPECT_FALSE(difference({"reducecheck 0.1.0 (1a2b3c4)  seed 1"},
                          {"reducecheck 0.2.10 (deadbeef-dirty)  seed 1"}));
  EXPECT_FALSE(difference({"60 cells in 0.12 s, done"}, {"60 cells in   1.5 s, done"}));
  EXPECT_TRUE(difference({"60 cells in 0.12 s"}, {"61 cells in 0.12 s"}));
  EXPECT_TRUE(difference({"coefficient 2"}, {"coefficient 4"}));
  EXPECT_EQ(comparable("2 switches, tp 4"), "2 switches, tp 4");
}

TEST(Run, GivesOutputAndStatus) {
  const fs::path here = fs::temp_directory_path();
  EXPECT_EQ(run({1, "echo a; echo b >&2; exit 3", {}, {}}, here).output, (Lines{"a", "b"}));
  EXPECT_EQ(run({1, "exit 3", {}, {}}, here).exit_status, 3);
  EXPECT_EQ(run({1, "kill -TERM $$", {}, {}}, here).exit_status, 128 + 15);
}

}  // namespace
}  // namespace reducecheck::transcript
