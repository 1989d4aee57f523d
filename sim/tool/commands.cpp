// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "scenarios/text/diagnostic.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/exit_status.hpp"
#include "sim/tool/request.hpp"
#include "sim/tool/version.hpp"

namespace reducecheck::tool {
namespace {

std::vector<OptionSpec> help_only() {
  return {{"help", nullptr, "this text", false, 'h'}};
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

std::string usage_text() {
  std::string text = "usage: reducecheck COMMAND ...\n\n";
  for (const Command& command : commands()) {
    text += fmt::format("  {:<30}{}\n", fmt::format("{} {}", command.name, command.synopsis),
                        command.sentence);
  }
  return text + fmt::format("  {:<30}{}\n  {:<30}{}\n", "help [COMMAND]",
                            "this list, or one command", "--version", "version and commit");
}

int run_help(const std::vector<std::string>& words, Console& console) {
  if (words.empty()) {
    console.result(usage_text() +
                   "\nexit status: 0 all as expected, 1 not as expected, 2 usage or input, "
                   "3 internal, 77 skipped\n");
    return ExitStatus::as_expected;
  }
  const auto found = std::ranges::find_if(
      commands(), [&](const Command& command) { return command.name == words.front(); });
  if (found != commands().end()) {
    console.result(command_help(*found));
    return ExitStatus::as_expected;
  }
  return usage_error(console, "",
                     fmt::format("no help on `{}`; commands: {}", one_line(words.front()),
                                 fmt::join(command_names(), ", ")));
}

constexpr std::array all_commands = {
    Command{"check", "FILE...", "every variant in every layout",
            "FILE is a scenario, or a directory whose *.toml files are all checked. What a file\n"
            "expects of a variant is compared with what is found. The smallest case of each\n"
            "unexpected finding is saved as a scenario for `replay`.\n",
            check_options, run_check},
    Command{
        "explain", "FILE|CLASS", "what is wrong, where, and what mends it",
        "For a scenario: each failing variant with the state of its branch, the condition, the "
        "layouts\n"
        "that hide it, the smallest one to try, small edits that mend it in every layout of the\n"
        "sweep, and edits that look as if they did. --also names files to look for the same\n"
        "pattern in. For a class of defect, such as double_reduce: what it is, and shipped "
        "files\n"
        "that show it. Without an argument: the list of classes.\n",
        explain_options, run_explain},
    Command{"prove", "FILE...", "one verdict for all sizes of all axes",
            "Each variant is run once for every size, by cases; a refutation is confirmed by an\n"
            "exact run. --certificate writes the proof as data, which reducecheck-proof-check\n"
            "reads without this program.\n",
            prove_options, run_prove},
    Command{"diff", "A [B...]", "where counts change between variants",
            "A is FILE:VARIANT, or FILE with one variant; B likewise, or :VARIANT of the file\n"
            "before. One FILE alone: all of its variants. How often each weight is counted\n"
            "where it is used, side by side, layout by layout and layer by layer. Each column\n"
            "is compared with the one before; exit status 1: something right is now wrong.\n",
            diff_options, run_diff},
    Command{"plan", "FILE", "the cheapest collectives that are correct",
            "For a variant that holds for all sizes, and each case of its proof: how the\n"
            "branches arrive before their first collective, the three cheapest sequences of\n"
            "calls that complete them, what no plan can go below, and for each variant that\n"
            "holds whether it costs more. The first plan is proved for all sizes. Times are\n"
            "of a linear model without overlap.\n",
            plan_options, run_plan},
    Command{"certify", "A B", "whether two outputs are rounding apart",
            "A and B are dumps of two versions of a layer, or safetensors files of one rank,\n"
            "with tensors named SCOPE/output/NAME. With --partials each is judged by the exact\n"
            "sum of the partial sums and by a certified bound: same bits, rounding only, or a\n"
            "defect with a witness. Without, bits that differ are undecided; exit status 1.\n"
            "With --power and no inputs: how small a wrong coefficient each check can see.\n",
            certify_options, run_certify},
    Command{"diagnose", "DIR", "which reduction a run got wrong, from its tensors",
            "DIR is a dump: partial sums, addends and outputs of each rank. Each output is held\n"
            "against every sum that one or two faults can make of them, bit by bit where the\n"
            "order of additions is known, else within what rounding can do in any order: which\n"
            "branch counts how often, and what mends it. Exit status 0 only where every output\n"
            "holds; 1 for a defect and for what is undecided.\n",
            diagnose_options, run_diagnose},
    Command{"dump", "DIR", "what the dump of a run holds",
            "DIR has one safetensors file a rank, as reducecheck_dump.py writes them. Exit\n"
            "status 2 where it is no whole dump, or where a value is NaN or infinite.\n",
            help_only, run_dump},
    Command{
        "orders", "[NAME]", "in which order a library adds, drawn",
        "Without an argument: the list of known reduction orders. With a NAME: which\n"
        "element is added in which order, where sums are rounded, whether ranks end with the same\n"
        "bits, and the source. --set gives what a run was told, such as protocol=ll.\n",
        orders_options, run_orders},
    Command{"mutate", "FILE...", "which single faults the layouts of a file would miss",
            "Each variant that holds in every layout of the sweep is edited in one place at a\n"
            "time: a collective dropped, doubled, moved, over another group; a scale, a guard, a\n"
            "condition, a flag. Caught: a layout of the sweep is wrong. Equivalent: right for all\n"
            "sizes, which is proved. Missed: wrong only where the sweep does not look, with what\n"
            "`mesh` must say. Exit status 1 where one is missed.\n",
            mutate_options, run_mutate},
    Command{"fuzz", "[FILE...]", "random programs: interpreters and prover must agree",
            "Layers that are right by construction, with none, one or two faults, in every\n"
            "layout of up to six ranks: exact runs modulo 2^61 - 1 and 2^64, and the proof for\n"
            "all sizes. A program on which two disagree is made small and saved, and the exit\n"
            "status is 1: one of them has a fault. With FILE: its variants are compared.\n",
            fuzz_options, run_fuzz},
    Command{"replay", "FILE", "a saved counterexample",
            "Runs the variant and the seed that `[replay]` of the file names.\n", replay_options,
            run_replay},
    Command{"models", "[NAME|config.json]", "known model shapes, or one of them",
            "Without an argument: the list. With a config.json: the shape that is read from it,\n"
            "and what had to be assumed.\n",
            help_only, run_models},
};

}  // namespace

std::span<const Command> commands() {
  return all_commands;
}

const Command& command_named(std::string_view name) {
  const auto found =
      std::ranges::find_if(commands(), [&](const Command& one) { return one.name == name; });
  if (found == commands().end()) std::abort();
  return *found;
}

std::string command_help(const Command& command) {
  return fmt::format("usage: reducecheck {} {} [OPTION...]\n\n{}.\n{}\noptions:\n{}", command.name,
                     command.synopsis, command.sentence, command.details,
                     options_text(command.options()));
}

int usage_error(Console& console, std::string_view command, std::string_view message) {
  console.note(fmt::format("reducecheck: error: {}\ntry `reducecheck help{}{}`\n", message,
                           command.empty() ? "" : " ", command));
  return ExitStatus::usage;
}

int run_tool(const std::vector<std::string>& words, Console& console) {
  if (words.empty()) {
    console.note(usage_text());
    return ExitStatus::usage;
  }
  const std::string& first = words.front();
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (first == "--version") {
    console.result(fmt::format("reducecheck {}\n", version_text()));
    return ExitStatus::as_expected;
  }
  if (first == "help" || first == "--help" || first == "-h") return run_help(rest, console);
  const auto found = std::ranges::find_if(
      commands(), [&](const Command& command) { return command.name == first; });
  if (found != commands().end()) return found->run(rest, console);
  if (first.starts_with("-")) {
    return usage_error(console, "",
                       fmt::format("option `{}` before a command; commands: {}", one_line(first),
                                   fmt::join(command_names(), ", ")));
  }
  const std::string meant = did_you_mean(first, command_names());
  return usage_error(
      console, "",
      fmt::format("unknown command `{}`; {}commands: {}", one_line(first),
                  meant.empty() ? "" : meant + " ", fmt::join(command_names(), ", ")));
}

}  // namespace reducecheck::tool
