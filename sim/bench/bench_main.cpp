// SPDX-License-Identifier: Apache-2.0
// Speed and scale against their bars: one table, and a record as JSON. Nothing here is a test; with
// --quick everything is run once at small sizes, so that a test can run it as a user does.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/bench/bench_options.hpp"
#include "sim/bench/timing.hpp"

namespace reducecheck::bench {
namespace {

constexpr const char* usage =
    "usage: reducecheck_bench [--quick] [--rows GROUP] [--catalogue DIR] [--build-record FILE]\n"
    "                         [--mpiexec FILE --mpi-program FILE] [--record FILE]\n"
    "       reducecheck_bench --growth FILE [--quick]\n"
    "groups of rows: toy, layer, all_reduce, check, build; without a word all\n";

struct RowGroup {
  std::string_view name;
  void (*rows)(const BenchOptions&, BenchTable&);
};

constexpr RowGroup groups[] = {{"toy", toy_rows},
                               {"layer", layer_rows},
                               {"all_reduce", all_reduce_rows},
                               {"check", check_rows},
                               {"build", build_rows}};

bool write(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (stream) return true;
  fmt::print(stderr, "reducecheck_bench: cannot write `{}`\n", file);
  return false;
}

struct BenchWords {
  BenchOptions options;
  std::string group;  // empty: all
  std::string record;
  std::string growth;
  std::string memory_of;
};

bool read_words(const std::vector<std::string>& words, BenchWords& read) {
  read.options.catalogue = "scenarios/catalogue";
  const std::map<std::string, std::string*> values = {
      {"--catalogue", &read.options.catalogue},
      {"--mpiexec", &read.options.mpiexec},
      {"--mpi-program", &read.options.mpi_program},
      {"--build-record", &read.options.build_record},
      {"--rows", &read.group},
      {"--record", &read.record},
      {"--growth", &read.growth},
      {"--memory-of", &read.memory_of}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--quick") {
      read.options.quick = true;
      continue;
    }
    const auto found = values.find(words[i]);
    if (found == values.end() || i + 1 == words.size()) return false;
    *found->second = words[++i];
  }
  // Both or none: the program needs something that starts it.
  return read.options.mpiexec.empty() == read.options.mpi_program.empty();
}

int run(const std::vector<std::string>& words) {
  BenchWords read;
  if (!read_words(words, read)) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  if (!read.memory_of.empty()) return print_memory_of(read.memory_of) ? 0 : 2;
  if (!read.growth.empty()) return write(read.growth, growth_json(read.options)) ? 0 : 2;
  const bool known =
      std::ranges::any_of(groups, [&](const RowGroup& group) { return read.group == group.name; });
  if (!read.group.empty() && !known) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  BenchTable table(read.options.quick);
  const double seconds = seconds_of(Meter::wall, [&] {
    for (const RowGroup& group : groups) {
      if (read.group.empty() || read.group == group.name) group.rows(read.options, table);
    }
  });
  fmt::print("{}", table.text());
  const std::string command = read.options.quick ? "reducecheck_bench --quick"
                                                 : "cmake --build --preset release --target bench";
  return read.record.empty() || write(read.record, table.record(seconds, command)) ? 0 : 2;
}

}  // namespace
}  // namespace reducecheck::bench

int main(int count, char** words) {
  return reducecheck::bench::run({words + (count > 0 ? 1 : 0), words + count});
}
