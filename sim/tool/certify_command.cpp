// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "sim/certify/certify.hpp"
#include "sim/certify/power.hpp"
#include "sim/dump/dump_folder.hpp"
#include "sim/dump/safetensors.hpp"
#include "sim/order/orders.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/command_parts.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

struct CertifyRequest {
  std::string left;
  std::string right;
  std::optional<std::string> partials;
  std::optional<std::string> json;
  CertifyOptions options;
};

/// The order and its settings; a sentence where they are not written as such.
UsageMessage read_order(const Arguments& arguments, CertifyOptions& options) {
  options.order = arguments.one("order").value_or("");
  for (const std::string& setting : arguments.all("set")) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("`--set {}`: expected NAME=VALUE", setting);
    }
    options.settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  if (options.order.empty() && !options.settings.empty()) return "`--set` without `--order`";
  return "";
}

UsageMessage read_power_request(const Arguments& arguments, PowerRequest& request) {
  if (!arguments.inputs.empty()) return "`--power` measures made-up sums: expected no input";
  if (arguments.has("partials")) return "`--power` with `--partials`";
  CertifyOptions options;
  const UsageMessage message = read_order(arguments, options);
  if (!message.empty()) return message;
  if (!options.order.empty()) request.order = options.order;
  request.settings = options.settings;
  const std::string dtype = arguments.one("dtype").value_or("bf16");
  const std::optional<Format> format = format_named(dtype);
  if (!format) {
    return fmt::format("`--dtype {}`: expected one of fp32, bf16, fp16, fp8_e4m3, fp8_e5m2", dtype);
  }
  request.format = *format;
  for (const std::string& part : split_commas(arguments.one("ranks").value_or("2,4,8,16,32,64"))) {
    const auto ranks = parse_number(part, 2, most_order_ranks);
    if (!ranks) {
      return fmt::format("`--ranks {}`: expected integers, 2 to {}, as in 2,4,8", part,
                         most_order_ranks);
    }
    request.ranks.push_back(static_cast<int>(*ranks));
  }
  return "";
}

UsageMessage read_certify_request(const Arguments& arguments, CertifyRequest& request) {
  if (arguments.inputs.size() != 2) {
    return fmt::format("{}: expected A and B, two dumps or two files",
                       counted(arguments.inputs.size(), "input"));
  }
  request.left = arguments.inputs[0];
  request.right = arguments.inputs[1];
  request.partials = arguments.one("partials");
  request.json = arguments.one("json");
  for (const char* option : {"dtype", "ranks"}) {
    if (arguments.has(option)) return fmt::format("`--{}` without `--power`", option);
  }
  const UsageMessage message = read_order(arguments, request.options);
  if (!message.empty()) return message;
  if (!request.options.order.empty() && !request.partials) {
    return "`--order` without `--partials`: an order says nothing of outputs alone";
  }
  return "";
}

/// A file alone: whose it is, its metadata may say; rank 0 where they do not.
std::optional<CertifiedVersion> read_one_file(const std::string& path, Console& console) {
  std::vector<std::string> errors;
  std::optional<TensorFile> file = read_safetensors(path, errors);
  int rank = 0;
  if (file && file->metadata.contains("rank")) {
    const std::string& text = file->metadata.at("rank");
    const auto parsed = parse_number(text, 0, DumpLimits::ranks - 1);
    if (!parsed) {
      errors.push_back(fmt::format("{}: error: metadata rank `{}`: expected an integer, 0 to {}",
                                   one_line(path), one_line(text), DumpLimits::ranks - 1));
    } else {
      rank = static_cast<int>(*parsed);
    }
  }
  say(errors, console);
  if (!errors.empty()) return std::nullopt;
  CertifiedVersion version{path, {}, rank};
  const auto order = file->metadata.find("order");
  if (order != file->metadata.end()) version.dump.order = order->second;
  version.dump.ranks.push_back(std::move(*file));
  return version;
}

std::optional<CertifiedVersion> read_version(const std::string& path, bool may_be_file,
                                             Console& console) {
  std::error_code ignored;
  if (may_be_file && !std::filesystem::is_directory(path, ignored)) {
    return read_one_file(path, console);
  }
  std::vector<std::string> errors;
  std::optional<Dump> dump = read_dump(path, errors);
  say(errors, console);
  if (!dump) return std::nullopt;
  return CertifiedVersion{path, std::move(*dump), std::nullopt};
}

int certify_request(const CertifyRequest& request, Console& console) {
  const auto left = read_version(request.left, true, console);
  const auto right = read_version(request.right, true, console);
  std::optional<CertifiedVersion> partials;
  if (request.partials) partials = read_version(*request.partials, false, console);
  if (!left || !right || (request.partials && !partials)) return ExitStatus::usage;
  const CertifiedVersion* sums = partials ? &*partials : nullptr;
  std::vector<std::string> errors;
  const auto report = certify(*left, *right, sums, request.options, errors);
  if (!report) {
    say(errors, console);
    return ExitStatus::usage;
  }
  if (request.json &&
      !write_report(*request.json, certify_json(*report, *left, *right, version_text()), console)) {
    return ExitStatus::usage;
  }
  console.result(fmt::format("reducecheck {}\n\n", version_text()) +
                 certify_text(*report, *left, *right, sums));
  const bool found =
      report->count(RoundingVerdict::defect) != 0 || report->count(RoundingVerdict::undecided) != 0;
  return found ? ExitStatus::unexpected : ExitStatus::as_expected;
}

int measure_power(const Arguments& arguments, Console& console) {
  PowerRequest request;
  const UsageMessage message = read_power_request(arguments, request);
  if (!message.empty()) return usage_error(console, "certify", one_line(message));
  std::string refusal;
  const std::vector<CheckPower> powers = power_of_checks(request, refusal);
  if (!refusal.empty()) return usage_error(console, "certify", one_line(refusal));
  const std::optional<std::string> json = arguments.one("json");
  if (json == "-") console.results_to_stderr();
  if (json && !write_report(*json, power_json(request, powers, version_text()), console)) {
    return ExitStatus::usage;
  }
  console.result(fmt::format("reducecheck {}\n\n", version_text()) + power_text(request, powers));
  return ExitStatus::as_expected;
}

}  // namespace

std::vector<OptionSpec> certify_options() {
  return {{"partials", "DIR", "a dump of the partial sums that both were made from"},
          {"order", "NAME", "the order of the reductions, for a tighter bound (default: any)"},
          {"set", "NAME=VALUE", "a setting of the order", true},
          {"power", nullptr, "no inputs: what wrong coefficients each check can see"},
          {"dtype", "NAME", "of --power: fp32, bf16, fp16, fp8_e4m3 or fp8_e5m2 (default bf16)"},
          {"ranks", "N,...", "of --power (default 2,4,8,16,32,64)"},
          {"json", "FILE|-", "write the certificates as JSON; with - the text goes to stderr"},
          {"help", nullptr, "this text", false, 'h'}};
}

int run_certify(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("certify");
  Arguments arguments;
  CertifyRequest request;
  UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (message.empty() && arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (message.empty() && arguments.has("power")) return measure_power(arguments, console);
  if (message.empty()) message = read_certify_request(arguments, request);
  if (!message.empty()) return usage_error(console, "certify", one_line(message));
  if (request.json == "-") console.results_to_stderr();
  return certify_request(request, console);
}

}  // namespace reducecheck::tool
