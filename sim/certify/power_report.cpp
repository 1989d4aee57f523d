// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/certify/power.hpp"
#include "sim/report/columns.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {

std::string power_text(const PowerRequest& request, const std::vector<CheckPower>& powers) {
  std::string text =
      fmt::format("sums in {}, order {}; tensors of {} elements, near normally distributed\n\n",
                  traits(request.format).name, request.order, grouped_digits(power_elements));
  std::vector<Row> rows = {{{"ranks"},
                            {"check"},
                            {"smallest error seen"},
                            {"a dropped rank shows in"},
                            {"bound / error"},
                            {"false alarms"}}};
  for (const CheckPower& power : powers) {
    const bool first = rows.size() == 1 || power.check == powers.front().check;
    std::string smallest = "alarms anyway";
    if (power.alarms == 0)
      smallest = power.smallest == 0 ? "none" : fmt::format("{:.2g}", power.smallest);
    rows.push_back({{first ? std::to_string(power.ranks) : ""},
                    {power.check},
                    {smallest},
                    {fmt::format("{:.1f} %", 100 * power.dropped_seen)},
                    {power.median_ratio == 0 ? "" : fmt::format("{:.1f}", power.median_ratio)},
                    {power.alarms == 0 ? "none" : fmt::format("{:.1f} %", 100 * power.alarms)}});
  }
  return text + aligned(rows, "  ", false) +
         "\nsmallest error seen: of one rank's coefficient, in a tensor, whichever rank has it, "
         "among\n"
         "powers of 2^(1/2) up to 1. bound / error: the median over elements of right sums.\n";
}

std::string power_json(const PowerRequest& request, const std::vector<CheckPower>& powers,
                       const std::string& version) {
  nlohmann::ordered_json json = {{"format", "reducecheck.power/1"},
                                 {"version", version},
                                 {"seed", request.seed},
                                 {"dtype", traits(request.format).name},
                                 {"order", request.order},
                                 {"elements", power_elements},
                                 {"checks", nlohmann::ordered_json::array()}};
  for (const CheckPower& power : powers) {
    json["checks"].push_back({{"ranks", power.ranks},
                              {"check", power.check},
                              {"smallest_error_seen", power.smallest},
                              {"dropped_rank_seen", power.dropped_seen},
                              {"false_alarms", power.alarms},
                              {"median_bound_to_error", power.median_ratio}});
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
