// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/timing.hpp"

#include <time.h>

#include <algorithm>

namespace reducecheck::bench {
namespace {

double now(Meter meter) {
  timespec time{};
  clock_gettime(meter == Meter::wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

double seconds_of(Meter meter, const std::function<void()>& body) {
  const double start = now(meter);
  body();
  return now(meter) - start;
}

double median(std::vector<double> samples) {
  std::ranges::sort(samples);
  const std::size_t half = samples.size() / 2;
  return samples.size() % 2 == 1 ? samples[half] : (samples[half - 1] + samples[half]) / 2;
}

double Rounds::ratio(std::size_t above, std::size_t below) const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < seconds_[above].size(); ++i) {
    ratios.push_back(seconds_[above][i] / seconds_[below][i]);
  }
  return median(ratios);
}

Rounds in_turn(int rounds, Meter meter, const std::vector<std::function<void()>>& bodies,
               bool warms_up) {
  Rounds times(bodies.size());
  for (int round = warms_up ? -1 : 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      const double seconds = seconds_of(meter, bodies[i]);
      if (round >= 0) times.note(i, seconds);
    }
  }
  return times;
}

}  // namespace reducecheck::bench
