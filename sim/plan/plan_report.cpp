// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/plan_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

using nlohmann::ordered_json;
using planning::Cost;

std::string bytes_text(double bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(units)) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string cost_text(const Cost& cost, double microseconds) {
  return fmt::format("{}, {}, {:.1f} us", counted(static_cast<std::size_t>(cost.launches), "call"),
                     bytes_text(cost.bytes), microseconds);
}

std::string calls_text(const std::vector<std::string>& calls) {
  return calls.empty() ? "nothing to send" : fmt::format("{}", fmt::join(calls, ", "));
}

std::string indented(const std::string& text, std::size_t spaces) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += fmt::format("{:{}}{}\n", "", spaces, text.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

std::string segment_text(const PlannedSegment& segment, const std::string& variant) {
  std::string text = fmt::format("  {}{}\n", segment.output ? "" : "before ", segment.consumer);
  if (segment.times > 1)
    text = fmt::format("{} ({} times)\n", text.substr(0, text.size() - 1), segment.times);
  if (!segment.reason.empty()) {
    return text + fmt::format("    not planned: {}; {} calls {}\n", segment.reason, variant,
                              calls_text(segment.own.calls));
  }
  for (const std::string& branch : segment.branches) text += fmt::format("    {}\n", branch);
  text += fmt::format("    wanted: {}\n", segment.goal);
  // Beside a plan that sends nothing others are of no use.
  const bool idle = segment.plans.front().calls.empty();
  for (std::size_t i = 0; i < (idle ? 1 : segment.plans.size()); ++i) {
    const PricedCalls& plan = segment.plans[i];
    text += fmt::format("    {}. {}: {}{}\n", i + 1, calls_text(plan.calls),
                        cost_text(plan.cost, plan.microseconds),
                        segment.place == static_cast<int>(i) + 1 ? " [as in " + variant + "]" : "");
    text += indented(plan.program, 7);
  }
  if (segment.place == 0) {
    text += fmt::format("    {} calls {}: {}\n", variant, calls_text(segment.own.calls),
                        cost_text(segment.own.cost, segment.own.microseconds));
  }
  text += wrapped(fmt::format("no plan takes less than {:.1f} us. {}", 1e6 * segment.bound.seconds,
                              segment.bound.reason),
                  4);
  text += fmt::format("    1: {}\n", segment.proof);
  if (segment.opened) {
    text += fmt::format("    with the gather of the dispatched branch in the plan: {}: {}\n",
                        calls_text(segment.opened->calls),
                        cost_text(segment.opened->cost, segment.opened->microseconds));
    text += indented(segment.opened->program, 7);
    text += fmt::format("       instead of {}: {}\n", calls_text(segment.opened_own.calls),
                        cost_text(segment.opened_own.cost, segment.opened_own.microseconds));
  }
  if (segment.larger) {
    text += fmt::format("    on {} the cheapest is {}: {}\n", segment.larger->layout,
                        calls_text(segment.larger->plan.calls),
                        cost_text(segment.larger->plan.cost, segment.larger->plan.microseconds));
    text += indented(segment.larger->plan.program, 7);
  }
  return text;
}

std::string compared_text(const ComparedVariant& variant) {
  if (!variant.reason.empty()) return fmt::format("not compared: {}", variant.reason);
  const std::string cost = cost_text(variant.cost, variant.microseconds);
  if (!variant.wasteful) {
    const bool best =
        variant.cost.launches == variant.plan.launches && variant.cost.bytes <= variant.plan.bytes;
    return fmt::format("{} ({})", best ? "as cheap as the best" : "within the margin of the best",
                       cost);
  }
  return fmt::format("wasteful: {}; the plans for its states: {}", cost,
                     cost_text(variant.plan, variant.plan_microseconds));
}

std::string case_text(const PlannedCase& one, const std::string& variant) {
  std::string text = fmt::format("case {}\n  numbers for {}\n", one.condition, one.layout);
  for (const PlannedSegment& segment : one.segments) text += segment_text(segment, variant);
  if (!one.other_calls.empty()) {
    text += wrapped(fmt::format("not planned, because no sum of branches is in them: {}",
                                fmt::join(one.other_calls, ", ")),
                    2);
  }
  std::size_t width = 0;
  for (const ComparedVariant& other : one.variants) width = std::max(width, other.name.size());
  for (const ComparedVariant& other : one.variants) {
    text += fmt::format("  {:<{}}  {}\n", other.name, width, compared_text(other));
  }
  return text;
}

std::string sizes_text(const ScenarioPlanOptions& options) {
  std::string text;
  for (const auto& [name, size] : options.sizes) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, size);
  }
  return text + fmt::format(", {} bytes an element", options.element_bytes);
}

std::string model_text(const planning::CostModel& model, double margin) {
  return fmt::format("{:g} us a launch, {:g} us a hop, {:g} GB/s; wasteful beyond {:g} % more",
                     1e6 * model.alpha, 1e6 * model.hop, 1e-9 / model.beta, 100 * margin);
}

ordered_json json_of(const Cost& cost, double microseconds) {
  return {{"launches", cost.launches},
          {"hops", cost.hops},
          {"bytes", cost.bytes},
          {"microseconds", microseconds}};
}

ordered_json json_of(const PricedCalls& calls) {
  ordered_json json = json_of(calls.cost, calls.microseconds);
  json["calls"] = calls.calls;
  if (!calls.program.empty()) json["program"] = calls.program;
  return json;
}

ordered_json json_of(const PlannedSegment& segment) {
  ordered_json json = {
      {"consumer", segment.consumer}, {"times", segment.times}, {"own", json_of(segment.own)}};
  if (!segment.reason.empty()) {
    json["not_planned"] = segment.reason;
    return json;
  }
  json["branches"] = segment.branches;
  json["goal"] = segment.goal;
  json["plans"] = ordered_json::array();
  for (const PricedCalls& plan : segment.plans) json["plans"].push_back(json_of(plan));
  json["place_of_own"] = segment.place;
  json["bound"] = json_of(segment.bound.cost, 1e6 * segment.bound.seconds);
  json["bound"]["reason"] = segment.bound.reason;
  json["proved"] = segment.proved;
  json["proof"] = segment.proof;
  if (segment.opened) {
    json["opened"] = {{"plan", json_of(*segment.opened)}, {"own", json_of(segment.opened_own)}};
  }
  if (segment.larger) {
    json["larger"] = {{"layout", segment.larger->layout}, {"plan", json_of(segment.larger->plan)}};
  }
  return json;
}

ordered_json json_of(const ComparedVariant& variant) {
  ordered_json json = {{"name", variant.name}};
  if (!variant.reason.empty()) {
    json["not_compared"] = variant.reason;
    return json;
  }
  json["own"] = json_of(variant.cost, variant.microseconds);
  json["plan"] = json_of(variant.plan, variant.plan_microseconds);
  json["verdict"] = variant.wasteful ? "wasteful" : "as_cheap";
  return json;
}

}  // namespace

std::string plan_text(const Scenario& scenario, const ScenarioPlan& plan,
                      const ScenarioPlanOptions& options) {
  std::string text =
      fmt::format("{}\n  file    {}\n", one_line(scenario.title), one_line(scenario.file));
  if (plan.variant.empty()) return text + fmt::format("  no plan: {}\n", one_line(plan.reason));
  text += fmt::format(
      "  plans   for the branches of `{}`, which holds for all sizes\n"
      "  sizes   {}\n  costs   {}\n",
      plan.variant, sizes_text(options), model_text(options.model, options.margin));
  for (const PlannedCase& one : plan.cases) text += '\n' + case_text(one, plan.variant);
  if (!plan.reason.empty()) text += '\n' + one_line(plan.reason) + '\n';
  return text;
}

std::string plan_json(const Scenario& scenario, const ScenarioPlan& plan,
                      const ScenarioPlanOptions& options, const std::string& version) {
  ordered_json json = {{"format", "reducecheck.plan/1"},
                       {"version", version},
                       {"file", scenario.file},
                       {"title", scenario.title},
                       {"variant", plan.variant},
                       {"reason", plan.reason},
                       {"sizes", options.sizes},
                       {"element_bytes", options.element_bytes},
                       {"model",
                        {{"alpha_microseconds", 1e6 * options.model.alpha},
                         {"hop_microseconds", 1e6 * options.model.hop},
                         {"gigabytes_per_second", 1e-9 / options.model.beta},
                         {"margin_percent", 100 * options.margin}}},
                       {"cases", ordered_json::array()}};
  for (const PlannedCase& one : plan.cases) {
    ordered_json entry = {{"condition", one.condition},
                          {"layout", one.layout},
                          {"segments", ordered_json::array()},
                          {"other_calls", one.other_calls},
                          {"variants", ordered_json::array()}};
    for (const PlannedSegment& segment : one.segments)
      entry["segments"].push_back(json_of(segment));
    for (const ComparedVariant& other : one.variants) entry["variants"].push_back(json_of(other));
    json["cases"].push_back(std::move(entry));
  }
  return json.dump(2) + '\n';
}

}  // namespace reducecheck
