// SPDX-License-Identifier: Apache-2.0
// A folder that is no whole dump is refused with the file that is at fault.
#include "sim/dump/dump_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>
#include <limits>

#include "sim/dump/hand_made_test.hpp"

namespace reducecheck {
namespace {

namespace fs = std::filesystem;

/// dp=2 times tp=2, a sum over tp.
Dump small_dump() {
  Dump dump{{{"dp", 2}, {"tp", 2}}, {"tp"}, "", {}};
  for (int rank = 0; rank < 4; ++rank) {
    TensorFile& file = dump.ranks.emplace_back();
    const auto share = static_cast<float>(rank);
    file.tensors["mlp/partial/shared"] = floats({1, 2}, {share, 1});
    file.tensors["mlp/output/y"] = floats({1, 2}, {1, 2});
  }
  return dump;
}

/// The lines of a refusal, without the folder in front of them.
std::vector<std::string> refusal_of(const fs::path& folder) {
  std::vector<std::string> errors;
  EXPECT_FALSE(read_dump(folder.string(), errors));
  EXPECT_FALSE(errors.empty());
  EXPECT_LE(errors.size(), DumpLimits::errors);
  for (std::string& error : errors) {
    const bool begins = error.starts_with(folder.string());
    EXPECT_TRUE(begins) << error;
    if (begins) error.erase(0, folder.string().size() + 1);
  }
  return errors;
}

/// A small dump that `change` spoils.
std::vector<std::string> refusal_after(const std::function<void(const fs::path& folder)>& change) {
  const fs::path folder = fresh_directory() / "dump";
  std::vector<std::string> errors;
  EXPECT_TRUE(write_dump(small_dump(), folder.string(), errors)) << fmt::format("{}", errors);
  EXPECT_TRUE(read_dump(folder.string(), errors)) << fmt::format("{}", errors);
  change(folder);
  return refusal_of(folder);
}

/// A small dump where the file of one rank is changed.
std::vector<std::string> refusal_after(int rank,
                                       const std::function<void(TensorFile& file)>& change) {
  return refusal_after([&](const fs::path& folder) {
    const std::string name = (folder / rank_file(rank)).string();
    std::vector<std::string> errors;
    std::optional<TensorFile> file = read_safetensors(name, errors);
    ASSERT_TRUE(file);
    change(*file);
    ASSERT_TRUE(write_safetensors(name, *file, errors));
  });
}

using Lines = std::vector<std::string>;

TEST(DumpFolder, ADumpIsReadAsItWasWritten) {
  const fs::path folder = fresh_directory() / "dump";
  std::vector<std::string> errors;
  ASSERT_TRUE(write_dump(small_dump(), folder.string(), errors));
  save(folder / "notes.txt", "of no rank");
  std::optional<Dump> dump = read_dump(folder.string(), errors);
  ASSERT_TRUE(dump) << fmt::format("{}", errors);
  EXPECT_EQ(dump->ranks[3].metadata.at("rank"), "3");
  for (TensorFile& file : dump->ranks) file.metadata.clear();
  EXPECT_EQ(*dump, small_dump());
  EXPECT_EQ(group_members(mesh_of(*dump), group_of(*dump), 3), (std::vector<int>{2, 3}));
}

TEST(DumpFolder, TheSumIsOverAllAxesWhereNoGroupIsNamed) {
  const fs::path folder = fresh_directory();
  for (int rank = 0; rank < 2; ++rank) {
    TensorFile file;
    file.metadata = {{"format", "reducecheck.dump/1"},
                     {"rank", std::to_string(rank)},
                     {"mesh", "dp=1,tp=2"},
                     {"order", "ring"}};
    std::vector<std::string> errors;
    ASSERT_TRUE(write_safetensors((folder / rank_file(rank)).string(), file, errors));
  }
  std::vector<std::string> errors;
  const std::optional<Dump> dump = read_dump(folder.string(), errors);
  ASSERT_TRUE(dump) << fmt::format("{}", errors);
  EXPECT_EQ(dump->group, (std::vector<std::string>{"dp", "tp"}));
  EXPECT_EQ(dump->order, "ring");
}

TEST(DumpFolder, WhatIsNoFolderOfADumpIsRefused) {
  const fs::path own = fresh_directory();
  EXPECT_EQ(refusal_of(own / "none"), Lines{" error: no such directory"});
  EXPECT_EQ(refusal_of(own),
            Lines{" error: holds no rank0.safetensors; a dump has one file a rank, "
                  "rank0.safetensors, rank1.safetensors, ..."});
  save(own / "rank_0.safetensors", "");
  EXPECT_EQ(refusal_of(own),
            Lines{" error: holds no rank0.safetensors; a dump has one file a rank, "
                  "rank0.safetensors, rank1.safetensors, ...; found `rank_0.safetensors`"});
  fs::remove(own / "rank_0.safetensors");
  save(own / "dump_0.pt", "");
  EXPECT_EQ(refusal_of(own),
            Lines{" error: holds no rank0.safetensors; a dump has one file a rank, "
                  "rank0.safetensors, rank1.safetensors, ...; `reducecheck_dump.py convert` makes "
                  "them from `dump_0.pt`"});
  EXPECT_EQ(refusal_of(own / "dump_0.pt"),
            Lines{" error: is not a directory; a dump is one, with a file for each rank"});
}

TEST(DumpFolder, ARankWithoutAFileAndAFileWithoutARankAreNamed) {
  EXPECT_EQ(refusal_after([](const fs::path& folder) { fs::remove(folder / rank_file(2)); }),
            Lines{" error: rank2.safetensors is missing: mesh `dp=2,tp=2` has ranks 0 to 3"});
  EXPECT_EQ(refusal_after([](const fs::path& folder) {
              fs::copy(folder / rank_file(3), folder / rank_file(4));
            }),
            Lines{" error: rank4.safetensors is of no rank: mesh `dp=2,tp=2` has ranks 0 to 3"});
  EXPECT_EQ(refusal_after([](const fs::path& folder) {
              fs::remove(folder / rank_file(1));
              fs::create_directory(folder / rank_file(1));
            }),
            Lines{"rank1.safetensors: error: is a directory; expected a safetensors file"});
  EXPECT_EQ(refusal_after([](const fs::path& folder) {
              fs::remove(folder / rank_file(1));
              ASSERT_EQ(::mkfifo((folder / rank_file(1)).c_str(), 0600), 0);
            }),
            Lines{"rank1.safetensors: error: is not a regular file"});
  EXPECT_EQ(refusal_after([](const fs::path& folder) {
              fs::remove(folder / rank_file(1));
              fs::create_symlink("nowhere", folder / rank_file(1));
            }),
            Lines{"rank1.safetensors: error: cannot read: No such file or directory"});
  EXPECT_EQ(refusal_after([](const fs::path& folder) {
              for (int rank = 0; rank < 4; ++rank) {
                fs::resize_file(folder / rank_file(rank), std::uint64_t{3} << 30U);
              }
            }),
            Lines{" error: its files have 12884901888 bytes; at most 8589934592 are read: record "
                  "fewer modules or tokens"});
}

TEST(DumpFolder, MetadataThatSayOtherwiseAreRefused) {
  const auto with = [](int rank, const char* key, const char* value) {
    return refusal_after(rank, [&](TensorFile& file) { file.metadata[key] = value; }).front();
  };
  const auto without = [](int rank, const char* key) {
    return refusal_after(rank, [&](TensorFile& file) { file.metadata.erase(key); }).front();
  };
  EXPECT_EQ(without(0, "format"),
            "rank0.safetensors: error: metadata `format` is missing; expected "
            "`reducecheck.dump/1`");
  EXPECT_EQ(with(1, "format", "pt"),
            "rank1.safetensors: error: metadata `format` is `pt`; expected "
            "`reducecheck.dump/1`");
  EXPECT_EQ(with(1, "rank", "2"),
            "rank1.safetensors: error: metadata `rank` is `2`; the file's name says 1");
  EXPECT_EQ(without(1, "rank"),
            "rank1.safetensors: error: metadata `rank` is missing; expected `1`");
  EXPECT_EQ(without(0, "mesh"),
            "rank0.safetensors: error: metadata `mesh` is missing; expected "
            "such as `dp=2,tp=4`");
  EXPECT_EQ(with(3, "mesh", "dp=4,tp=1"),
            "rank3.safetensors: error: metadata `mesh` is `dp=4,tp=1` "
            "here but `dp=2,tp=2` on rank 0");
  EXPECT_EQ(without(3, "group"),
            "rank3.safetensors: error: metadata `group` is missing here but `tp` on rank 0");
  EXPECT_EQ(with(2, "order", "ring"),
            "rank2.safetensors: error: metadata `order` is `ring` here but missing on rank 0");
  for (const char* mesh : {"", "tp", "tp=", "=2", "tp=0", "tp=-1", "tp=2x", "tp=2,", "2=2",
                           "tp=99999999999", "t p=2", "tp=65537"}) {
    EXPECT_EQ(with(0, "mesh", mesh),
              fmt::format("rank0.safetensors: error: metadata `mesh` is `{}`; expected AXIS=SIZE "
                          "joined by commas, as in `dp=2,tp=4`",
                          mesh));
  }
  EXPECT_EQ(with(0, "mesh", "tp=2,tp=2"),
            "rank0.safetensors: error: metadata `mesh` is `tp=2,tp=2`, with axis `tp` twice");
  EXPECT_EQ(with(0, "mesh", "dp=65536,tp=65536"),
            "rank0.safetensors: error: metadata `mesh` is "
            "`dp=65536,tp=65536`; at most 65536 ranks are "
            "read");
  EXPECT_EQ(
      with(0, "group", "tq"),
      "rank0.safetensors: error: metadata `group` is `tq`, with `tq`; did you mean `tp`? axes "
      "of the mesh: dp, tp");
  EXPECT_EQ(with(0, "group", "tp,tp"),
            "rank0.safetensors: error: metadata `group` is `tp,tp`, with "
            "`tp` twice; axes of the mesh: dp, tp");
}

TEST(DumpFolder, TensorsThatRanksDoNotShareAreRefused) {
  EXPECT_EQ(refusal_after(1, [](TensorFile& file) { file.tensors.erase("mlp/output/y"); }),
            Lines{"rank1.safetensors: error: tensor `mlp/output/y` of rank 0 is missing; both are "
                  "in one group"});
  EXPECT_EQ(refusal_after(
                3, [](TensorFile& file) { file.tensors["mlp/addend/bias"] = floats({1}, {1}); }),
            Lines{"rank2.safetensors: error: tensor `mlp/addend/bias` of rank 3 is missing; both "
                  "are in one group"});
  EXPECT_EQ(refusal_after(2,
                          [](TensorFile& file) {
                            file.tensors["mlp/output/y"].shape = {2, 1};
                          }),
            Lines{"rank2.safetensors: error: tensor `mlp/output/y` is F32 [2, 1] here but F32 "
                  "[1, 2] on rank 0"});
  EXPECT_EQ(
      refusal_after(2, [](TensorFile& file) { file.tensors["mlp/output/y"].type = DumpType::i32; }),
      Lines{"rank2.safetensors: error: tensor `mlp/output/y` is I32 [1, 2] here but F32 "
            "[1, 2] on rank 0"});
  const Lines names = refusal_after(
      0, [](TensorFile& file) { file.tensors["mlp.partial.shared"] = floats({1}, {1}); });
  EXPECT_EQ(names.front(),
            "rank0.safetensors: error: tensor `mlp.partial.shared`: expected a name "
            "SCOPE/KIND/NAME or KIND/NAME where KIND is partial, addend or output");
}

TEST(DumpFolder, RanksOfOtherGroupsMayHoldOtherTensors) {
  Dump dump = small_dump();
  for (const std::size_t rank : {2U, 3U}) {
    dump.ranks[rank].tensors["next/partial/shared"] = floats({1}, {1});
  }
  const fs::path folder = fresh_directory() / "dump";
  std::vector<std::string> errors;
  ASSERT_TRUE(write_dump(dump, folder.string(), errors));
  EXPECT_TRUE(read_dump(folder.string(), errors)) << fmt::format("{}", errors);
}

TEST(DumpFolder, ValuesThatAreNoNumbersAreReadAndNamed) {
  Dump dump = small_dump();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(non_finite_tensors(dump, "d"), Lines());
  dump.ranks[1].tensors["mlp/output/y"] = floats({1, 2}, {1, nan});
  const fs::path folder = fresh_directory() / "dump";
  std::vector<std::string> errors;
  ASSERT_TRUE(write_dump(dump, folder.string(), errors));
  const std::optional<Dump> read = read_dump(folder.string(), errors);
  ASSERT_TRUE(read) << fmt::format("{}", errors);
  EXPECT_EQ(non_finite_tensors(*read, "d"),
            Lines{"d/rank1.safetensors: error: tensor `mlp/output/y`: 1 of 2 elements are NaN or "
                  "infinite, the first at [0, 1]"});
  for (TensorFile& file : dump.ranks) {
    for (int i = 0; i < 8; ++i) {
      file.tensors[fmt::format("mlp/partial/{}", i)] = floats({1}, {nan});
    }
  }
  EXPECT_EQ(non_finite_tensors(dump, "d").size(), DumpLimits::errors);
}

TEST(DumpFolder, AFolderThatCannotBeMadeIsNamed) {
  const fs::path own = fresh_directory();
  save(own / "file", "");
  std::vector<std::string> errors;
  EXPECT_FALSE(write_dump(small_dump(), (own / "none" / "dump").string(), errors));
  EXPECT_FALSE(write_dump(small_dump(), (own / "file").string(), errors));
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0], (own / "none" / "dump").string() +
                           ": error: cannot make the directory: No such file or directory");
}

}  // namespace
}  // namespace reducecheck
