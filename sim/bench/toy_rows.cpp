// SPDX-License-Identifier: Apache-2.0
// Cases a second of the toy layer: against a naive simulation, with threads, with ranks, under a
// property, and their allocations.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <thread>

#include "sim/bench/allocation_count.hpp"
#include "sim/bench/bench_options.hpp"
#include "sim/bench/layer_simulation.hpp"
#include "sim/bench/naive.hpp"
#include "sim/bench/property_test.hpp"
#include "sim/bench/timing.hpp"

namespace reducecheck::bench {
namespace {

using Toy = LayerSimulation<Mod64>;

[[noreturn]] void give_up(const char* why) {
  fmt::print(stderr, "nothing was measured: {}\n", why);
  std::exit(1);
}

/// Runs cases with seeds that no other call has.
class Cases {
 public:
  template <class Body>
  void run(int count, Body body) {
    for (int i = 0; i < count; ++i) {
      if (!body(seed_++)) give_up("a case is wrong");
    }
  }

 private:
  std::uint64_t seed_ = 1;
};

void against_naive(const BenchOptions& options, BenchTable& table) {
  struct Bar {
    int ep;
    int tp;
    double ratio;
  };
  const LayerSizes sizes;
  const int cases = options.quick ? 20 : 4000;
  for (const Bar& bar : {Bar{1, 1, 6}, Bar{4, 4, 10}, Bar{8, 8, 20}}) {
    Toy toy(sizes, bar.ep, bar.tp);
    std::uint64_t digest = 0;
    if (!naive_case(sizes, bar.ep, bar.tp, 1, digest)) give_up("the naive simulation is wrong");
    if (!toy.run_and_judge(1) || toy.digest() != digest) give_up("the two simulations differ");
    Cases ours, theirs;
    const int fewer = std::max(1, cases / 20);
    const Rounds times = in_turn(
        options.quick ? 1 : 15, Meter::processor,
        {[&] { ours.run(cases, [&](std::uint64_t seed) { return toy.run_and_judge(seed); }); },
         [&] {
           theirs.run(fewer, [&](std::uint64_t seed) {
             return naive_case(sizes, bar.ep, bar.tp, seed, digest);
           });
         }});
    const double ratio = times.ratio(1, 0) * cases / fewer;
    BenchRow row = at_least(
        fmt::format("toy cases a second against one Eigen object a rank, {}x{}", bar.ep, bar.tp),
        bar.ratio, ratio, Unit::times,
        "profile: half of a case is the dispatch of small steps, a third the contents of weights, "
        "which both sides make with the same hash, a fifth the products");
    row.measured += fmt::format(" ({:.0f} a second)", cases / times.seconds(0));
    table.add(std::move(row));
  }
}

void two_threads(const BenchOptions& options, BenchTable& table) {
  const int cases = options.quick ? 20 : 40'000;
  Toy first(LayerSizes{}, 4, 4);
  Toy second(LayerSizes{}, 4, 4);
  const auto work = [cases](Toy& toy) {
    return [&toy, cases] {
      for (int i = 0; i < cases; ++i) toy.run_and_judge(static_cast<std::uint64_t>(i));
    };
  };
  const Rounds times =
      in_turn(options.quick ? 1 : 7, Meter::wall, {work(first), [&] {
                                                     std::jthread helper(work(second));
                                                     work(first)();
                                                   }});
  table.add(at_least("two threads over cases against one", 1.85, 2 * times.ratio(0, 1), Unit::times,
                     "the threads share nothing; other programs had the second core"));
}

void growth(const BenchOptions& options, BenchTable& table) {
  const int cases = options.quick ? 10 : 3000;
  const int rounds = options.quick ? 1 : 15;
  const auto repeat = [](Toy& toy, int count) {
    return [&toy, count] {
      for (int i = 0; i < count; ++i) toy.run(static_cast<std::uint64_t>(i));
    };
  };
  Toy one(LayerSizes{}, 1, 1);
  Toy many(LayerSizes{}, 8, 8);
  const Rounds toy = in_turn(rounds, Meter::processor, {repeat(one, cases), repeat(many, cases)});
  table.add(at_most("growth with ranks, toy: t(64) / t(1)", 2, toy.ratio(1, 0), Unit::times,
                    "each rank has steps of its own in the plan, whose dispatch costs more than "
                    "their few numbers"));

  // Width and experts enough for 1,024 ranks, the same for all.
  const LayerSizes wide{.inter = 32, .shared_inter = 32, .experts = 32};
  Toy r64(wide, 8, 8);
  Toy r256(wide, 16, 16);
  Toy r1024(wide, 32, 32);
  const int fewer = std::max(1, cases / 15);
  const Rounds slopes = in_turn(rounds, Meter::processor,
                                {repeat(r64, fewer), repeat(r256, fewer), repeat(r1024, fewer)});
  const double near = (slopes.seconds(1) - slopes.seconds(0)) / (256 - 64);
  const double far = (slopes.seconds(2) - slopes.seconds(1)) / (1024 - 256);
  BenchRow row =
      at_most("growth with ranks, toy: slope a rank, 256 to 1,024 over 64 to 256", 1.5, far / near,
              Unit::times, "the partial sums of 1,024 ranks no longer fit the second-level cache");
  row.measured += fmt::format(" ({:.0f} ns a rank)", 1e9 * far / fewer);
  table.add(std::move(row));
}

void property_overhead(const BenchOptions& options, BenchTable& table) {
  std::vector<std::unique_ptr<Toy>> layouts;
  for (const int ep : {1, 2, 4, 8}) {
    for (const int tp : {1, 2, 4, 8})
      layouts.push_back(std::make_unique<Toy>(LayerSizes{}, ep, tp));
  }
  const int cases = options.quick ? 20 : 20'000;
  const auto holds = [&](std::size_t layout, std::uint64_t seed) {
    return layouts[layout % layouts.size()]->run_and_judge(seed);
  };
  const Rounds times =
      in_turn(options.quick ? 1 : 9, Meter::processor,
              {[&] {
                 for (int i = 0; i < cases; ++i) {
                   const auto seed = static_cast<std::uint64_t>(i);
                   if (!holds(mix(seed) >> 32, seed)) give_up("a case is wrong");
                 }
               },
               [&] {
                 const bool right = property_holds(
                     cases, static_cast<int>(layouts.size()), [&](int layout, std::uint64_t seed) {
                       return holds(static_cast<std::size_t>(layout), seed);
                     });
                 if (!right) give_up("the property does not hold");
               }});
  table.add(at_least("a RapidCheck property over layouts and seeds against bare simulation", 0.5,
                     times.ratio(0, 1), Unit::percent, "what RapidCheck takes to draw a case"));
}

void allocations_of_cases(const BenchOptions& options, BenchTable& table) {
  Toy toy(LayerSizes{}, 8, 8);
  const std::uint64_t cases = options.quick ? 200 : 5000;
  std::uint64_t seed = 0;
  for (; seed < cases; ++seed) toy.run_and_judge(seed);
  const std::size_t before = allocations();
  for (; seed < 2 * cases; ++seed) toy.run_and_judge(seed);
  const std::size_t counted = allocations() - before;
  table.add(at_most(fmt::format("heap allocations in {} cases after as many", cases), 0,
                    static_cast<double>(counted), Unit::count,
                    "scratch grew to the rows of an expert that is busier than any before"));
}

}  // namespace

void toy_rows(const BenchOptions& options, BenchTable& table) {
  against_naive(options, table);
  two_threads(options, table);
  growth(options, table);
  property_overhead(options, table);
  allocations_of_cases(options, table);
}

}  // namespace reducecheck::bench
