// SPDX-License-Identifier: Apache-2.0
// How the cost of a case grows with each size alone.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/bench/bench_options.hpp"
#include "sim/bench/layer_simulation.hpp"
#include "sim/bench/timing.hpp"

namespace reducecheck::bench {
namespace {

struct Point {
  int at;
  LayerSizes sizes;
  int ep;
  int tp;
};

struct Curve {
  const char* along;
  const char* fixed;  // in words
  std::vector<Point> points;
};

/// Wide enough for 1,024 ranks.
constexpr LayerSizes base{
    .tokens = 16, .hidden = 64, .inter = 32, .shared_inter = 32, .experts = 32, .top_k = 2};

std::vector<Curve> curves() {
  Curve ranks{"ranks", "16 tokens, 32 experts top-2, hidden 64, width 32", {}};
  for (const auto& [ep, tp] : {std::pair{1, 1},
                               {2, 1},
                               {2, 2},
                               {4, 2},
                               {4, 4},
                               {8, 4},
                               {8, 8},
                               {16, 8},
                               {16, 16},
                               {32, 16},
                               {32, 32}}) {
    ranks.points.push_back({ep * tp, base, ep, tp});
  }
  Curve tokens{"tokens", "ep=4 tp=4, 32 experts top-2, hidden 64, width 32", {}};
  Curve experts{"experts", "ep=4 tp=4, 64 tokens, top-2, hidden 64, width 32", {}};
  Curve hidden{"hidden", "ep=4 tp=4, 16 tokens, 32 experts top-2, width 32", {}};
  for (int n = 4; n <= 4096; n *= 4) {
    LayerSizes sizes = base;
    sizes.tokens = n;
    tokens.points.push_back({n, sizes, 4, 4});
  }
  for (int n = 4; n <= 256; n *= 2) {
    LayerSizes sizes = base;
    sizes.tokens = 64;
    sizes.experts = n;
    experts.points.push_back({n, sizes, 4, 4});
  }
  for (int n = 16; n <= 8192; n *= 2) {
    LayerSizes sizes = base;
    sizes.hidden = n;
    hidden.points.push_back({n, sizes, 4, 4});
  }
  return {ranks, tokens, experts, hidden};
}

double seconds_a_case(const Point& point, bool quick) {
  LayerSimulation<Mod64> layer(point.sizes, point.ep, point.tp);
  const double once = seconds_of(Meter::processor, [&] { layer.run(0); });
  const int cases = quick ? 1 : static_cast<int>(std::clamp(0.02 / once, 1.0, 2000.0));
  std::vector<double> samples;
  for (int round = 0; round < (quick ? 1 : 7); ++round) {
    samples.push_back(seconds_of(Meter::processor,
                                 [&] {
                                   for (int i = 1; i <= cases; ++i)
                                     layer.run(static_cast<std::uint64_t>(i));
                                 }) /
                      cases);
  }
  return median(std::move(samples));
}

}  // namespace

std::string growth_json(const BenchOptions& options) {
  nlohmann::ordered_json json = {{"date", date_of_today()},
                                 {"says",
                                  "processor seconds of one case, one thread: per-branch, "
                                  "merged and reference in integers modulo 2^64"},
                                 {"curves", nlohmann::ordered_json::array()}};
  for (const Curve& curve : curves()) {
    nlohmann::ordered_json points = nlohmann::ordered_json::array();
    for (const Point& point : curve.points) {
      if (options.quick && points.size() == 2) break;
      const double seconds = seconds_a_case(point, options.quick);
      fmt::print(stderr, "{} {}: {:.2f} us\n", curve.along, point.at, 1e6 * seconds);
      points.push_back({point.at, seconds});
    }
    json["curves"].push_back({{"along", curve.along}, {"fixed", curve.fixed}, {"points", points}});
  }
  return json.dump(1) + '\n';
}

}  // namespace reducecheck::bench
