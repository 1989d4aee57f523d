// SPDX-License-Identifier: Apache-2.0
// GLM-4.5's layer with one all_reduce after the add, and with one a branch: the same numbers, but
// for rounding. REDUCECHECK_SHAPE says at which dimensions.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

// The two round at different places, which shows in about half of the elements: far from that,
// something else than rounding changed.
TEST(MergedBits, DifferInAboutHalfOfTheElements) {
  for (const int tp : {2, 4, 8, 16}) {
    const Ran ran = run(fmt::format(
        "check scenarios/catalogue/fastdeploy/merge_allreduce.toml --variant per_branch "
        "--variant merged --shape " REDUCECHECK_SHAPE
        " --tokens 64 --up-to-ranks 16 --mesh dp=1,ep=1,tp={} --dtype bf16 --order nccl_ring "
        "--json -",
        tp));
    ASSERT_EQ(ran.status, 0) << ran.err;
    const nlohmann::json report = nlohmann::json::parse(ran.out).at("scenarios").at(0);
    for (const auto& cell : report.at("cells")) EXPECT_EQ(cell.at("verdict"), "holds");
    ASSERT_EQ(report.at("bits").size(), 1U);
    const nlohmann::json& bits = report.at("bits").at(0);
    const double elements = bits.at("elements").get<double>();
    const double share = bits.at("differing").get<double>() / elements;
    fmt::print("tp={}: {:.1f} % of {:.0f} elements differ in bits\n", tp, 100 * share, elements);
    EXPECT_GE(share, 0.35) << tp;
    EXPECT_LE(share, 0.80) << tp;
  }
}

}  // namespace
}  // namespace reducecheck::tool
