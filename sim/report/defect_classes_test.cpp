// SPDX-License-Identifier: Apache-2.0
#include "sim/report/defect_classes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace reducecheck {
namespace {

TEST(DefectClasses, HaveEveryStableIdOnce) {
  const std::set<std::string> stable = {"missing_reduce",
                                        "double_reduce",
                                        "wrong_group",
                                        "replicated_branch_in_sum",
                                        "addend_in_sum",
                                        "once_guard_wrong",
                                        "deferred_reduce",
                                        "token_layout",
                                        "scale_placement",
                                        "ownership_count",
                                        "nonlinear_on_unreduced",
                                        "mismatched_collective",
                                        "missing_branch",
                                        "unclassified",
                                        "grad_missing_reduce",
                                        "grad_overscale",
                                        "loss_normalisation",
                                        "grad_stats",
                                        "extra_branch"};
  std::set<std::string> found;
  for (const DefectClass& one : defect_classes()) found.insert(one.id);
  EXPECT_EQ(found, stable);
  EXPECT_EQ(defect_classes().size(), stable.size());
}

TEST(DefectClasses, SayEverythingAboutEachClass) {
  for (const DefectClass& one : defect_classes()) {
    for (const char* text :
         {one.sentence, one.algebra, one.cause, one.repair, one.not_repair, one.confirm}) {
      EXPECT_TRUE(std::string_view(text).ends_with(".")) << one.id << ": " << text;
    }
    EXPECT_FALSE(one.examples.empty()) << one.id;
    for (const DefectExample& example : one.examples) {
      EXPECT_TRUE(std::string_view(example.url).starts_with("https://")) << one.id;
      EXPECT_TRUE(std::string_view(example.words).ends_with(".")) << one.id;
    }
    EXPECT_EQ(find_defect_class(one.id), &one);
  }
  EXPECT_EQ(find_defect_class("no_such_class"), nullptr);
}

TEST(ClassText, FitsATerminalOfAHundredColumns) {
  for (const DefectClass& one : defect_classes()) {
    const std::string text = class_text(one);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LE(end - begin, 100U) << one.id << ": " << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

}  // namespace
}  // namespace reducecheck
