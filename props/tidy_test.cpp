// SPDX-License-Identifier: Apache-2.0
// The house rules hold for the tree, and each rule sees the violation that is planted for it.
#include <gtest/gtest.h>

#include <string>

#include "props/tidy/planted.hpp"
#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {
namespace {

// What the house allows beyond its rules, and why.
const Exceptions long_files = {
    {"scenarios/models/preset_table.cpp", "a table: one block of numbers a model"},
};
const Exceptions long_functions = {
    {"sim/report/class_texts_addends.cpp", "a table of texts"},
    {"sim/report/class_texts_layouts.cpp", "a table of texts"},
    {"sim/report/class_texts_sums.cpp", "a table of texts"},
    {"sim/report/class_texts_training.cpp", "a table of texts"},
};
const Exceptions needed_macros = {
    {"sim/domain/contract.cpp", "an attribute that only one compiler and target know"},
    {"sim/order/replay_kernels.cpp", "an attribute that only one compiler and target know"},
};
const Exceptions needed_words = {
    {"sim/bench/CMakeLists.txt", "measures what such a build would gain; no bits are compared"},
};

class TidyRule : public testing::TestWithParam<Rule> {};

std::string listed(const Violations& violations) {
  std::string text;
  for (const Violation& each : violations) {
    text += each.path + ":" + std::to_string(each.line) + ": " + each.sentence + "\n";
  }
  return text;
}

TEST_P(TidyRule, FindsEachPlantedViolation) {
  for (const Tree& tree : GetParam().planted) {
    EXPECT_EQ(GetParam().violations(tree).size(), 1U)
        << tree.back().text.substr(0, 200) << listed(GetParam().violations(tree));
  }
}

TEST_P(TidyRule, IsSilentOnTheCorrectTwin) {
  EXPECT_EQ(listed(GetParam().violations(GetParam().kept)), "");
}

INSTANTIATE_TEST_SUITE_P(Planted, TidyRule, testing::ValuesIn(planted_rules()),
                         [](const auto& rule) { return rule.param.name; });

TEST(Excepting, HidesWhatIsExceptedAndNamesWhatIsNot) {
  const Violations two = {{"a.cpp", 1, "long"}, {"b.cpp", 2, "long"}};
  EXPECT_EQ(listed(excepting(two, {{"a.cpp", "a table"}})), "b.cpp:2: long\n");
  EXPECT_EQ(listed(excepting({}, {{"a.cpp", "a table"}})),
            "a.cpp:0: no longer needs its exception (a table)\n");
}

TEST(CodeOnly, BlanksCommentsAndLiteralsAndKeepsPlaces) {
  EXPECT_EQ(code_only("a /* { */ b // {\nc"), "a         b     \nc");
  EXPECT_EQ(code_only("f(\"{\\\"\", '{', 1'0)"), "f(\"   \", ' ', 1'0)");
  EXPECT_EQ(code_only("R\"x({)\")x\" {"), "R\"" + std::string(7, ' ') + "\" {");
}

class ProjectTree : public testing::Test {
 protected:
  static const Tree& tree() {
    static const Tree all = read_tree(REDUCECHECK_SOURCE_DIR);
    return all;
  }
};

TEST_F(ProjectTree, IsReadWhole) {
  EXPECT_GT(tree().size(), 50U);
  EXPECT_GT(public_header_paths(tree()).size(), 5U);
}

TEST_F(ProjectTree, IncludesAlongTheArrows) {
  EXPECT_EQ(listed(include_arrows(tree())), "");
}

TEST_F(ProjectTree, InstallsHeadersThatStandAlone) {
  EXPECT_EQ(listed(public_headers(tree())), "");
}

TEST_F(ProjectTree, OpensSourcesWithTheLicence) {
  EXPECT_EQ(listed(licence_lines(tree())), "");
}

TEST_F(ProjectTree, HasShortLines) {
  EXPECT_EQ(listed(line_lengths(tree())), "");
}

TEST_F(ProjectTree, HasShortFiles) {
  EXPECT_EQ(listed(excepting(file_lengths(tree()), long_files)), "");
}

TEST_F(ProjectTree, HasShortFunctions) {
  EXPECT_EQ(listed(excepting(function_lengths(tree()), long_functions)), "");
}

TEST_F(ProjectTree, HasNoMacros) {
  EXPECT_EQ(listed(excepting(macros(tree()), needed_macros)), "");
}

TEST_F(ProjectTree, HoldsNoBannedWord) {
  EXPECT_EQ(listed(excepting(banned_words(tree()), needed_words)), "");
}

TEST_F(ProjectTree, DefinesEachTypeOnce) {
  EXPECT_EQ(listed(definitions(tree())), "");
}

TEST_F(ProjectTree, RegistersEverySource) {
  EXPECT_EQ(listed(registrations(tree())), "");
}

TEST_F(ProjectTree, KeepsScenariosInTheCatalogue) {
  EXPECT_EQ(listed(catalogue_places(tree())), "");
}

}  // namespace
}  // namespace reducecheck::tidy
