// SPDX-License-Identifier: Apache-2.0
// `reducecheck certify` as a reviewer runs it, on dumps of merged and per-branch sums.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "sim/domain/domain.hpp"
#include "sim/dump/dump_folder.hpp"
#include "sim/dump/safetensors.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"
#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;
using Encodings = std::vector<std::uint16_t>;

constexpr int rows = 16;
constexpr int width = 64;
constexpr std::size_t count = std::size_t{rows} * width;

DumpTensor tensor(const Encodings& encodings) {
  DumpTensor made{DumpType::bf16, {rows, width}, {}};
  for (const std::uint16_t encoding : encodings) {
    made.bytes.push_back(static_cast<std::byte>(encoding & 0xffU));
    made.bytes.push_back(static_cast<std::byte>(encoding >> 8U));
  }
  return made;
}

Encodings added(const Encodings& a, const Encodings& b) {
  Encodings sum;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum.push_back(static_cast<std::uint16_t>(add_in<Format::bf16>(a[i], b[i])));
  }
  return sum;
}

/// A layer with two branches over tp ranks: partial sums and the two ways to complete them.
struct Layer {
  int ranks = 4;
  std::vector<Encodings> experts;
  std::vector<Encodings> shared;

  explicit Layer(int tp) : ranks(tp) {
    for (int r = 0; r < tp; ++r) {
      experts.push_back(random(static_cast<std::uint64_t>(r)));
      shared.push_back(random(static_cast<std::uint64_t>(r + 100)));
    }
  }

  static Encodings random(std::uint64_t seed) {
    Encodings made;
    for (std::size_t i = 0; i < count; ++i) {
      const float x = hash_float(element(row_key(seed, 1), i), 0);
      made.push_back(static_cast<std::uint16_t>(round_to<Format::bf16>(x)));
    }
    return made;
  }

  [[nodiscard]] Encodings all_reduced(const std::vector<Encodings>& of) const {
    const MadeOrder ring = make_order("nccl_ring", {count, ranks, Format::bf16, {}});
    std::vector<const std::uint16_t*> inputs;
    for (const Encodings& one : of) inputs.push_back(one.data());
    Encodings sum(count);
    OrderReplay(*ring.order).sum<std::uint16_t>(0, inputs.data(), sum.data());
    return sum;
  }
  [[nodiscard]] Encodings merged() const {
    std::vector<Encodings> both;
    for (std::size_t r = 0; r < experts.size(); ++r) both.push_back(added(experts[r], shared[r]));
    return all_reduced(both);
  }
  [[nodiscard]] Encodings per_branch() const {
    return added(all_reduced(experts), all_reduced(shared));
  }
};

class Certify : public testing::Test {
 protected:
  const std::filesystem::path directory_ = fresh_directory();

  [[nodiscard]] std::string path(const std::string& name) const {
    return "'" + (directory_ / name).string() + "'";
  }
  void save(const std::string& name, const Dump& dump) const {
    std::vector<std::string> errors;
    ASSERT_TRUE(write_dump(dump, (directory_ / name).string(), errors)) << errors.front();
  }
  /// A dump in which every rank holds `output`.
  void save_output(const std::string& name, int ranks, const Encodings& output) const {
    Dump dump{{{"tp", ranks}}, {"tp"}, "", {}};
    for (int r = 0; r < ranks; ++r) dump.ranks.push_back({{}, {{"mlp/output/y", tensor(output)}}});
    save(name, dump);
  }
  void save_partials(const std::string& name, const Layer& layer) const {
    Dump dump{{{"tp", layer.ranks}}, {"tp"}, "", {}};
    for (std::size_t r = 0; r < layer.experts.size(); ++r) {
      dump.ranks.push_back({{},
                            {{"mlp/partial/experts", tensor(layer.experts[r])},
                             {"mlp/partial/shared", tensor(layer.shared[r])}}});
    }
    save(name, dump);
  }
  /// Merged as A, per-branch as B, and the partial sums of both as P.
  Layer save_versions(int tp) const {
    const Layer layer(tp);
    save_output("A", tp, layer.merged());
    save_output("B", tp, layer.per_branch());
    save_partials("P", layer);
    return layer;
  }
  [[nodiscard]] std::string versions() const { return path("A") + " " + path("B"); }
  [[nodiscard]] json certified(const std::string& arguments, int status) const {
    const Ran ran = run("certify " + arguments + " --json -");
    EXPECT_EQ(ran.status, status) << ran.err;
    return json::parse(ran.out);
  }
};

TEST_F(Certify, MergedAndPerBranchAreRoundingOnly) {
  save_versions(8);
  for (const char* order : {"", " --order nccl_ring"}) {
    const json report = certified(versions() + " --partials " + path("P") + order, 0);
    EXPECT_EQ(report.at("format"), "reducecheck.certify/1");
    const json& output = report.at("outputs").at(0);
    EXPECT_EQ(output.at("verdict"), "rounding_only") << output.dump(2);
    EXPECT_EQ(output.at("elements"), 8 * rows * width);
    EXPECT_GT(output.at("differing"), 8 * rows * width / 3);
    EXPECT_EQ(output.at("branches"), json::array({"experts", "shared"}));
    EXPECT_LE(output.at("nearest_to_bound").at("share_of_bounds"), 1);
  }
}

TEST_F(Certify, SaysInWhichOrderEachWasAdded) {
  save_versions(4);
  const Ran ran = run("certify " + versions() + " --partials " + path("P") + " --order nccl_ring");
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  for (const char* part :
       {"rounding only: ", "largest difference", "bound of order nccl_ring; median bound / error",
        "sum of experts and shared over tp (4 ranks)",
        "A has the values of all_reduce(experts + shared) in that order in all of its elements",
        "B has the values of all_reduce(experts) + all_reduce(shared) in that order in all of",
        "1 output: 0 same bits, 1 rounding only, 0 defect, 0 undecided"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST_F(Certify, ADroppedPartialIsADefectWithAWitness) {
  for (const int tp : {2, 4, 8}) {
    Layer layer = save_versions(tp);
    layer.shared[1].assign(count, 0);
    save_output("B", tp, layer.per_branch());
    for (const char* order : {"", " --order nccl_ring"}) {
      const json report = certified(versions() + " --partials " + path("P") + order, 1);
      const json& output = report.at("outputs").at(0);
      EXPECT_EQ(output.at("verdict"), "defect");
      const json& witness = output.at("witness");
      EXPECT_EQ(witness.at("wrong_a"), false);
      EXPECT_EQ(witness.at("wrong_b"), true);
      EXPECT_EQ(output.at("a").at("outside"), 0);
      EXPECT_EQ(output.value("/any_order/verdict"_json_pointer, ""), *order ? "defect" : "");
      EXPECT_GT(std::abs(witness.at("b").get<double>() - witness.at("exact").get<double>()),
                witness.at("bound_b").get<double>());
    }
    const Ran ran = run("certify " + versions() + " --partials " + path("P"));
    EXPECT_TRUE(contains(ran.out, "defect: element (0, ")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "B is further from the exact sum than any order")) << ran.out;
  }
}

TEST_F(Certify, WhatOnlyTheOrderExcludesIsSaidToBeThat) {
  Encodings other = save_versions(8).per_branch();
  for (std::uint16_t& encoding : other) encoding = static_cast<std::uint16_t>(encoding + 2);
  save_output("B", 8, other);
  const std::string arguments = "certify " + versions() + " --partials " + path("P");
  EXPECT_EQ(run(arguments).status, 0);
  const Ran ran = run(arguments + " --order nccl_ring");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(contains(ran.out, "than that order brings it; another order could")) << ran.out;
}

TEST_F(Certify, EqualResultsThatAreBothWrongAreADefect) {
  Layer layer = save_versions(4);
  layer.shared[3].assign(count, 0);
  save_output("A", 4, layer.merged());
  const Ran ran = run("certify " + path("A") + " " + path("A") + " --partials " + path("P"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(contains(ran.out, "A and B are further from the exact sum than any order"))
      << ran.out;
}

TEST_F(Certify, TheSameBitsNeedNoPartials) {
  save_versions(2);
  const Ran ran = run("certify " + path("A") + " " + path("A"));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "same bits: all 2,048 elements")) << ran.out;
}

TEST_F(Certify, WithoutPartialsOtherBitsAreUndecided) {
  save_versions(4);
  const Ran ran = run("certify " + versions());
  EXPECT_EQ(ran.status, 1) << ran.err;
  for (const char* part :
       {"undecided: ", "units in the last place apart: 1: ", "; most ", "that decides nothing",
        "dump `mlp/partial/BRANCH` of every branch on every rank and give --partials DIR"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST_F(Certify, ElementsOfAPartialThatIsNoNumberAreUndecided) {
  Layer layer = save_versions(4);
  layer.experts[2][5] = 0x7fc0;
  save_partials("P", layer);
  Encodings other = layer.per_branch();
  other[5] = 0;
  save_output("B", 4, other);
  const Ran ran = run("certify " + versions() + " --partials " + path("P"));
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out,
                       "undecided: 4 of 4,096 elements have no bound, the first element "
                       "(0, 5) on rank 0"))
      << ran.out;
}

TEST_F(Certify, NaNWhereNoOrderGivesOneIsADefect) {
  const Layer layer = save_versions(4);
  Encodings broken = layer.per_branch();
  broken[70] = 0x7fc0;
  save_output("B", 4, broken);
  const Ran ran = run("certify " + versions() + " --partials " + path("P"));
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out, "defect: element (1, 6) on rank 0:\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "B has nan")) << ran.out;
}

TEST_F(Certify, FilesOfOneRankAreComparedOnThatRank) {
  save_versions(4);
  const std::string file = "/rank2.safetensors";
  const auto of = [&](const char* dump) { return path(dump + file); };
  const Ran ran = run("certify " + of("A") + " " + of("B") + " --partials " + path("P"));
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, "BF16 [16, 64] on rank 2")) << ran.out;
}

TEST_F(Certify, AnAddendCountsOnce) {
  Layer layer(4);
  const Encodings bias = Layer::random(7);
  save_output("A", 4, added(layer.merged(), bias));
  save_output("B", 4, added(layer.per_branch(), bias));
  Dump dump{{{"tp", 4}}, {"tp"}, "nccl_ring", {}};
  for (std::size_t r = 0; r < 4; ++r) {
    dump.ranks.push_back({{},
                          {{"mlp/partial/experts", tensor(layer.experts[r])},
                           {"mlp/partial/shared", tensor(layer.shared[r])},
                           {"mlp/addend/bias", tensor(bias)}}});
  }
  save("P", dump);
  const Ran right = run("certify " + versions() + " --partials " + path("P"));
  EXPECT_EQ(right.status, 0) << right.out << right.err;
  EXPECT_TRUE(contains(right.out, "sum of experts, shared and bias once over tp")) << right.out;
  for (Encodings& one : layer.shared) one = added(one, bias);
  save_output("B", 4, layer.merged());
  EXPECT_EQ(run("certify " + versions() + " --partials " + path("P")).status, 1);
}

TEST_F(Certify, RefusesWhatDoesNotFit) {
  save_versions(4);
  const Layer other(2);
  save_output("two", 2, other.merged());
  Dump named{{{"tp", 4}}, {"tp"}, "", {}};
  named.ranks.assign(4, {{}, {{"mlp/output/z", tensor(other.merged())}}});
  save("named", named);
  const std::string partials = " --partials " + path("P");
  const std::pair<std::string, std::string> mistakes[] = {
      {"", "0 inputs: expected A and B"},
      {path("A"), "1 input: expected A and B"},
      {versions() + " --order nccl_ring", "`--order` without `--partials`"},
      {versions() + " --set channels=2", "`--set` without `--order`"},
      {versions() + partials + " --order nccl_rnig", "did you mean `nccl_ring`?"},
      {versions() + partials + " --order nccl_ring --set channels", "expected NAME=VALUE"},
      {versions() + partials + " --order nccl_ring --set nothing=2", "nothing"},
      {path("A") + " " + path("two"), "2 ranks: expected 4, as in"},
      {path("A") + " " + path("named"), "no output in common with"},
      {path("A") + " " + path("nowhere"), "nowhere"},
      {versions() + " --partials " + path("A/rank0.safetensors"), "rank0.safetensors"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("certify " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments << ran.out;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
  }
}

}  // namespace
}  // namespace reducecheck::tool
