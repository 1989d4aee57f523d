// SPDX-License-Identifier: Apache-2.0
// Layers at the real dimensions of their models, weights generated and forgotten.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sim/bench/bench_options.hpp"
#include "sim/bench/layer_simulation.hpp"
#include "sim/bench/naive_layer.hpp"
#include "sim/bench/timing.hpp"

namespace reducecheck::bench {
namespace {

using Layer = LayerSimulation<Float32>;
constexpr int tensor_ranks = 8;
constexpr int tokens = 64;

constexpr const char* generation = "half of the pass generates weights, a 64-bit hash each";

/// The layer of that preset; a quick run has a tenth of its widths, and fewer experts.
LayerSizes sizes_of(const std::string& preset, bool quick) {
  LayerSizes sizes = model_layer(preset, quick ? 4 : tokens);
  if (!quick) return sizes;
  sizes.hidden = 64;
  sizes.inter = sizes.shared_inter = 32;
  return sizes;
}

/// Rows that one expert of the layer has, were they spread evenly, and how many experts have any.
struct Spread {
  int rows;
  int experts;
};

Spread spread(const LayerSizes& s) {
  const int choices = s.tokens * s.top_k;
  const int experts = std::min(s.experts, choices);
  return {choices / experts, experts};
}

void against_eigen(const BenchOptions& options, BenchTable& table) {
  const LayerSizes sizes = sizes_of("glm-4.5-air", options.quick);
  Layer layer(sizes, 1, tensor_ranks);
  NaiveLayer naive(sizes, tensor_ranks);
  const auto [rows, experts] = spread(sizes);
  // Every expert costs the naive simulation the same, so a few are timed.
  const int timed = std::min(experts, 8);
  const Rounds times = in_turn(options.quick ? 1 : 5, Meter::processor,
                               {[&] { layer.run(1); },
                                [&] {
                                  for (int i = 0; i < timed; ++i) naive.expert(rows);
                                },
                                [&] {
                                  naive.expert(sizes.tokens);  // the shared one
                                  naive.reduce();
                                }});
  const double whole = times.ratio(1, 0) * experts / timed + times.ratio(2, 0);
  BenchRow row =
      at_least("GLM-4.5-Air layer, 64 tokens, tp=8, against Eigen with stored random weights", 25,
               whole, Unit::times, generation);
  row.measured += fmt::format(" ({:.2f} s a pass)", times.seconds(0));
  table.add(std::move(row));
}

/// The most memory of a process of its own that runs one pass, in MiB.
std::optional<double> memory_of(const char* layer, bool quick) {
  const std::string command =
      fmt::format("'{}' --memory-of {}{}", std::filesystem::read_symlink("/proc/self/exe").string(),
                  layer, quick ? "-small" : "");
  std::FILE* const pass = popen(command.c_str(), "r");
  if (pass == nullptr) return std::nullopt;
  double mebibytes = 0;
  const bool read = std::fscanf(pass, "%lf", &mebibytes) == 1;
  if (pclose(pass) != 0 || !read) return std::nullopt;
  return mebibytes;
}

void memory(const BenchOptions& options, BenchTable& table, const char* layer, std::string what,
            double bar, const char* reason) {
  const auto mebibytes = memory_of(layer, options.quick);
  if (mebibytes) {
    table.add(at_most(std::move(what), bar, *mebibytes, Unit::mebibytes, reason));
  } else {
    table.add(not_measured(std::move(what), told(bar, Unit::mebibytes), "the pass did not end"));
  }
}

void deepseek(const BenchOptions& options, BenchTable& table) {
  Layer glm(sizes_of("glm-4.5-air", options.quick), 1, tensor_ranks);
  Layer deepseek(sizes_of("deepseek-v3", options.quick), 1, tensor_ranks);
  const Rounds times = in_turn(options.quick ? 1 : 2, Meter::processor,
                               {[&] { glm.run(1); }, [&] { deepseek.run(1); }}, false);
  BenchRow row =
      at_most("DeepSeek-V3 layer, 64 tokens, against the GLM-4.5-Air layer", 5, times.ratio(1, 0),
              Unit::times, "it has 5.1 times the weights, all but a few of them of chosen experts");
  row.measured += fmt::format(" ({:.1f} s a pass)", times.seconds(1));
  table.add(std::move(row));
}

/// With half the tokens: the partial sums of 64 on 1,024 ranks are as many numbers as one plan may
/// have.
void many_ranks(const BenchOptions& options, BenchTable& table) {
  LayerSizes sizes = sizes_of("glm-4.5-air", options.quick);
  sizes.tokens /= 2;
  Layer one(sizes, 1, 1);
  const auto many =
      options.quick ? std::make_unique<Layer>(sizes, 4, 8) : std::make_unique<Layer>(sizes, 128, 8);
  const Rounds times = in_turn(options.quick ? 1 : 3, Meter::processor,
                               {[&] { one.run(1); }, [&] { many->run(1); }});
  table.add(at_most("full layer, 32 tokens, t(1,024 ranks) / t(1)", 1.4, times.ratio(1, 0),
                    Unit::times,
                    "the partial sums of 1,024 ranks are written and read whole, half a MiB a rank "
                    "and branch, most of it zero"));
}

/// VmHWM of this process, which an exec begins anew.
double most_memory() {
  std::FILE* const status = std::fopen("/proc/self/status", "r");
  if (status == nullptr) return 0;
  char line[256];
  double kibibytes = 0;
  while (std::fgets(line, sizeof line, status) != nullptr) {
    if (std::sscanf(line, "VmHWM: %lf kB", &kibibytes) == 1) break;
  }
  static_cast<void>(std::fclose(status));
  return kibibytes / 1024;
}

}  // namespace

bool print_memory_of(const std::string& layer) {
  const bool quick = layer.ends_with("-small");
  const std::string preset = layer.substr(0, layer.size() - (quick ? 6 : 0));
  if (preset != "glm-4.5-air" && preset != "deepseek-v3") return false;
  Layer(sizes_of(preset, quick), 1, tensor_ranks).run(1);
  fmt::print("{:.1f}\n", most_memory());
  return true;
}

void layer_rows(const BenchOptions& options, BenchTable& table) {
  against_eigen(options, table);
  const LayerSizes glm = model_layer("glm-4.5-air", tokens);
  const double partial = 4.0 * glm.tokens * glm.hidden / (1 << 20);
  memory(options, table, "glm-4.5-air",
         "GLM-4.5-Air layer, memory of the process (bar: 64 MiB and the partials)",
         64 + 2 * tensor_ranks * partial, "the values of a plan are all kept");
  memory(options, table, "deepseek-v3", "DeepSeek-V3 layer, 64 tokens, memory of the process", 1024,
         "the values of a plan are all kept");
  deepseek(options, table);
  many_ranks(options, table);
}

}  // namespace reducecheck::bench
