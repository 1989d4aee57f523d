// SPDX-License-Identifier: Apache-2.0
// Each kind of broken table, with its exact message.
#include <gtest/gtest.h>

#include "scenarios/frame/broken_scenario_test.hpp"

namespace reducecheck {
namespace {

class LoadErrors : public testing::TestWithParam<BrokenCase> {};

TEST_P(LoadErrors, AreSaidExactly) {
  EXPECT_EQ(errors_of(GetParam().text), GetParam().errors);
}

const std::vector<BrokenCase> toml_cases = {
    {"MisspeltKey",
     broken("title ", "tilte "),
     {"1:1: unknown key `tilte` [did you mean `title`?]"}},
    {"UnknownKeyWithoutANearOne",
     broken("title ", "colour"),
     {"1:1: unknown key `colour` [the keys are title, source, entry, note, model, mesh, switch, "
      "sizes, input, output, weights, alias, assume, program, variant, expect, replay]"}},
    {"MissingTables",
     "title = \"x\"\n",
     {"0:0: `input` is missing [for example `input = { x = \"tokens, hidden\" }`]",
      "0:0: `mesh` is missing [for example `mesh = { axes = [\"tp\"], tp = [1, 2, 4] }`]",
      "0:0: `output` is missing [for example `output = { y = \"tokens, hidden\" }`]",
      "0:0: `program` is missing [for example `[program]`]"}},
    {"KeyGivenTwice", broken("input ", "title = 'x'\ninput "), {"5:1: `title` is given twice"}},
    {"TableGivenTwice",
     broken("[expect]", "[weights]\n[expect]"),
     {"22:1: `weights` is given twice"}},
    {"NotToml",
     broken("[1, 2, 4]", "[1, 2, 4"),
     {"2:61: this is not TOML: value: could not determine value type [strings need quotes; the "
      "booleans of TOML are `true` and `false`]"}},
    {"PythonBooleans",
     broken("[false, true]", "[False, True]"),
     {"3:22: this is not TOML: boolean: expected 'false', saw 'F' [strings need quotes; the "
      "booleans of TOML are `true` and `false`]"}},
    {"TitleIsANumber",
     broken("\"a shared and a routed branch\"", "3.5"),
     {"1:10: `title` is a number with a decimal point; wanted a string [for example `title = "
      "\"...\"`]"}},
    {"TitleIsADate",
     broken("\"a shared and a routed branch\"", "2024-01-01"),
     {"1:10: `title` is a date or time; wanted a string [for example `title = \"...\"`]"}},
    {"MisspeltTableHidesNames",
     broken("[weights]", "[weigths]"),
     {"7:2: unknown key `weigths` [did you mean `weights`?]"}},
    {"ProgramWithoutReference",
     broken("reference =", "referense ="),
     {"10:2: `program.reference` is missing [for example `reference = \"y = shared(x)\"`]",
      "11:1: unknown key `referense` in `program` [did you mean `reference`?]"}},
    {"ProgramWithoutDistributed",
     "mesh = { axes = [\"tp\"] }\ninput = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, "
     "hidden\" }\nprogram.reference = \"y = x\"\n",
     {"4:1: `program.distributed` is missing [for example `distributed = \"y = "
      "all_reduce(shared(x), tp)\"`]"}},
    {"UnknownKeyOfAVariant",
     broken("fixed = \"g = tp\"", "fixed = { programm = \"g = tp\" }"),
     {"20:11: unknown key `programm` in `variant.fixed` [did you mean `program`?]"}},
    {"VariantIsANumber",
     broken("\"g = tp\"", "3"),
     {"20:9: `variant.fixed` is an integer; wanted a program text or a table of `program` and "
      "`weights` [for example `buggy = \"reduce_results = True\"`]"}},
    {"TwoMistakesAtOnce",
     broken("title ", "tilte ").append("[replay]\nseed = -1\nvariant = \"fxied\"\n"),
     {"1:1: unknown key `tilte` [did you mean `title`?]",
      "25:8: `replay.seed` must be an integer from 0 to 2^64 - 1 [above 2^63 - 1 in quotes, "
      "because TOML has no such integers]",
      "26:11: there is no variant `fxied` [did you mean `fixed`?]"}},
    {"ReplayWithoutSeed",
     sound_scenario + "[replay]\nsed = 1\n",
     {"24:2: `replay.seed` is missing [for example `seed = 1`]",
      "25:1: unknown key `sed` in `replay` [did you mean `seed`?]"}},
    {"AssumptionsOfOtherNames",
     sound_scenario + "[assume]\nscale_free = [\"nrom\", 1]\npositive = [\"shared\"]\nodd = []\n",
     {"25:15: `nrom` is no function that can be free of scale [did you mean `norm`?]",
      "25:23: `assume.scale_free` is an integer; wanted names only [for example `scale_free = "
      "[\"norm\"]`]",
      "26:13: `shared` is no scalar weight [for example `positive = [\"s\"]`]",
      "27:1: unknown key `odd` in `assume` [the keys are scale_free, positive]"}},
    {"AssumptionsAreNoNames",
     sound_scenario + "[assume]\nscale_free = true\npositive = \"s\"\n",
     {"25:14: `assume.scale_free` is a boolean; wanted a list of names [for example `scale_free = "
      "[\"norm\"]`]",
      "26:12: `assume.positive` is a string; wanted a list of names [for example `positive = "
      "[\"s\"]`]"}},
};

const std::vector<BrokenCase> mesh_cases = {
    {"IsAString",
     broken("{ axes = [\"dp\", \"tp\"], dp = [1, 2], tp = [1, 2, 4], ep = \"dp * tp\" }", "\"tp\""),
     {"2:10: `mesh` is a string; wanted a table [for example `mesh = { axes = [\"tp\"], tp = [1, "
      "2, 4] }`]"}},
    {"WithoutAxes",
     broken("axes = [\"dp\", \"tp\"], ", ""),
     {"2:1: `mesh.axes` is missing [for example `axes = [\"dp\", \"tp\"]`]"}},
    {"AxesIsAString",
     broken("[\"dp\", \"tp\"]", "\"tp\""),
     {"2:19: `mesh.axes` is a string; wanted a list of names [for example `axes = [\"dp\", "
      "\"tp\"]`]"}},
    {"AxesIsEmpty",
     broken("[\"dp\", \"tp\"]", "[]"),
     {"2:19: `mesh.axes` is empty; a mesh has at least one axis [for example `axes = [\"dp\", "
      "\"tp\"]`]"}},
    {"AxesHoldsANumber",
     broken("[\"dp\", \"tp\"]", "[\"dp\", \"tp\", 3]"),
     {"2:32: `mesh.axes` is an integer; wanted names only [for example `axes = [\"dp\", "
      "\"tp\"]`]"}},
    {"AxisIsAString",
     broken("dp = [1, 2]", "dp = \"two\""),
     {"2:38: `mesh.dp` is a string; wanted a list of sizes, because it is one of `mesh.axes` [for "
      "example `dp = [1, 2, 4]`]"}},
    {"AxisOfSizeZero",
     broken("dp = [1, 2]", "dp = [0, 2]"),
     {"2:39: 0 in `mesh.dp`; wanted 1 to 1024"}},
    {"AxisBeyondTheLimit",
     broken("dp = [1, 2]", "dp = 1025"),
     {"2:38: 1025 in `mesh.dp`; wanted 1 to 1024"}},
    {"AxisSizeTwice",
     broken("dp = [1, 2]", "dp = [1, 2, 1]"),
     {"2:45: `mesh.dp` has this value twice"}},
    {"AxisWithoutSizes",
     broken("dp = [1, 2]", "dp = []"),
     {"2:38: `mesh.dp` has no sizes [leave the key out for all sizes up to `ranks`]"}},
    {"MisspeltAxis",
     broken("dp = [1, 2]", "pd = [1, 2]"),
     {"2:33: `pd` is none of `mesh.axes`, and a derived group is a string, not a list [did you "
      "mean `dp`?]"}},
    {"GroupIsAList",
     broken("ep = \"dp * tp\"", "ep = [1, 2]"),
     {"2:62: `ep` is none of `mesh.axes`, and a derived group is a string, not a list [add it to "
      "`axes`, or write `ep = \"dp * tp\"`]"}},
    {"RanksIsZero",
     broken("ep = \"", "ranks = 0, ep = \""),
     {"2:70: `mesh.ranks` is 0; wanted 1 to 1024"}},
    {"RanksIsAString",
     broken("ep = \"", "ranks = \"8\", ep = \""),
     {"2:70: `mesh.ranks` is a string; wanted an integer [for example `ranks = 8`]"}},
    {"WhereIsABoolean",
     broken("ep = \"", "where = true, ep = \""),
     {"2:70: `mesh.where` is a boolean; wanted a string with a condition [for example `where = "
      "\"tp <= 4\"`]"}},
    {"WhereEndsTooEarly",
     broken("ep = \"", "where = \"tp <\", ep = \""),
     {"2:75: expected a value, found the end of the text"}},
};

const std::vector<BrokenCase> table_cases = {
    {"SwitchIsNoList",
     broken("[false, true]", "true"),
     {"3:21: `switch.use_ep` is a boolean; wanted a list of booleans, integers or strings [for "
      "example `use_ep = [false, true]`]"}},
    {"SwitchIsEmpty", broken("[false, true]", "[]"), {"3:21: `switch.use_ep` has no values"}},
    {"SwitchMixesTypes",
     broken("[false, true]", "[false, 1]"),
     {"3:29: `switch.use_ep` mixes a boolean and an integer; wanted one type"}},
    {"SwitchHasAValueTwice",
     broken("[false, true]", "[true, true]"),
     {"3:28: `switch.use_ep` has this value twice"}},
    {"SwitchOfABuiltInSize",
     broken("use_ep", "tokens"),
     {"3:12: `tokens` is a built-in size; wanted integers"}},
    {"SizeIsAFloat",
     broken("L = 2", "L = 2.5"),
     {"4:16: `sizes.L` is a number with a decimal point; wanted an integer, a list of integers or "
      "an expression [for example `tokens = \"4 * tp\"`]"}},
    {"UnknownKind",
     broken("linear(", "liner("),
     {"8:12: unknown kind of weight `liner` [did you mean `linear`?]"}},
    {"TooFewDimensions",
     broken("hidden, E)", "hidden)"),
     {"8:12: `linear` has 2 dimensions, got 1 [for example `gate = \"linear(hidden, inter / "
      "tp)\"`]"}},
    {"NoPlacement",
     broken("linear(hidden, E)", "hidden / tp"),
     {"8:19: `weights.gate` is no placement [for example `gate = \"linear(hidden, inter / "
      "tp)\"`]"}},
    {"DimensionWithAKeyword",
     broken("hidden, E)", "hidden, out=E)"),
     {"8:31: dimensions have no keywords, got `out=`"}},
    {"WeightIsAList",
     broken("\"linear(hidden, E)\"", "[1]"),
     {"8:11: `weights.gate` is a list; wanted a string with kind and dimensions [for example `gate "
      "= \"linear(hidden, E)\"`]"}},
    {"LayoutOfOnePart",
     broken("input  = { x = \"tokens / dp, hidden\" }", "input  = { x = \"tokens / dp\" }"),
     {"5:16: a layout is rows and features, got 1 part [for example `\"tokens, hidden\"`]"}},
    {"NoOutput",
     broken("y = \"tokens / dp, hidden\"", ""),
     {"6:1: `output` is empty [for example `output = { y = \"tokens, hidden\" }`]"}},
    {"Aliases",
     sound_scenario + "[alias]\nworld = \"pt\"\nw2 = \"world\"\nw3 = 3\na.b = \"tp\"\n",
     {"25:1: `world` stands for the unknown name `pt` [did you mean `tp`?]",
      "26:1: `w2` stands for `world`, which is an alias itself [name what it stands for in the "
      "end]",
      "27:6: `alias.w3` is an integer; wanted a string with a name [for example `ep_world_size = "
      "\"ep\"`]",
      "28:1: `alias.a` is a table; wanted a name [write a name with dots in quotes, as in "
      "`\"config.ep\" = \"ep\"`]"}},
};

INSTANTIATE_TEST_SUITE_P(Keys, LoadErrors, testing::ValuesIn(toml_cases), case_name);
INSTANTIATE_TEST_SUITE_P(Mesh, LoadErrors, testing::ValuesIn(mesh_cases), case_name);
INSTANTIATE_TEST_SUITE_P(Tables, LoadErrors, testing::ValuesIn(table_cases), case_name);

}  // namespace
}  // namespace reducecheck
