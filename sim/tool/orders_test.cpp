// SPDX-License-Identifier: Apache-2.0
// The command `orders`: what it draws, and what it says to a person who mistyped.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/order/orders.hpp"
#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
  return widest;
}

TEST(Orders, AreListedWithASentenceEach) {
  const Ran ran = run("orders");
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const OrderFacts& facts : known_orders()) {
    EXPECT_TRUE(contains(ran.out, "\n  " + facts.name + " ") ||
                ran.out.starts_with("  " + facts.name + " "))
        << facts.name;
  }
  EXPECT_LE(widest_line(ran.out), 100U);
}

TEST(Orders, DrawARing) {
  const Ran ran = run("orders nccl_ring --ranks 4 --count 64 --dtype bf16");
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part :
       {"collective    all_reduce of 64 elements of bf16 (128 bytes) over 4 ranks\n",
        "rounding      each addition, to bf16\n",
        "ranks agree   yes: a sum has the same bits on every rank that holds it\n",
        "protocol=simple           NCCL_PROTO: how chunks and channels are cut; simple, ll or "
        "ll128\n",
        "elements 0..15          ((x1 + x2) + x3) + x0\n",
        "elements 48..63         ((x0 + x1) + x2) + x3\n",
        "depth 3: 1 to 3 additions above a rank, each a rounding\n",
        "  x1   3 --+\n"
        "  x2   3 --+--+\n"
        "  x3   2 -----+--+\n"
        "  x0   1 --------+-- sum\n"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST(Orders, DrawATree) {
  const Ran ran = run("orders nccl_tree --ranks 8 --set ranks_per_node=1 --set tree=t0");
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part :
       {"x0 + ((x4 + ((x2 + x1) + x3)) + ((x6 + x5) + x7))\n", "  x0   1 --------------+\n",
        "  x7   3 -----+-----+--+-- sum\n", "  tree=t0 "}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST(Orders, SayWhereRanksDiffer) {
  const Ran ran = run("orders gloo_ring_legacy --ranks 3 --count 5 --dtype fp32");
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part : {"ranks agree   no: each rank adds in its own order\n",
                           "rank 1, elements 0..4   (x1 + x0) + x2\n"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST(Orders, FitIntoAHundredColumns) {
  for (const OrderFacts& facts : known_orders()) {
    for (const char* ranks : {"2", "8", "16", "64"}) {
      const Ran ran = run("orders " + facts.name + " --dtype " +
                          (facts.formats.empty() ? "fp8_e5m2" : "bf16") + " --ranks " + ranks);
      EXPECT_LE(widest_line(ran.out), 100U) << facts.name << ' ' << ranks << '\n' << ran.out;
      const bool refused = contains(ran.err, "is not built for");
      EXPECT_EQ(ran.status, refused ? 2 : 0) << ran.err;
    }
  }
}

TEST(Orders, AreWrittenAsJson) {
  const Ran ran = run("orders openmpi_ring --ranks 3 --count 7 --dtype fp16 --json -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const json order = json::parse(ran.out, nullptr, false);
  ASSERT_FALSE(order.is_discarded()) << ran.out;
  EXPECT_EQ(order.at("format"), "reducecheck.order/1");
  EXPECT_EQ(order.at("order").at("name"), "openmpi_ring");
  EXPECT_EQ(order.at("dtype"), "fp16");
  EXPECT_EQ(order.at("rounding"), "each_addition");
  EXPECT_EQ(order.at("runs"), json::parse(R"([[{"first": 0, "count": 3, "tree": 0},
                                               {"first": 3, "count": 2, "tree": 1},
                                               {"first": 5, "count": 2, "tree": 2}]])"));
  EXPECT_EQ(order.at("trees").at(1), json::parse(R"({"expression": "(x1 + x2) + x0", "depth": 2,
      "additions_above": [1, 2, 2], "additions": [[1, 2], [3, 0]]})"));
  EXPECT_TRUE(contains(ran.err, "openmpi_ring: Open MPI algorithm 4")) << ran.err;
  const json all = json::parse(run("orders --json -").out, nullptr, false);
  EXPECT_EQ(all.at("format"), "reducecheck.orders/1");
  EXPECT_EQ(all.at("orders").size(), known_orders().size());
}

TEST(Orders, RefuseWhatMakesNoSense) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"nccl_rign", "no order `nccl_rign`; did you mean `nccl_ring`? orders: rank_order, "},
      {"a b", "one NAME only"},
      {"rank_order --ranks 0", "`--ranks 0`: expected an integer, 1 to 1024"},
      {"rank_order --ranks 1025", "`--ranks 1025`: expected an integer, 1 to 1024"},
      {"rank_order --count -3", "`--count -3`: expected an integer, 1 to 1099511627776"},
      {"rank_order --dtype bf61", "expected one of fp32, bf16, fp16, fp8_e4m3, fp8_e5m2; did you"},
      {"rank_order --set accumulate", "`--set accumulate`: expected NAME=VALUE"},
      {"rank_order --set =3", "`--set =3`: expected NAME=VALUE"},
      {"nccl_ring --set protocol=", "`protocol=`: expected simple, ll or ll128"},
      {"nccl_ring --set ring=0,1", "`ring=0,1`: expected each of 0 to 3 once"},
      {"vllm_one_shot --ranks 3", "is not built for 3 ranks; possible: 2, 4, 6, 8"},
      {"rank_order --json /no/such/file", "cannot write `/no/such/file`"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("orders " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
  }
}

}  // namespace
}  // namespace reducecheck::tool
