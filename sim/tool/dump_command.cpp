// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "sim/dump/dump_folder.hpp"
#include "sim/report/columns.hpp"
#include "sim/report/words.hpp"
#include "sim/tool/commands.hpp"
#include "sim/tool/exit_status.hpp"

namespace reducecheck::tool {
namespace {

/// One tensor on all ranks that have it.
struct Everywhere {
  const DumpTensor* first = nullptr;
  std::vector<int> ranks;
  std::size_t non_finite = 0;
};

std::map<DumpName, Everywhere> tensors_of(const Dump& dump) {
  std::map<DumpName, Everywhere> all;
  for (std::size_t rank = 0; rank < dump.ranks.size(); ++rank) {
    for (const auto& [text, tensor] : dump.ranks[rank].tensors) {
      const std::optional<DumpName> name = parse_dump_name(text);
      if (!name) continue;
      Everywhere& one = all[*name];
      if (one.first == nullptr) one.first = &tensor;
      one.ranks.push_back(static_cast<int>(rank));
      one.non_finite += non_finite(tensor).count;
    }
  }
  return all;
}

std::string heading_text(const std::string& directory, const Dump& dump) {
  std::vector<std::string> axes;
  for (const auto& [axis, size] : dump.mesh) axes.push_back(fmt::format("{}={}", axis, size));
  std::string text =
      fmt::format("{}\n  mesh   {}: {}\n  group  {}\n", one_line(directory), fmt::join(axes, " "),
                  counted(dump.ranks.size(), "rank"), fmt::join(dump.group, " * "));
  if (!dump.order.empty()) text += fmt::format("  order  {}\n", one_line(dump.order));
  return text;
}

std::string tensors_text(const std::map<DumpName, Everywhere>& all, std::size_t ranks,
                         bool colour) {
  std::vector<Row> rows = {
      {{"scope"}, {"kind"}, {"name"}, {"type"}, {"shape"}, {"ranks"}, {"not finite"}}};
  for (const auto& [name, one] : all) {
    rows.push_back({{one_line(name.scope)},
                    {std::string(spelling(name.kind))},
                    {one_line(name.name), Ink::strong},
                    {std::string(spelling(one.first->type))},
                    {fmt::format("[{}]", fmt::join(one.first->shape, ", "))},
                    {one.ranks.size() == ranks ? "" : rank_set(one.ranks)},
                    {one.non_finite == 0 ? "" : fmt::format("{}", one.non_finite), Ink::bad}});
  }
  return aligned(rows, "  ", colour);
}

int show_dump(const std::string& directory, Console& console) {
  std::vector<std::string> errors;
  const std::optional<Dump> dump = read_dump(directory, errors);
  if (dump) {
    const std::map<DumpName, Everywhere> all = tensors_of(*dump);
    console.result(heading_text(directory, *dump) + '\n');
    console.result(all.empty() ? "  no tensors\n"
                               : tensors_text(all, dump->ranks.size(), console.colour()));
    errors = non_finite_tensors(*dump, directory);
  }
  for (const std::string& error : errors) console.note(error + '\n');
  return errors.empty() ? ExitStatus::as_expected : ExitStatus::usage;
}

}  // namespace

int run_dump(const std::vector<std::string>& words, Console& console) {
  const Command& spec = command_named("dump");
  Arguments arguments;
  const UsageMessage message = parse_arguments(spec.options(), words, arguments);
  if (!message.empty()) return usage_error(console, "dump", one_line(message));
  if (arguments.has("help")) {
    console.result(command_help(spec));
    return ExitStatus::as_expected;
  }
  if (arguments.inputs.empty()) return usage_error(console, "dump", "no DIR given");
  if (arguments.inputs.size() > 1) return usage_error(console, "dump", "one DIR only");
  return show_dump(arguments.inputs.front(), console);
}

}  // namespace reducecheck::tool
