// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <map>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::tool {
namespace {

/// Far more than any layer needs to show a fault, and still within memory.
constexpr std::uint64_t most_tokens = 65'536;
constexpr std::uint64_t most_threads = 1'024;
constexpr auto most_ranks = static_cast<std::uint64_t>(FrameLimits::ranks);

const OptionSpec mesh{"mesh", "tp=4,ep=2", "only layouts with these sizes of axes or groups", true};
const OptionSpec up_to_ranks{"up-to-ranks", "N", "sweep layouts of up to N ranks, 1 to 1024"};
const OptionSpec shape{"shape", "toy|full", "small widths (default), or those of the model"};
const OptionSpec tokens{"tokens", "N", "tokens of each owner"};
const OptionSpec model{"model", "NAME|FILE", "preset or config.json, for --shape full"};
const OptionSpec variant{"variant", "NAME", "only this variant", true};
const OptionSpec seed{"seed", "N", "seed of weights and inputs (default 1)"};
const OptionSpec dtype{"dtype", "NAME", "also run in fp32, bf16, .. and compare bits", true};
const OptionSpec order{"order", "NAME", "of the sums of --dtype (default rank_order)"};
const OptionSpec set{"set", "NAME=VALUE", "a setting of the order", true};
const OptionSpec also{"also", "PATH", "look in this file or folder for the same pattern", true};
const OptionSpec expect_none{"expect-none", nullptr, "every defect is unexpected"};
const OptionSpec certificate{"certificate", "DIR", "write the proof of each variant that holds"};
const OptionSpec json{"json", "FILE|-", "write a JSON report; with - tables go to stderr"};
const OptionSpec junit{"junit", "FILE|-", "write a JUnit XML report; - likewise"};
const OptionSpec html{"html", "FILE|-", "write a page with heat maps; - likewise"};
const OptionSpec save{"save-failures", "DIR", "where minimal cases go, or none"};
const OptionSpec threads{"threads", "N", "threads (default: one for each core)"};
const OptionSpec summary{"summary", nullptr, "only unexpected findings and the totals"};
const OptionSpec profile{"profile", nullptr, "where the time went, phase by phase"};
const OptionSpec quiet{"quiet", nullptr, "nothing when all is as expected", false, 'q'};
const OptionSpec verbose{"verbose", nullptr, "grids and every cell", false, 'v'};
const OptionSpec all_rows{"verbose", nullptr, "also what is right in every column", false, 'v'};
const OptionSpec all_mutants{"verbose", nullptr, "every mutant, not only the missed ones", false,
                             'v'};
const OptionSpec totals{"summary", nullptr, "a line for each file, and the total"};
const OptionSpec list{"list", nullptr, "the edits only; none is judged"};
const OptionSpec duration{"for", "TIME", "how long: 10s (default), 5m, 1h"};
const OptionSpec programs{"programs", "N", "how many, whatever time they take"};
const OptionSpec colour{"color", "MODE", "auto (default), always or never"};
const OptionSpec help{"help", nullptr, "this text", false, 'h'};

UsageMessage bad_value(const char* option, const std::string& value, const std::string& wanted) {
  return fmt::format("`--{} {}`: expected {}", option, value, wanted);
}

std::string choices(const std::vector<std::string>& words) {
  return fmt::format("one of {}", fmt::join(words, ", "));
}

/// Leaves `number` alone when the option is absent.
template <class Number>
UsageMessage take_number(const Arguments& arguments, const char* option, std::uint64_t least,
                         std::uint64_t most, Number& number) {
  const std::optional<std::string> value = arguments.one(option);
  if (!value) return "";
  const std::optional<std::uint64_t> parsed = parse_number(*value, least, most);
  if (!parsed) return bad_value(option, *value, fmt::format("an integer, {} to {}", least, most));
  number = static_cast<typename Number::value_type>(*parsed);
  return "";
}

bool is_name(const std::string& text) {
  const auto letter = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !text.empty() && std::ranges::all_of(text, letter) &&
         std::isdigit(static_cast<unsigned char>(text.front())) == 0;
}

UsageMessage take_mesh(const Arguments& arguments, CheckOptions& options) {
  for (const std::string& value : arguments.all("mesh")) {
    for (const std::string& part : split_commas(value)) {
      const std::size_t equals = part.find('=');
      const std::string name = part.substr(0, equals);
      const std::optional<std::uint64_t> size =
          equals == std::string::npos ? std::nullopt
                                      : parse_number(part.substr(equals + 1), 1, most_ranks);
      if (!is_name(name) || !size) {
        return bad_value("mesh", value, fmt::format("NAME=SIZE,..., sizes 1 to {}", most_ranks));
      }
      if (!options.mesh.emplace(name, static_cast<std::int64_t>(*size)).second) {
        return fmt::format("`--mesh`: {} is given more than once", name);
      }
    }
  }
  return "";
}

UsageMessage take_dtypes(const Arguments& arguments, CheckOptions& options) {
  for (const std::string& value : arguments.all("dtype")) {
    for (const std::string& part : split_commas(value)) {
      const std::optional<Format> format = format_named(part);
      if (!format) return bad_value("dtype", value, choices(format_names()));
      if (std::ranges::find(options.dtypes, *format) == options.dtypes.end()) {
        options.dtypes.push_back(*format);
      }
    }
  }
  return "";
}

/// A program is run in orders of an all_reduce whose ranks end with the same bits.
UsageMessage refused_order(const std::string& name) {
  const OrderFacts* const facts = find_order(name);
  if (facts != nullptr && !facts->reduce_scatter && facts->ranks_agree) return "";
  std::vector<std::string> names;
  for (const OrderFacts& one : known_orders()) {
    if (!one.reduce_scatter && one.ranks_agree) names.push_back(one.name);
  }
  std::string reason = facts == nullptr        ? did_you_mean(name, names)
                       : facts->reduce_scatter ? "it has no all_reduce;"
                                               : "it leaves ranks with different bits;";
  if (!reason.empty()) reason += ' ';
  return fmt::format("`--order {}`: {}possible: {}", name, reason, fmt::join(names, ", "));
}

UsageMessage take_order(const Arguments& arguments, CheckOptions& options) {
  options.order = arguments.one("order").value_or("");
  for (const std::string& setting : arguments.all("set")) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) return bad_value("set", setting, "NAME=VALUE");
    options.order_settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  if (options.order.empty()) {
    return options.order_settings.empty() ? "" : "`--set` needs `--order`";
  }
  if (options.dtypes.empty()) return "`--order` needs `--dtype`: an exact sum has no order";
  UsageMessage message = refused_order(options.order);
  for (const Format format : options.dtypes) {
    if (!message.empty()) return message;
    const MadeOrder made =
        make_order(options.order, {.format = format, .settings = options.order_settings});
    if (!made.order) message = fmt::format("`--order {}`: {}", options.order, made.refusal);
  }
  return message;
}

UsageMessage take_numbers(const Arguments& arguments, CheckOptions& options) {
  std::optional<std::uint64_t> seed_value;
  std::optional<int> thread_count;
  const std::array messages = {
      take_number(arguments, "up-to-ranks", 1, most_ranks, options.up_to_ranks),
      take_number(arguments, "tokens", 1, most_tokens, options.tokens),
      take_number(arguments, "seed", 0, std::numeric_limits<std::uint64_t>::max(), seed_value),
      take_number(arguments, "threads", 1, most_threads, thread_count)};
  for (const UsageMessage& message : messages) {
    if (!message.empty()) return message;
  }
  options.seed = seed_value.value_or(options.seed);
  options.threads = thread_count.value_or(options.threads);
  return "";
}

/// `10s`, `5m`, `1h`; at least a second.
UsageMessage take_duration(const Arguments& arguments, CheckRequest& request) {
  constexpr std::uint64_t most_programs = 1'000'000'000;
  UsageMessage message = take_number(arguments, "programs", 1, most_programs, request.programs);
  const std::optional<std::string> value = arguments.one("for");
  if (!message.empty() || !value) return message;
  if (request.programs) return "`--for` does not go with `--programs`";
  static const std::map<char, double> units = {{'s', 1}, {'m', 60}, {'h', 3600}};
  const auto unit = units.find(value->back());
  const auto count =
      parse_number(std::string_view(*value).substr(0, value->size() - 1), 1, 100'000);
  if (unit == units.end() || !count)
    return bad_value("for", *value, "a time such as 10s, 5m or 1h");
  request.seconds = unit->second * static_cast<double>(*count);
  return "";
}

UsageMessage take_shape(const Arguments& arguments, CheckRequest& request) {
  const std::string value = arguments.one("shape").value_or("toy");
  if (value != "toy" && value != "full") return bad_value("shape", value, "toy or full");
  request.options.shape = value == "full" ? Shape::full : Shape::toy;
  request.model = arguments.one("model").value_or("");
  if (!request.model.empty() && value != "full") return "`--model` needs `--shape full`";
  return "";
}

UsageMessage take_output(const Arguments& arguments, CheckRequest& request) {
  request.certificates = arguments.one("certificate");
  request.json = arguments.one("json");
  request.junit = arguments.one("junit");
  request.html = arguments.one("html");
  if (std::ranges::count(std::array{request.json, request.junit, request.html}, "-") > 1) {
    return "only one report can go to the standard output";
  }
  const std::string directory = arguments.one("save-failures").value_or("reducecheck-failures");
  if (directory != "none") request.save_directory = directory;
  request.list = arguments.has("list");
  request.summary = arguments.has("summary");
  request.quiet = arguments.has("quiet");
  request.profile = arguments.has("profile");
  request.verbose = arguments.has("verbose");
  if (request.verbose && (request.quiet || request.summary)) {
    return "`--verbose` does not go with `--quiet` or `--summary`";
  }
  if (request.profile && request.quiet) return "`--profile` does not go with `--quiet`";
  const std::string mode = arguments.one("color").value_or("auto");
  if (mode != "auto" && mode != "always" && mode != "never") {
    return bad_value("color", mode, choices({"auto", "always", "never"}));
  }
  request.colour = mode == "always"  ? ColourMode::always
                   : mode == "never" ? ColourMode::never
                                     : ColourMode::automatic;
  return "";
}

}  // namespace

std::vector<OptionSpec> check_options() {
  return {mesh,    up_to_ranks, shape,       tokens,  model,  variant, seed, dtype,
          order,   set,         expect_none, json,    junit,  html,    save, threads,
          profile, summary,     quiet,       verbose, colour, help};
}

std::vector<OptionSpec> explain_options() {
  return {mesh, up_to_ranks, shape, tokens, model, variant, also, seed, threads, colour, help};
}

std::vector<OptionSpec> prove_options() {
  return {variant, certificate, json, seed, summary, verbose, colour, help};
}

std::vector<OptionSpec> diff_options() {
  return {mesh, up_to_ranks, json, seed, threads, all_rows, colour, help};
}

std::vector<OptionSpec> mutate_options() {
  return {mesh, up_to_ranks, variant, list, json, seed, threads, totals, all_mutants, help};
}

std::vector<OptionSpec> fuzz_options() {
  return {duration, programs, up_to_ranks, seed, save, threads, help};
}

std::vector<OptionSpec> replay_options() {
  return {dtype, order, set, json, threads, quiet, verbose, colour, help};
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const FormatTraits& format : format_traits) names.emplace_back(format.name);
  return names;
}

UsageMessage read_request(const Arguments& arguments, CheckRequest& request) {
  request.inputs = arguments.inputs;
  request.also = arguments.all("also");
  request.options.variants = arguments.all("variant");
  request.options.expect_none = arguments.has("expect-none");
  const std::array messages = {
      take_mesh(arguments, request.options),   take_numbers(arguments, request.options),
      take_dtypes(arguments, request.options), take_order(arguments, request.options),
      take_shape(arguments, request),          take_output(arguments, request),
      take_duration(arguments, request)};
  for (const UsageMessage& message : messages) {
    if (!message.empty()) return message;
  }
  return "";
}

}  // namespace reducecheck::tool
