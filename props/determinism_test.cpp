// SPDX-License-Identifier: Apache-2.0
// Equal words give equal bytes, with one thread or two, in any locale, folder and time zone. The
// environment says more: REDUCECHECK_PERCENT of the catalogue instead of 5, REDUCECHECK_SEED of the
// choice, and REDUCECHECK_OTHER, an executable of another build to compare with.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <fstream>

#include "props/determinism/runs.hpp"
#include "sim/domain/hash.hpp"
#include "sim/dump/dump_folder.hpp"

namespace reducecheck::determinism {
namespace {

namespace fs = std::filesystem;

const std::string tool = REDUCECHECK_EXECUTABLE;
constexpr std::size_t elements = 64;

/// A folder of this process alone, which is gone afterwards: the nightly run has the same tests.
class Scratch {
 public:
  Scratch() { fs::create_directories(path); }
  ~Scratch() { fs::remove_all(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const fs::path path =
      fs::path(testing::TempDir()) / fmt::format("reducecheck_determinism.{}", ::getpid());
};

std::string variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

const Surroundings plain = {tool, "1", "env -u LANG -u LC_ALL LC_ALL=C TZ=UTC", "here"};

Surroundings odd(const std::string& executable) {
  // Where a locale is not installed, C is used, which loses nothing but the difference.
  return {executable, "2",
          "LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 LC_CTYPE=C.UTF-8 TZ=Asia/Kathmandu COLUMNS=40",
          "there/is another folder"};
}

std::vector<std::string> catalogue_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::absolute("scenarios/catalogue"))) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

/// Names below the catalogue, so that the choice is the same wherever the tree lies.
std::vector<std::string> chosen_files(std::uint64_t percent, std::uint64_t seed) {
  const std::string root = fs::absolute("scenarios/catalogue").string() + "/";
  std::vector<std::string> names;
  for (const std::string& file : catalogue_files()) names.push_back(file.substr(root.size()));
  std::vector<std::string> chosen = sample(names, percent, seed);
  for (std::string& name : chosen) name.insert(0, root);
  return chosen;
}

DumpTensor tensor_of(const std::vector<float>& values) {
  DumpTensor tensor{DumpType::f32, {values.size()}, {}};
  for (const float x : values) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    for (unsigned i = 0; i < 4; ++i) tensor.bytes.push_back(static_cast<std::byte>(bits >> 8 * i));
  }
  return tensor;
}

float drawn(std::uint64_t rank, std::uint64_t i) {
  return std::ldexp(static_cast<float>(element(row_key(7, rank), i) >> 40U), -24) - 0.5F;
}

/// Four parts of a sum, and the sum added forward and backward.
void write_dumps(const fs::path& folder) {
  Dump parts{{{"tp", 4}}, {"tp"}, "", {}};
  Dump forward = parts;
  Dump backward = parts;
  std::vector<float> up(elements);
  std::vector<float> down(elements);
  for (std::uint64_t i = 0; i < elements; ++i) {
    for (std::uint64_t r = 0; r < 4; ++r) up[i] += drawn(r, i);
    for (std::uint64_t r = 4; r-- > 0;) down[i] += drawn(r, i);
  }
  for (std::uint64_t r = 0; r < 4; ++r) {
    std::vector<float> part(elements);
    for (std::uint64_t i = 0; i < elements; ++i) part[i] = drawn(r, i);
    parts.ranks.emplace_back().tensors["layer/partial/x"] = tensor_of(part);
    forward.ranks.emplace_back().tensors["layer/output/y"] = tensor_of(up);
    backward.ranks.emplace_back().tensors["layer/output/y"] = tensor_of(down);
  }
  std::vector<std::string> errors;
  ASSERT_TRUE(write_dump(parts, (folder / "partials").string(), errors));
  ASSERT_TRUE(write_dump(forward, (folder / "forward").string(), errors));
  ASSERT_TRUE(write_dump(backward, (folder / "backward").string(), errors));
}

/// The text with `name` for the path, so that its digest is the same wherever the tree lies.
std::string without_path(std::string text, const std::string& path, std::string_view name) {
  for (std::size_t at = 0; (at = text.find(path, at)) != text.npos; at += name.size()) {
    text.replace(at, path.size(), name);
  }
  return text;
}

TEST(Determinism, EqualWordsGiveEqualBytes) {
  const Scratch folder;
  const fs::path& scratch = folder.path;
  ASSERT_NO_FATAL_FAILURE(write_dumps(scratch));
  const std::uint64_t percent = std::stoull(variable("REDUCECHECK_PERCENT", "5"));
  const std::uint64_t seed = std::stoull(variable("REDUCECHECK_SEED", "1"));
  std::vector<Words> commands = commands_once(scratch.string());
  const std::vector<std::string> files = chosen_files(percent, seed);
  for (const std::string& file : files) {
    for (const Words& words : commands_for(file)) commands.push_back(words);
  }
  const Surroundings other = odd(variable("REDUCECHECK_OTHER", tool));
  std::uint64_t digest = name_hash("");
  std::size_t bytes = 0;
  for (const Words& words : commands) {
    const std::string once = outcome(plain, words, scratch);
    EXPECT_EQ(first_difference(once, outcome(other, words, scratch)), "") << words;
    // A command that is refused would be equal too.
    EXPECT_TRUE(once.starts_with("status 0\n") || once.starts_with("status 256\n")) << once;
    const std::string placeless = without_path(without_path(once, scratch.string(), "SCRATCH"),
                                               fs::current_path().string(), "ROOT");
    digest = name_hash(placeless, digest);
    bytes += once.size();
  }
  fmt::print("{} commands, {} scenarios (seed {}), {} bytes twice, digest {:016x}\n",
             commands.size(), files.size(), seed, bytes, digest);
}

/// A tool that depends on what it must not, and what it depends on.
struct PlantedTool {
  const char* name;
  const char* script;
};
void PrintTo(const PlantedTool& one, std::ostream* stream) {
  *stream << one.name;
}

class PlantedDependence : public testing::TestWithParam<PlantedTool> {};

TEST_P(PlantedDependence, IsFound) {
  const Scratch folder;
  const fs::path& scratch = folder.path;
  const fs::path script = scratch / "tool";
  std::ofstream(script) << "#!/bin/sh\n" << GetParam().script << '\n';
  fs::permissions(script, fs::perms::owner_all);
  Surroundings at = plain;
  at.executable = script.string();
  const std::string one = outcome(at, "check THREADS", scratch);
  EXPECT_TRUE(one.starts_with("status 0\n")) << one;
  EXPECT_NE(first_difference(one, outcome(odd(script.string()), "check THREADS", scratch)), "");
}

INSTANTIATE_TEST_SUITE_P(
    On, PlantedDependence,
    testing::Values(PlantedTool{"Threads", "echo \"$@\""}, PlantedTool{"Locale", "echo $LC_ALL"},
                    PlantedTool{"Folder", "pwd"}, PlantedTool{"TimeZone", "echo $TZ"},
                    PlantedTool{"FileContents", "echo $LANG > report.json"},
                    PlantedTool{"FileNames", ": > \"report-$TZ\" 2>&- || : > other"},
                    PlantedTool{"Status", "test \"$2\" = --threads && test \"$3\" = 1"},
                    PlantedTool{"Process", "echo $$ >&2"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(PlantedDependence, ACorrectToolIsNotBlamed) {
  const Scratch folder;
  const fs::path& scratch = folder.path;
  EXPECT_EQ(first_difference(outcome(plain, "--version", scratch),
                             outcome(odd(tool), "--version", scratch)),
            "");
}

TEST(Sample, IsAShareOfTheNamesAndFollowsTheSeed) {
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) names.push_back(std::to_string(i));
  EXPECT_EQ(sample(names, 100, 1), names);
  EXPECT_EQ(sample({"a", "b"}, 0, 1).size(), 1U);
  const auto one = sample(names, 5, 1);
  EXPECT_GT(one.size(), 60U);
  EXPECT_LT(one.size(), 140U);
  EXPECT_NE(one, sample(names, 5, 2));
}

}  // namespace
}  // namespace reducecheck::determinism
