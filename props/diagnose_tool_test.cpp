// SPDX-License-Identifier: Apache-2.0
// `reducecheck diagnose` as a developer runs it on the dump of a wrong model.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "props/diagnose_experiment.hpp"
#include "sim/dump/dump_folder.hpp"
#include "sim/tool/run_command.hpp"

namespace reducecheck::experiment {
namespace {

using nlohmann::json;
using tool::Ran;
using tool::run;

void write(const Dump& dump, const std::string& directory) {
  std::vector<std::string> errors;
  ASSERT_TRUE(write_dump(dump, directory, errors)) << errors.front();
}

Layer small_layer() {
  Layer layer;
  layer.shape = {64, 16};
  layer.order = "nccl_ring";
  return layer;
}

TEST(DiagnoseTool, SaysWhatIsWrongWhyAndWhatMendsIt) {
  const std::string directory = fresh_directory() / "d";
  write(dump_of(small_layer(), {Planted::double_reduce, 1, 0, "", 1}, true), directory);
  const Ran ran = run("diagnose " + directory);
  EXPECT_EQ(ran.status, 1) << ran.err;
  for (const char* part :
       {"4 ranks, tp=4, bf16, 1 output", "VIOLATION  mlp (y): double_reduce(shared)",
        "coefficient of shared: 4 = tp instead of 1; group tp",
        "what happened: shared is complete and summed once more over tp",
        "fit: y = 1.000 * experts + ", "repair: Take away one of the two",
        "1 output: 0 right, 1 wrong, 0 undecided\n"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << "\n  is not in\n" << ran.out;
  }
  EXPECT_EQ(ran.out, run("diagnose " + directory).out);
}

TEST(DiagnoseTool, IsSilentAndSucceedsOnACorrectRun) {
  const std::string directory = fresh_directory() / "d";
  write(dump_of(small_layer(), {}, true), directory);
  const Ran ran = run("diagnose " + directory);
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, "holds"));
  EXPECT_FALSE(contains(ran.out, "VIOLATION"));
  const Ran report = run("diagnose " + directory + " --json -");
  const json told = json::parse(report.out, nullptr, false);
  EXPECT_EQ(told.at("format"), "reducecheck.diagnosis/1");
  EXPECT_EQ(told.at("outputs").at(0).at("verdict"), "holds");
  EXPECT_EQ(told.at("outputs").at(0).at("evidence").at("method"), "replay");
  EXPECT_EQ(told.at("summary").at("holds"), 1);
}

struct Planting {
  const char* name;
  Defect defect;
  std::vector<std::pair<std::string, int>> mesh = {{"tp", 4}};
  int replicated = -1;
  std::vector<std::string> group = {"tp"};
};

const std::vector<Planting>& plantings() {
  static const std::vector<Planting> all = {
      {"double", {Planted::double_reduce, 1, 0, "", 1}},
      {"missing", {Planted::missing_reduce, 1, 0, "", 1}},
      {"bias", {Planted::addend_in_sum, 0, 0, "", 1}},
      {"scale", {Planted::scale_twice, 0, 0, "", 2.5F}},
      {"average", {Planted::average, 1, 0, "", 1}},
      {"branch", {Planted::missing_branch, 0, 0, "", 1}},
      {"addend", {Planted::missing_addend, 0, 0, "", 1}},
      {"only_first", {Planted::only_first, 1, 0, "", 1}},
      {"dropped", {Planted::dropped_share, 1, 2, "", 1}},
      {"twice", {Planted::share_twice, 1, 2, "", 1}},
      {"whole", {Planted::whole_in_sum, 1, 0, "", 1}, {{"tp", 4}}, 1},
      {"other_group", {Planted::wrong_group, 1, 0, "dp", 1}, {{"dp", 2}, {"tp", 2}}},
      {"small_group",
       {Planted::wrong_group, 1, 0, "tp", 1},
       {{"dp", 2}, {"tp", 2}},
       -1,
       {"dp", "tp"}},
  };
  return all;
}

/// The check finds in the scenario what the diagnosis found in the tensors.
TEST(DiagnoseTool, WritesAScenarioThatHasTheDefect) {
  const std::filesystem::path place = fresh_directory();
  for (const Planting& planting : plantings()) {
    Layer layer = small_layer();
    layer.mesh = planting.mesh;
    layer.group = planting.group;
    layer.replicated = planting.replicated;
    const std::string directory = place / planting.name;
    const std::string file = place / (std::string(planting.name) + ".toml");
    write(dump_of(layer, planting.defect, true), directory);
    const Ran ran = run("diagnose " + directory + " --scenario " + file + " --json -");
    ASSERT_EQ(ran.status, 1) << planting.name << ran.err;
    const json finding =
        json::parse(ran.out, nullptr, false).at("outputs").at(0).at("findings").at(0);
    const Ran check = run("check " + file + " --json -");
    EXPECT_EQ(check.status, 0) << planting.name << '\n' << file_text(file) << check.err;
    const json told = json::parse(check.out, nullptr, false);
    ASSERT_TRUE(told.is_object()) << planting.name << check.err;
    for (const json& cell : told.at("scenarios").at(0).at("cells")) {
      if (cell.at("variant") == "fixed") {
        EXPECT_EQ(cell.at("verdict"), "holds") << planting.name;
        continue;
      }
      EXPECT_EQ(cell.at("class"), finding.at("class")) << planting.name << file_text(file);
      // Of a sum over ranks with other tokens it says no coefficient.
      const std::string& wanted = finding.at("coefficient").get_ref<const std::string&>();
      EXPECT_EQ(cell.value("coefficient", wanted), wanted) << planting.name;
    }
  }
}

TEST(DiagnoseTool, RefusesWhatMakesNoSense) {
  const std::string directory = fresh_directory() / "d";
  write(dump_of(small_layer(), {}, false), directory);
  const std::pair<std::string, std::string> mistakes[] = {
      {"", "no DIR given"},
      {"a b", "one DIR only"},
      {"no/such/dir", "no/such/dir"},
      {directory + " --order nccl_rin", "no order `nccl_rin`; did you mean `nccl_ring`?"},
      {directory + " --set a=b", "`--set` without `--order`"},
      {directory + " --order nccl_ring --set a", "`--set a`: expected NAME=VALUE"},
      {directory + " --order nccl_ring --set a=b", "has no setting `a`"},
      {directory + " --json /no/such/file", "cannot write `/no/such/file`"},
      {directory + " --tolerance 1", "tolerance"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("diagnose " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments << ran.out;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
  }
}

TEST(DiagnoseTool, TensorsOfNaNAreAnErrorOfTheInput) {
  const std::string directory = fresh_directory() / "d";
  Dump dump = dump_of(small_layer(), {}, true);
  for (TensorFile& file : dump.ranks) {
    std::ranges::fill(file.tensors.at("mlp/output/y").bytes, std::byte{0xff});
  }
  write(dump, directory);
  const Ran ran = run("diagnose " + directory);
  EXPECT_EQ(ran.status, 2) << ran.out;
  EXPECT_TRUE(contains(ran.err, "mlp/output/y")) << ran.err;
}

}  // namespace
}  // namespace reducecheck::experiment
