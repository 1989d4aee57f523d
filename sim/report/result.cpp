// SPDX-License-Identifier: Apache-2.0
#include "sim/report/result.hpp"

#include <algorithm>

namespace reducecheck {

const char* spelling(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::defect: return "defect";
    case Verdict::wasteful: return "wasteful";
    case Verdict::undecided: return "undecided";
  }
  return "undecided";
}

std::size_t ScenarioResult::unexpected() const {
  return static_cast<std::size_t>(std::ranges::count_if(cells, [](const Cell& cell) {
    return !cell.as_expected && cell.verdict != Verdict::undecided;
  }));
}

std::size_t ScenarioResult::undecided() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      cells, [](const Cell& cell) { return cell.verdict == Verdict::undecided; }));
}

std::vector<const Cell*> ScenarioResult::cells_of(const std::string& variant) const {
  std::vector<const Cell*> found;
  for (const Cell& cell : cells) {
    if (cell.variant == variant) found.push_back(&cell);
  }
  return found;
}

}  // namespace reducecheck
