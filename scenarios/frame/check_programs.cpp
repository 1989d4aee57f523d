// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "scenarios/frame/checks.hpp"
#include "scenarios/frame/program_names.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

/// Hints compare a word with every name; a text of nothing but unknown words must not take minutes.
constexpr std::size_t most_hints = 50;

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

std::string hint_for(const UnknownName& unknown, const ProgramNames& program,
                     const FrameNames& frame, ProgramNames::Side side) {
  std::vector<std::string> names = program.own_names();
  append(names, frame.of({NameKind::switch_, NameKind::size, NameKind::weight, NameKind::input}));
  const bool distributed = side == ProgramNames::Side::distributed;
  if (distributed) append(names, frame.of({NameKind::axis, NameKind::group, NameKind::alias}));
  if (unknown.called) {
    for (const std::string& function : all_functions()) {
      if (distributed || !needs_mesh(function)) names.push_back(function);
    }
  }
  return did_you_mean(unknown.name, names);
}

void report(const UnknownName& unknown, std::string_view where, std::string hint,
            Diagnostics& diagnostics) {
  diagnostics.error(unknown.at,
                    fmt::format("unknown {} {}{}", unknown.called ? "function" : "name",
                                back_quoted(unknown.name), where),
                    std::move(hint));
}

void require_outputs(const Scenario& scenario, const ProgramNames& program, Position at,
                     const std::string& who, Diagnostics& diagnostics) {
  for (const Layout& output : scenario.outputs) {
    if (program.assigns(output.name)) continue;
    diagnostics.error(at,
                      fmt::format("{} never assigns the output {}", who, back_quoted(output.name)));
  }
}

/// Where an error about a whole program is shown.
Position place(const Program& program, Position otherwise) {
  return program.empty() ? otherwise : program.front().at;
}

void check_reference(const Reading& reading, const FrameNames& frame, Diagnostics& diagnostics) {
  if (reading.broken.contains("reference")) return;
  const Scenario& scenario = reading.scenario;
  constexpr auto side = ProgramNames::Side::reference;
  ProgramNames program({&scenario.reference}, side, frame);
  std::size_t hints = 0;
  for (const UnknownName& unknown : program.check(diagnostics)) {
    report(unknown, " in the reference",
           ++hints <= most_hints ? hint_for(unknown, program, frame, side) : "", diagnostics);
  }
  require_outputs(scenario, program, place(scenario.reference, {}), "the reference", diagnostics);
}

struct Users {
  std::vector<std::string> without;  // variants that do not declare the name
  std::string hint;
};

void check_distributed(const Reading& reading, const FrameNames& frame, Diagnostics& diagnostics) {
  if (reading.broken.contains("distributed")) return;
  const Scenario& scenario = reading.scenario;
  constexpr auto side = ProgramNames::Side::distributed;
  // The shared text is checked once for each variant, and an error in it is told once for all.
  std::map<UnknownName, Users> found;
  std::map<std::string, std::vector<std::string>> declared_by;  // name -> variants
  std::size_t hints = 0;
  for (const Variant& variant : scenario.variants) {
    if (reading.broken.contains("variant." + variant.name)) continue;
    ProgramNames program({&variant.program, &scenario.distributed}, side, frame);
    for (const UnknownName& unknown : program.check(diagnostics)) {
      Users& users = found[unknown];
      if (users.without.empty() && ++hints <= most_hints) {
        users.hint = hint_for(unknown, program, frame, side);
      }
      users.without.push_back(variant.name);
    }
    for (const std::string& name : program.own_names()) declared_by[name].push_back(variant.name);
    require_outputs(scenario, program,
                    place(scenario.distributed, place(variant.program, variant.at)),
                    fmt::format("variant {}", back_quoted(variant.name)), diagnostics);
  }
  for (auto& [unknown, users] : found) {
    const auto declaring = declared_by.find(unknown.name);
    if (declaring == declared_by.end()) {
      report(unknown, "", std::move(users.hint), diagnostics);
      continue;
    }
    const char* plural = users.without.size() == 1 ? "" : "s";
    report(unknown, fmt::format(" in variant{} {}", plural, fmt::join(users.without, ", ")),
           fmt::format("it is declared in {}", fmt::join(declaring->second, ", ")), diagnostics);
  }
}

}  // namespace

void check_programs(const Reading& reading, const FrameNames& names, Diagnostics& diagnostics) {
  check_reference(reading, names, diagnostics);
  check_distributed(reading, names, diagnostics);
}

}  // namespace reducecheck
