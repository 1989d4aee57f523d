// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/property_test.hpp"

#include <rapidcheck.h>

namespace reducecheck::bench {

bool property_holds(int cases, int layouts, const std::function<bool(int, std::uint64_t)>& holds) {
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = cases;
  const rc::detail::TestResult result = rc::detail::checkTestable(
      [&] {
        const int layout = *rc::gen::inRange(0, layouts);
        RC_ASSERT(holds(layout, *rc::gen::arbitrary<std::uint64_t>()));
      },
      rc::detail::TestMetadata(), params);
  return result.is<rc::detail::SuccessResult>();
}

}  // namespace reducecheck::bench
