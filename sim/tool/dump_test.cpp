// SPDX-License-Identifier: Apache-2.0
// `reducecheck dump`: what a dump holds, and what makes it no dump.
#include <gtest/gtest.h>

#include <limits>

#include "sim/dump/dump_folder.hpp"
#include "sim/dump/hand_made_test.hpp"
#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

/// A sum over tp in both halves of dp; written to a folder of the running test.
std::string saved(float value) {
  Dump dump{{{"dp", 2}, {"tp", 2}}, {"tp"}, "ring", {}};
  for (int rank = 0; rank < 4; ++rank) {
    TensorFile& file = dump.ranks.emplace_back();
    file.tensors["model.layers.3.mlp/partial/shared"] = floats({1, 2}, {1, 2});
    file.tensors["model.layers.3.mlp/output/y"] = floats({1, 2}, {2, rank == 1 ? value : 4});
    if (rank > 1) file.tensors["model.layers.4.mlp/addend/bias"] = floats({1, 2}, {1, 1});
  }
  const std::string directory = (fresh_directory() / "dump").string();
  std::vector<std::string> errors;
  EXPECT_TRUE(write_dump(dump, directory, errors));
  return directory;
}

TEST(DumpCommand, ShowsWhatADumpHolds) {
  const std::string directory = saved(4);
  const Ran ran = run("dump '" + directory + "'");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, directory + R"(
  mesh   dp=2 tp=2: 4 ranks
  group  tp
  order  ring

  scope               kind     name    type  shape   ranks
  model.layers.3.mlp  partial  shared  F32   [1, 2]
  model.layers.3.mlp  output   y       F32   [1, 2]
  model.layers.4.mlp  addend   bias    F32   [1, 2]  {2,3}
)");
}

TEST(DumpCommand, NamesValuesThatAreNoNumbers) {
  const std::string directory = saved(std::numeric_limits<float>::quiet_NaN());
  const Ran ran = run("dump '" + directory + "'");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.out, "output   y       F32   [1, 2]         1")) << ran.out;
  EXPECT_EQ(ran.err, directory +
                         "/rank1.safetensors: error: tensor `model.layers.3.mlp/output/y`: "
                         "1 of 2 elements are NaN or infinite, the first at [0, 1]\n");
}

TEST(DumpCommand, RefusesWhatIsNoDump) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"", "no DIR given"},
      {"a b", "one DIR only"},
      {"--json x", "unknown option"},
      {"no/such", "no/such: error: no such directory"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("dump " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST(DumpCommand, RefusesHostileFiles) {
  const std::string directory = saved(4);
  const std::string file = directory + "/rank2.safetensors";
  const std::string good = file_text(file);
  const auto tensors = [](const char* text) { return file_of(text, std::string(8, '\1')); };
  const std::pair<std::string, std::string> hostile[] = {
      {good.substr(0, 7), "has 7 bytes;"},
      {good.substr(0, good.size() - 1), "is the file cut off?"},
      {file_of("{}", "", std::uint64_t{1} << 30U), "say that the header has 1073741824 bytes"},
      {tensors(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
               R"("b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})"),
       "tensors `a` and `b` overlap"},
      {tensors(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})"),
       "shape [4611686018427387904, 4] has more bytes than 64 bits count"},
      {tensors(R"({"a":{"dtype":"F23","shape":[2],"data_offsets":[0,8]}})"),
       "type `F23` is unknown; did you mean `F32`?"},
      {tensors(R"({"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}})"),
       "shape [2] of BF16 needs 4 bytes"},
  };
  for (const auto& [text, said] : hostile) {
    save(file, text);
    const Ran ran = run("dump '" + directory + "'");
    EXPECT_EQ(ran.status, 2) << said;
    EXPECT_TRUE(ran.err.starts_with(file + ": error: ")) << ran.err;
    EXPECT_TRUE(contains(ran.err, said)) << said << '\n' << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  std::filesystem::remove(file);
  const Ran ran = run("dump '" + directory + "'");
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.err, directory +
                         ": error: rank2.safetensors is missing: mesh `dp=2,tp=2` has "
                         "ranks 0 to 3\n");
}

}  // namespace
}  // namespace reducecheck::tool
