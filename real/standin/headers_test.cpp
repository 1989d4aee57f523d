// SPDX-License-Identifier: Apache-2.0
// The stand-in's headers say what those of the installed libraries say.
#include <gtest/gtest.h>

#include "real/standin/header_facts_test.hpp"

namespace reducecheck::standin {
namespace {

TEST(Headers, OfCudaAgree) {
  EXPECT_GT(own::cuda_facts().size(), 60U);
  EXPECT_EQ(own::cuda_facts(), installed::cuda_facts());
}

TEST(Headers, OfNcclAgree) {
  EXPECT_GT(own::nccl_facts().size(), 60U);
  EXPECT_EQ(own::nccl_facts(), installed::nccl_facts());
}

TEST(Headers, ThatDifferAreSeen) {
  HeaderFacts changed = own::nccl_facts();
  ASSERT_EQ(changed.count("ncclAvg"), 1U);
  changed["ncclAvg"] = "3";
  EXPECT_NE(changed, installed::nccl_facts());
}

}  // namespace
}  // namespace reducecheck::standin
