// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "scenarios/unroll/value.hpp"
#include "sim/format/format.hpp"
#include "sim/plan/plan_report.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/inputs.hpp"
#include "sim/tool/model_source.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

constexpr std::uint64_t most_extent = 1'000'000'000;

struct PlanRequest {
  std::string file;
  ScenarioPlanOptions options;
  bool full = false;  // the sizes of a model
  std::string model;  // empty: the one that the file names
  std::optional<std::string> json;
  std::map<std::string, std::int64_t> sizes;  // said on the command line
};

/// A decimal number of at least `least`, or a sentence.
UsageMessage take_decimal(const Arguments& arguments, const char* option, double least,
                          const char* wanted, double unit, double& number) {
  const std::optional<std::string> value = arguments.one(option);
  if (!value) return "";
  double parsed = 0;
  const char* const end = value->data() + value->size();
  const auto read = std::from_chars(value->data(), end, parsed, std::chars_format::fixed);
  const bool whole = read.ec == std::errc() && read.ptr == end && std::isfinite(parsed);
  if (!whole || parsed < least || parsed > 1e9) {
    return fmt::format("`--{} {}`: expected {}", option, *value, wanted);
  }
  number = parsed * unit;
  return "";
}

UsageMessage take_extent(const Arguments& arguments, const char* option, PlanRequest& request) {
  const std::optional<std::string> value = arguments.one(option);
  if (!value) return "";
  const auto parsed = parse_number(*value, 1, most_extent);
  if (!parsed) {
    return fmt::format("`--{} {}`: expected an integer, 1 to {}", option, *value, most_extent);
  }
  request.sizes[option] = static_cast<std::int64_t>(*parsed);
  return "";
}

UsageMessage take_words(const Arguments& arguments, PlanRequest& request) {
  const std::string dtype = arguments.one("dtype").value_or("bf16");
  const std::optional<Format> format = format_named(dtype);
  if (!format) {
    return fmt::format("`--dtype {}`: expected one of {}", dtype, fmt::join(format_names(), ", "));
  }
  request.options.element_bytes = traits(*format).bytes;
  const std::string shape = arguments.one("shape").value_or("");
  if (!shape.empty() && shape != "full") {
    return fmt::format("`--shape {}`: expected full", shape);
  }
  request.model = arguments.one("model").value_or("");
  request.full = shape == "full" || !request.model.empty();
  request.options.variant = arguments.one("variant").value_or("");
  request.json = arguments.one("json");
  if (arguments.inputs.empty()) return "no FILE given";
  if (arguments.inputs.size() > 1) return "exactly one FILE";
  request.file = arguments.inputs.front();
  return "";
}

UsageMessage read_plan_request(const Arguments& arguments, PlanRequest& request) {
  planning::CostModel& model = request.options.model;
  double bandwidth = 1e-9 / model.beta;
  double margin = 100 * request.options.margin;
  const std::array messages = {
      take_decimal(arguments, "alpha", 0, "microseconds, 0 or more", 1e-6, model.alpha),
      take_decimal(arguments, "hop", 0, "microseconds, 0 or more", 1e-6, model.hop),
      take_decimal(arguments, "bandwidth", 1e-6, "GB/s, above 0", 1, bandwidth),
      take_decimal(arguments, "margin", 0, "percent, 0 or more", 1, margin),
      take_extent(arguments, "tokens", request),
      take_extent(arguments, "hidden", request),
      take_words(arguments, request)};
  for (const UsageMessage& message : messages) {
    if (!message.empty()) return message;
  }
  model.beta = 1 / (1e9 * bandwidth);
  request.options.margin = margin / 100;
  return "";
}

/// The sizes of the model, then those of the command line; false after an error was written.
bool take_sizes(const Scenario& scenario, PlanRequest& request, Console& console) {
  if (request.full) {
    const auto sizes = model_sizes(scenario, request.model, console);
    if (!sizes) return false;
    for (const auto& [size, extent] : *sizes) request.options.sizes[size] = extent;
  }
  for (const auto& [size, extent] : request.sizes) request.options.sizes[size] = extent;
  return true;
}

bool all_proved(const ScenarioPlan& plan) {
  return std::ranges::all_of(plan.cases, [](const PlannedCase& one) {
    return std::ranges::all_of(one.segments, [](const PlannedSegment& segment) {
      return segment.plans.empty() || segment.proved;
    });
  });
}

int plan_file(const Scenario& scenario, const PlanRequest& request, Console& console) {
  try {
    const ScenarioPlan plan = plan_scenario(scenario, request.options);
    if (request.json &&
        !write_report(*request.json, plan_json(scenario, plan, request.options, version_text()),
                      console)) {
      return ExitStatus::usage;
    }
    console.result(fmt::format("reducecheck {}\n\n", version_text()) +
                   plan_text(scenario, plan, request.options));
    const bool planned = !plan.variant.empty() && all_proved(plan);
    return planned ? ExitStatus::as_expected : ExitStatus::unexpected;
  } catch (const TextError& error) {
    console.note(fmt::format("{}: error: {}\n", one_line(scenario.file), one_line(error.what())));
    return ExitStatus::usage;
  }
}

}  // namespace

std::vector<OptionSpec> plan_options() {
  return {
      {"variant", "NAME", "plan for this one (default: fixed, merged, or the first that holds)"},
      {"tokens", "N", "tokens of each owner (default 1024)"},
      {"hidden", "N", "width of the layer (default 4096)"},
      {"shape", "full", "the sizes of the model that the file names"},
      {"model", "NAME|FILE", "the sizes of this preset or config.json"},
      {"dtype", "NAME", "fp32, bf16, .. of the elements that are sent (default bf16)"},
      {"alpha", "US", "microseconds a launch (default 6)"},
      {"hop", "US", "microseconds from a rank to the next (default 1)"},
      {"bandwidth", "GB/S", "from a rank to the others (default 200)"},
      {"margin", "PERCENT", "wasteful is what costs so much more (default 10)"},
      {"json", "FILE|-", "write the plans as JSON; with - the text goes to stderr"},
      {"help", nullptr, "this text", false, 'h'}};
}

int run_plan(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("plan");
  Arguments arguments;
  PlanRequest request;
  UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (message.empty() && arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (message.empty()) message = read_plan_request(arguments, request);
  if (!message.empty()) return usage_error(console, "plan", one_line(message));
  if (request.json == "-") console.results_to_stderr();
  const std::optional<LoadedScenario> loaded = load_file(request.file, console);
  if (!loaded) return ExitStatus::usage;
  const std::string& variant = request.options.variant;
  if (!variant.empty() && !has_variant(loaded->scenario, variant, console)) {
    return ExitStatus::usage;
  }
  if (!take_sizes(loaded->scenario, request, console)) return ExitStatus::usage;
  return plan_file(loaded->scenario, request, console);
}

}  // namespace reducecheck::tool
