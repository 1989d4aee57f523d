// SPDX-License-Identifier: Apache-2.0
// A property that must fail: a layer whose first collective is dropped is still right. The report
// names a layer and how to draw it again.
#include <rapidcheck.h>

#include <algorithm>

#include "props/faults.hpp"
#include "props/judged.hpp"
#include "props/laws.hpp"
#include "props/layer_generator.hpp"

int main() {
  using namespace reducecheck;
  using namespace reducecheck::props;
  const auto holds_without_a_collective = [](const LayerSpec& spec) {
    const std::vector<Fault> all = layer_faults(spec);
    const auto dropped = std::ranges::find(all, FaultKind::drop_collective, &Fault::kind);
    if (dropped == all.end()) return;
    for (const Cell& cell : judged(planted_layer(spec, *dropped)).cells) {
      RC_ASSERT(cell.verdict == Verdict::holds);
    }
  };
  return rc::check("a layer holds without its first collective", holds_without_a_collective) ? 0
                                                                                             : 1;
}
