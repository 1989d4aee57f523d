// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "scenarios/text/diagnostic.hpp"
#include "sim/order/order_text.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

constexpr std::uint64_t most_elements = std::uint64_t{1} << 40;
constexpr std::size_t elements_a_rank = 1024;

UsageMessage take_dtype(const Arguments& arguments, OrderRequest& request) {
  const std::string value = arguments.one("dtype").value_or("bf16");
  const auto format = format_named(value);
  if (format) {
    request.format = *format;
    return "";
  }
  std::vector<std::string> names;
  for (const FormatTraits& one : format_traits) names.emplace_back(one.name);
  const std::string meant = did_you_mean(value, names);
  return fmt::format("`--dtype {}`: expected one of {}{}{}", value, fmt::join(names, ", "),
                     meant.empty() ? "" : "; ", meant);
}

UsageMessage take_settings(const Arguments& arguments, OrderRequest& request) {
  for (const std::string& text : arguments.all("set")) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("`--set {}`: expected NAME=VALUE", text);
    }
    request.settings[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return "";
}

UsageMessage read_request(const Arguments& arguments, OrderRequest& request) {
  const std::string ranks = arguments.one("ranks").value_or("4");
  const auto world = parse_number(ranks, 1, static_cast<std::uint64_t>(most_order_ranks));
  if (!world) {
    return fmt::format("`--ranks {}`: expected an integer, 1 to {}", ranks, most_order_ranks);
  }
  request.ranks = static_cast<int>(*world);
  request.count = elements_a_rank * *world;
  if (const auto count = arguments.one("count")) {
    const auto number = parse_number(*count, 1, most_elements);
    if (!number) {
      return fmt::format("`--count {}`: expected an integer, 1 to {}", *count, most_elements);
    }
    request.count = *number;
  }
  UsageMessage message = take_dtype(arguments, request);
  return message.empty() ? take_settings(arguments, request) : message;
}

int show_order(const std::string& name, const OrderRequest& request,
               const std::optional<std::string>& json, Console& console) {
  const MadeOrder made = make_order(name, request);
  if (!made.order) return usage_error(console, "orders", one_line(made.refusal));
  const OrderFacts& facts = *find_order(name);
  if (json &&
      !write_report(*json, order_json(facts, request, *made.order, version_text()), console)) {
    return ExitStatus::usage;
  }
  console.result(order_text(facts, request, *made.order));
  return ExitStatus::as_expected;
}

}  // namespace

std::vector<OptionSpec> orders_options() {
  return {{"ranks", "N", "ranks of the collective, 1 to 1024 (default 4)"},
          {"count", "N", "elements that each rank puts in (default 1024 a rank)"},
          {"dtype", "NAME", "fp32, bf16 (default), fp16, fp8_e4m3 or fp8_e5m2"},
          {"set", "NAME=VALUE", "a setting of the order", true},
          {"json", "FILE|-", "write it as JSON; with - the text goes to stderr"},
          {"help", nullptr, "this text", false, 'h'}};
}

int run_orders(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("orders");
  Arguments arguments;
  OrderRequest request;
  UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (message.empty() && arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (message.empty()) message = read_request(arguments, request);
  if (message.empty() && arguments.inputs.size() > 1) message = "one NAME only";
  if (!message.empty()) return usage_error(console, "orders", one_line(message));
  const std::optional<std::string> json = arguments.one("json");
  if (json == "-") console.results_to_stderr();
  if (!arguments.inputs.empty()) {
    return show_order(arguments.inputs.front(), request, json, console);
  }
  if (json && !write_report(*json, orders_json(version_text()), console)) return ExitStatus::usage;
  console.result(orders_text());
  return ExitStatus::as_expected;
}

}  // namespace reducecheck::tool
