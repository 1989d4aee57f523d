// SPDX-License-Identifier: Apache-2.0
// What is wrong with names: in the frame, in programs, in expectations.
#include <gtest/gtest.h>

#include "scenarios/frame/broken_scenario_test.hpp"

namespace reducecheck {
namespace {

class LoadNames : public testing::TestWithParam<BrokenCase> {};

TEST_P(LoadNames, AreSaidExactly) {
  EXPECT_EQ(errors_of(GetParam().text), GetParam().errors);
}

const std::vector<BrokenCase> frame_cases = {
    {"DeclaredTwice",
     broken("L = 2", "tp = 2"),
     {"4:12: `tp` is declared twice: as an axis in line 2 and as a size here"}},
    {"BuiltInSize",
     broken("x = \"tokens / dp, hidden\"", "x = \"tokens / dp, hidden\", k = \"tokens, 1\""),
     {"5:39: `k` cannot be an input: it is a built-in size (the k of top-k) [choose another "
      "name]"}},
    {"BuiltInFunction",
     broken("L = 2", "norm = 2"),
     {"4:12: `norm` cannot be a size: it is a function of the language [choose another name]"}},
    {"Keyword",
     broken("L = 2", "if = 2"),
     {"4:12: `if` cannot be a size: it is a word of the language [choose another name]"}},
    {"WordOfTheLanguage",
     broken("L = 2", "cols = 2"),
     {"4:12: `cols` cannot be a size: it is a word of the language [choose another name]"}},
    {"KeyOfTheMesh",
     broken("[\"dp\", \"tp\"]", "[\"dp\", \"tp\", \"ranks\"]"),
     {"2:32: `ranks` cannot be an axis: it is a key of `mesh` [choose another name]"}},
    {"NoName",
     broken("L = 2", "\"a b\" = 2"),
     {"4:12: `a b` is no name [a name has letters, digits and `_`, and begins with no digit]"}},
    {"LongName",
     broken("L = 2", std::string(65, 'a') + " = 2"),
     {"4:12: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...` has 65 letters; the limit is 64"}},
    {"UnknownGroup",
     broken("\"dp * tp\"", "\"dp * pt\""),
     {"2:73: unknown name `pt` [did you mean `tp`?]"}},
    {"UnknownSize",
     broken("hidden, E)", "hiden, E)"),
     {"8:19: unknown name `hiden` [did you mean `hidden`?]"}},
    {"WeightInAGroup",
     broken("\"dp * tp\"", "\"dp * shared\""),
     {"2:73: `shared` is a weight; wanted an axis, a derived group, a switch or a size"}},
    {"RankInAGroup",
     broken("\"dp * tp\"", "\"dp * rank(tp)\""),
     {"2:73: `rank` cannot be used here: the value must be the same for all ranks and known before "
      "the program"}},
    {"RankSpellingInAGroup",
     broken("\"dp * tp\"", "\"dp * tp_rank\""),
     {"2:73: `tp_rank` is a rank in a group; wanted an axis, a derived group, a switch or a size"}},
    {"FunctionAsAValue",
     broken("\"dp * tp\"", "\"dp * min\""),
     {"2:73: `min` is a function; it wants `(`"}},
    {"UnknownFunction",
     broken("\"dp * tp\"", "\"mim(dp, tp)\""),
     {"2:68: unknown function `mim` [did you mean `min`?]"}},
    {"Circle",
     broken("\"dp * tp\"", "\"q * tp\", q = \"r\", r = \"ep_size\""),
     {"2:62: `ep` is defined by itself: ep -> q -> r -> ep"}},
    {"SizeOfItself", broken("L = 2", "L = \"L + 1\""), {"4:12: `L` is defined by itself: L -> L"}},
};

const std::vector<BrokenCase> program_cases = {
    {"ReferenceMentionsAnAxis",
     broken("x) * sum(p)\n'''\nd", "x) / tp\n'''\nd"),
     {"13:17: `tp` in the reference: it runs on one rank and may not look at the mesh [`tp` is an "
      "axis]"}},
    {"ReferenceMentionsTheSizeOfAGroup",
     broken("x) * sum(p)\n'''\nd", "x) / self.ep_size\n'''\nd"),
     {"13:17: `ep_size` in the reference: it runs on one rank and may not look at the mesh "
      "[`ep_size` is the size of a group]"}},
    {"ReferenceReduces",
     broken("y = shared(x) * sum(p)", "y = all_reduce(shared(x), 1)"),
     {"13:5: `all_reduce` in the reference: it runs on one rank and may not look at the mesh "
      "[`all_reduce` belongs into the distributed program]"}},
    {"UnknownInTheReference",
     broken("y = shared(x) * sum(p)", "y = shard(x) * sum(q)"),
     {"13:5: unknown function `shard` in the reference [did you mean `shared`?]",
      "13:20: unknown name `q` in the reference"}},
    {"UnknownInTheSharedText",
     broken("y = all_reduce(shared(x) * sum(p), g)", "y = all_reduc(shared(x) * sum(idz), g)"),
     {"17:5: unknown function `all_reduc` [did you mean `all_reduce`?]",
      "17:31: unknown name `idz` [did you mean `ids`?]"}},
    {"DeclaredInTheOtherVariantOnly",
     broken("fixed = \"g = tp\"", "fixed = \"h = tp\""),
     {"17:36: unknown name `g` in variant fixed [it is declared in buggy]"}},
    {"LocalsAreNotSeenOutside",
     broken("y = all_reduce(shared(x) * sum(p), g)",
            "def f(a, b=dd):\n    local = a + b\n    return local\ny = f(x) + local + a"),
     {"17:12: unknown name `dd` [did you mean `dp`?]", "20:12: unknown name `local`",
      "20:20: unknown name `a`"}},
    {"AssignsANameOfTheFrame",
     broken("y = all_reduce(shared(x) * sum(p), g)",
            "L = 3\nx += 1\nfor tp in range(2): y = x\ndef gate(x): return x\ndef f(x):\n    x = "
            "1\n    k = 2\n    return x\ny = f(x)"),
     {"17:1: `L` is a size and cannot be assigned [the frame declares it; choose another name]",
      "18:1: `x` is an input and cannot be assigned [the frame declares it; choose another name]",
      "19:1: `tp` is an axis and cannot be assigned [the frame declares it; choose another name]",
      "20:1: `gate` is a weight and cannot be defined [the frame declares it; choose another name]",
      "23:5: `k` is a built-in size (the k of top-k) and cannot be assigned [the frame declares "
      "it; choose another name]"}},
    {"OutputIsNeverAssigned",
     broken("y = all_reduce(shared(x) * sum(p), g)", "z = all_reduce(shared(x) * sum(p), g)"),
     {"16:1: variant `buggy` never assigns the output `y`",
      "16:1: variant `fixed` never assigns the output `y`"}},
    {"SyntaxErrorsOfSeveralTexts",
     broken("y = all_reduce(shared(x) * sum(p), g)", "y = all_reduce(shared(x) * sum(p), g))")
         .replace(0, 0, "tilte = 1\n"),
     {"1:1: unknown key `tilte` [did you mean `title`?]", "18:38: `)` closes no bracket"}},
};

const std::vector<BrokenCase> expect_cases = {
    {"UnknownVariant",
     broken("buggy = \"wrong", "bugy = \"wrong"),
     {"23:1: there is no variant `bugy` [did you mean `buggy`?]"}},
    {"UnknownClass",
     broken("wrong_group", "wrong_groups"),
     {"23:10: unknown class `wrong_groups` [did you mean `wrong_group`?]"}},
    {"UnknownClassWithoutANearOne",
     broken("wrong_group", "bad"),
     {"23:10: unknown class `bad` [wanted `holds` or the id of a class, such as "
      "`missing_reduce`]"}},
    {"UnknownBranch",
     broken("(shared)", "(shard)"),
     {"23:22: `shard` is no weight and no input [did you mean `shared`?]"}},
    {"HoldsHasNoBranches",
     broken("wrong_group(shared)", "holds(shared)"),
     {"23:16: `holds` has no branches [write `holds` alone]"}},
    {"BracketIsNotClosed",
     broken("(shared)", "(shared"),
     {"23:29: wanted `,` or `)` after a branch"}},
    {"SomethingElseThanWhen",
     broken(" when tp > 1\"", " if tp > 1\""),
     {"23:30: after the class there may only be `when` and a condition [for example "
      "`double_reduce(shared) when tp > 1`]"}},
    {"WhenWithoutACondition",
     broken(" when tp > 1\"", " when \""),
     {"23:35: a condition is missing after `when` [for example `tp > 1`]"}},
    {"UnknownNameInTheCondition",
     broken(" when tp > 1\"", " when pt > 1\""),
     {"23:35: unknown name `pt` [did you mean `tp`?]"}},
    {"EmptyList",
     broken("\"wrong_group(shared) when tp > 1\"", "[]"),
     {"23:9: `expect.buggy` has 0 entries; wanted 1 to 256"}},
    {"ListOfNumbers",
     broken("\"wrong_group(shared) when tp > 1\"", "[3]"),
     {"23:10: `expect.buggy` is an integer; wanted a string or a list of strings [for example "
      "`buggy = \"double_reduce(shared) when tp > 1\"`]"}},
    {"EmptyString",
     broken("wrong_group(shared) when tp > 1", ""),
     {"23:10: wanted `holds` or the class of a defect [for example `double_reduce(shared) when tp "
      "> 1`]"}},
};

INSTANTIATE_TEST_SUITE_P(Frame, LoadNames, testing::ValuesIn(frame_cases), case_name);
INSTANTIATE_TEST_SUITE_P(Programs, LoadNames, testing::ValuesIn(program_cases), case_name);
INSTANTIATE_TEST_SUITE_P(Expectations, LoadNames, testing::ValuesIn(expect_cases), case_name);

}  // namespace
}  // namespace reducecheck
