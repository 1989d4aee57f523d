// SPDX-License-Identifier: Apache-2.0
#include "real/tool/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <set>

#include "real/tool/algorithm_names.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

const std::vector<std::string> option_names = {"backend",   "variant", "mesh", "dtype",
                                               "algorithm", "tokens",  "seed", "deadline"};

std::optional<std::int64_t> number_of(std::string_view text, std::int64_t least,
                                      std::int64_t most) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::vector<std::string> split(const std::string& text, char between) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == between) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string one_of(const std::string& option, const std::string& value,
                   const std::vector<std::string>& choices) {
  const std::string meant = did_you_mean(value, choices);
  return fmt::format("`--{} {}`: expected one of {}{}{}", option, printable(value),
                     fmt::join(choices, ", "), meant.empty() ? "" : "; ", meant);
}

std::string take_mesh(const std::string& value, Request& request) {
  for (const std::string& part : split(value, ',')) {
    const std::size_t equals = part.find('=');
    const auto size = equals == std::string::npos
                          ? std::nullopt
                          : number_of(std::string_view(part).substr(equals + 1), 1, 1024);
    if (!size || equals == 0) {
      return fmt::format("`--mesh {}`: expected sizes of axes such as tp=2,ep=2, each 1 to 1024",
                         printable(value));
    }
    request.mesh[part.substr(0, equals)] = *size;
  }
  return "";
}

std::string take_number(const std::string& option, const std::string& value, Request& request) {
  const std::int64_t least = option == "seed" ? 0 : 1;
  const std::int64_t most = option == "deadline" ? 3600 : option == "tokens" ? 65'536 : 1LL << 62;
  const auto number = number_of(value, least, most);
  if (!number) {
    return fmt::format("`--{} {}`: expected an integer, {} to {}", option, printable(value), least,
                       most);
  }
  if (option == "seed") request.seed = static_cast<std::uint64_t>(*number);
  if (option == "tokens") request.tokens = *number;
  if (option == "deadline") request.deadline_milliseconds = static_cast<int>(*number) * 1000;
  return "";
}

std::string take(const std::string& option, const std::string& value, Request& request) {
  if (option == "mesh") return take_mesh(value, request);
  if (option == "variant") {
    request.variants.push_back(value);
    return "";
  }
  if (option == "backend") {
    request.backend = value;
    return value == "mpi" ? "" : one_of(option, value, {"mpi"});
  }
  if (option == "algorithm") {
    request.algorithm = value;
    for (const std::string& name : algorithm_names()) {
      if (name == value) return "";
    }
    return one_of(option, value, algorithm_names());
  }
  if (option != "dtype") return take_number(option, value, request);
  std::vector<std::string> names;
  for (const ElementType type : element_types()) names.emplace_back(facts(type).name);
  const std::optional<ElementType> type = element_named(value);
  if (!type) return one_of(option, value, names);
  request.type = *type;
  return "";
}

std::vector<std::string> dashed_option_names() {
  std::vector<std::string> names = {"--launch", "--help"};
  for (const std::string& name : option_names) names.push_back("--" + name);
  return names;
}

std::string read_run(const std::vector<std::string>& words, Request& request) {
  std::set<std::string> seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      request.command = Command::help;
      return "";
    }
    if (word == "--launch") {
      request.launches = true;
      continue;
    }
    if (!word.starts_with('-')) {
      if (!request.file.empty()) return "exactly one FILE";
      request.file = word;
      continue;
    }
    const std::size_t equals = word.find('=');
    std::string option;
    for (const std::string& name : option_names) {
      if (word.substr(0, equals) == "--" + name) option = name;
    }
    if (option.empty()) {
      const std::string meant = did_you_mean(word.substr(0, equals), dashed_option_names());
      return fmt::format("no option {}{}{}", back_quoted(word.substr(0, equals)),
                         meant.empty() ? "" : "; ", meant);
    }
    if (option != "variant" && !seen.insert(option).second) {
      return fmt::format("`--{}` is given more than once", option);
    }
    if (equals == std::string::npos && i + 1 == words.size()) {
      return fmt::format("`--{}` needs a value", option);
    }
    const std::string value = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    const std::string wrong = take(option, value, request);
    if (!wrong.empty()) return wrong;
  }
  return request.file.empty() ? "no FILE given" : "";
}

}  // namespace

std::string read_request(const std::vector<std::string>& words, Request& request) {
  const std::vector<std::string> commands = {"run", "doctor", "help"};
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") return "";
  if (words[0] == "doctor") {
    request.command = Command::doctor;
    return words.size() == 1 ? "" : "`doctor` takes nothing";
  }
  if (words[0] != "run") {
    const std::string meant = did_you_mean(words[0], commands);
    return fmt::format("no command `{}`{}{}", printable(words[0]), meant.empty() ? "" : "; ",
                       meant);
  }
  request.command = Command::run;
  return read_run(words, request);
}

std::string help_text() {
  return fmt::format(
      "reducecheck-real: scenarios on real ranks, compared with the simulator\n\n"
      "  mpirun -n N reducecheck-real run FILE [OPTION...]   every variant in every layout of N\n"
      "                                                      ranks\n"
      "  reducecheck-real doctor                             what this build and machine have\n\n"
      "  --mesh tp=2,ep=2   layouts with these sizes only\n"
      "  --variant NAME     this variant only; may be repeated\n"
      "  --dtype TYPE       mod64 (default, exact), fp32, bf16, fp16, fp8_e4m3 or fp8_e5m2\n"
      "  --algorithm NAME   of sums over ranks, forced and read back: {}\n"
      "  --tokens N         tokens of each owner\n"
      "  --seed N           of inputs and weights (default 1)\n"
      "  --deadline N       seconds that ranks wait for each other (default 10)\n"
      "  --launch           start mpirun from here, and say which rank fails where\n\n"
      "Exit status: 0 equal, 1 different or calls that do not match, 2 usage or input,\n"
      "3 MPI, the launcher or a rank failed, 77 nothing was compared.\n",
      fmt::join(algorithm_names(), ", "));
}

}  // namespace reducecheck::real
