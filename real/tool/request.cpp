// SPDX-License-Identifier: Apache-2.0
#include "real/tool/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "real/tool/backend.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

const std::vector<std::string> option_names = {"backend", "variant",   "mesh",
                                               "dtype",   "algorithm", "tokens",
                                               "seed",    "deadline",  "up-to-ranks"};

/// Those that say something to `collectives`, which has no scenario and draws by itself.
const std::vector<std::string> collectives_options = {"backend", "dtype", "algorithm", "deadline"};

/// Those that say something to `sweep`, which simulates.
const std::vector<std::string> sweep_options = {"variant", "mesh", "tokens", "seed", "up-to-ranks"};

const std::vector<std::string>& options_of(Command command) {
  return command == Command::collectives ? collectives_options
         : command == Command::sweep     ? sweep_options
                                         : option_names;
}

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

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const Backend* backend : backends()) names.emplace_back(backend->name());
  return names;
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
  const std::int64_t most = option == "deadline"      ? 3600
                            : option == "tokens"      ? 65'536
                            : option == "up-to-ranks" ? 1024
                                                      : 1LL << 62;
  const auto number = number_of(value, least, most);
  if (!number) {
    return fmt::format("`--{} {}`: expected an integer, {} to {}", option, printable(value), least,
                       most);
  }
  if (option == "seed") request.seed = static_cast<std::uint64_t>(*number);
  if (option == "tokens") request.tokens = *number;
  if (option == "up-to-ranks") request.up_to_ranks = *number;
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
    const std::vector<std::string> names = backend_names();
    return std::ranges::count(names, value) > 0 ? "" : one_of(option, value, names);
  }
  if (option == "algorithm") {
    request.algorithm = value;  // of which backend, is known at the end
    return "";
  }
  if (option != "dtype") return take_number(option, value, request);
  std::vector<std::string> names;
  for (const ElementType type : element_types()) names.emplace_back(facts(type).name);
  const std::optional<ElementType> type = element_named(value);
  if (!type) return one_of(option, value, names);
  request.type = *type;
  request.all_types = false;
  return "";
}

std::string take_ranks(const std::string& value, Request& request) {
  const auto ranks = number_of(value, 1, 1024);
  if (!ranks) {
    return fmt::format("`--launch {}`: expected a number of ranks, 1 to 1024", printable(value));
  }
  request.launches = true;
  request.ranks = static_cast<int>(*ranks);
  return "";
}

std::string check_algorithm(Request& request) {
  for (const Backend* backend : backends()) {
    if (request.backend.empty() && backend->built()) request.backend = backend->name();
    if (request.backend != backend->name() || request.algorithm.empty()) continue;
    const std::vector<std::string> names = backend->algorithms();
    if (std::ranges::count(names, request.algorithm) > 0) return "";
    return one_of("algorithm", request.algorithm, names);
  }
  return "";
}

std::vector<std::string> dashed(const std::vector<std::string>& options) {
  std::vector<std::string> names = {"--help"};
  if (&options != &sweep_options) names.insert(names.begin(), "--launch");
  for (const std::string& name : options) names.push_back("--" + name);
  return names;
}

/// The option that a word names, or an empty one and what is wrong with the word.
std::string option_of(const std::string& word, Command command, std::string& wrong) {
  const std::string name = word.substr(0, word.find('='));
  const std::vector<std::string>& options = options_of(command);
  for (const std::string& option : options) {
    if (name == "--" + option) return option;
  }
  const std::string meant = did_you_mean(name, dashed(options));
  for (const std::string& option : option_names) {
    if (name != "--" + option) continue;
    wrong = fmt::format(
        "{}, and {} says nothing to it; it takes {}{}{}",
        command == Command::sweep ? "`sweep` simulates" : "`collectives` runs no scenario",
        back_quoted(name), fmt::join(dashed(options), ", "), meant.empty() ? "" : "; ", meant);
    return "";
  }
  wrong = fmt::format("no option {}{}{}", back_quoted(name), meant.empty() ? "" : "; ", meant);
  return "";
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
      if (i + 1 < words.size() && is_number(words[i + 1])) {
        const std::string wrong = take_ranks(words[++i], request);
        if (!wrong.empty()) return wrong;
      }
      continue;
    }
    if (word.starts_with("--launch=")) {
      const std::string wrong = take_ranks(word.substr(9), request);
      if (!wrong.empty()) return wrong;
      continue;
    }
    if (!word.starts_with('-')) {
      if (request.command == Command::collectives) {
        return fmt::format("`collectives` takes no FILE: {}", back_quoted(word));
      }
      request.files.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    std::string wrong;
    const std::string option = option_of(word, request.command, wrong);
    if (option.empty()) return wrong;
    if (option != "variant" && !seen.insert(option).second) {
      return fmt::format("`--{}` is given more than once", option);
    }
    if (equals == std::string::npos && i + 1 == words.size()) {
      return fmt::format("`--{}` needs a value", option);
    }
    const std::string value = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    wrong = take(option, value, request);
    if (!wrong.empty()) return wrong;
  }
  if (request.command != Command::collectives && request.files.empty()) return "no FILE given";
  if (request.command == Command::sweep) {
    return request.launches ? "`sweep` takes no `--launch`: start it by mpirun" : "";
  }
  return check_algorithm(request);
}

/// `log diff A B`.
std::string read_log_diff(const std::vector<std::string>& words, Request& request) {
  if (std::ranges::count(words, "--help") + std::ranges::count(words, "-h") > 0) return "";
  if (words.size() < 2 || words[1] != "diff") {
    const std::string given = words.size() < 2 ? "" : ", not " + back_quoted(words[1]);
    return fmt::format("`log` takes `diff` and two logs or folders of logs{}", given);
  }
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i].starts_with('-')) {
      return fmt::format("`log diff` takes no option: {}", back_quoted(words[i]));
    }
  }
  if (words.size() != 4) {
    return fmt::format("`log diff` takes two logs or folders of logs, not {}", words.size() - 2);
  }
  request.command = Command::log_diff;
  request.files = {words[2], words[3]};
  return "";
}

}  // namespace

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

std::string read_request(const std::vector<std::string>& words, Request& request) {
  const std::vector<std::string> commands = {"run", "sweep",  "collectives",
                                             "log", "doctor", "help"};
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") return "";
  if (words[0] == "doctor") {
    request.command = Command::doctor;
    return words.size() == 1 ? "" : "`doctor` takes nothing";
  }
  if (words[0] == "log") return read_log_diff(words, request);
  if (words[0] != "run" && words[0] != "sweep" && words[0] != "collectives") {
    const std::string meant = did_you_mean(words[0], commands);
    return fmt::format("no command `{}`{}{}", printable(words[0]), meant.empty() ? "" : "; ",
                       meant);
  }
  request.command = words[0] == "run"     ? Command::run
                    : words[0] == "sweep" ? Command::sweep
                                          : Command::collectives;
  return read_run(words, request);
}

std::string help_text() {
  std::string algorithms;
  for (const Backend* backend : backends()) {
    if (!backend->built()) continue;
    algorithms += fmt::format("                     {}: {}\n", backend->name(),
                              fmt::join(backend->algorithms(), ", "));
  }
  return fmt::format(
      "reducecheck-real: scenarios on real ranks, compared with the simulator\n\n"
      "  mpirun -n N reducecheck-real run FILE... [OPTION...]\n"
      "                                               every variant in every layout of N ranks\n"
      "  mpirun -n N reducecheck-real sweep FILE...   the simulator's sweep, in N shares\n"
      "  reducecheck-real collectives [OPTION...]     every collective alone, in every type\n"
      "  reducecheck-real log diff A B                two logs of NCCL calls, or folders of them\n"
      "  reducecheck-real doctor                      what this build and machine have\n\n"
      "  --backend NAME     {}\n"
      "  --mesh tp=2,ep=2   layouts with these sizes only\n"
      "  --up-to-ranks N    every size of an axis that fits, not those of the file only\n"
      "  --variant NAME     this variant only; may be repeated\n"
      "  --dtype TYPE       mod64 (default, exact), fp32, bf16, fp16, fp8_e4m3 or fp8_e5m2\n"
      "  --algorithm NAME   of sums over ranks, forced and read back\n"
      "{}"
      "  --tokens N         tokens of each owner\n"
      "  --seed N           of inputs and weights (default 1)\n"
      "  --deadline N       seconds that ranks wait for each other (default 10)\n"
      "  --launch [N]       start the ranks from here, and say which rank fails where\n\n"
      "Exit status: 0 equal, 1 different or calls that do not match, 2 usage or input,\n"
      "3 the library, the launcher or a rank failed, 77 nothing was compared.\n",
      fmt::join(backend_names(), " or "), algorithms);
}

}  // namespace reducecheck::real
