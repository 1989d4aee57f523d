// SPDX-License-Identifier: Apache-2.0
// Times that can be compared: bodies run in turn, so that a machine whose speed drifts, or that
// others use too, slows all of them alike.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace reducecheck::bench {

/// What is read before and after a body: the time that passed, or the processor time of this
/// thread, which other programs do not add to. Bodies with threads need the former.
enum class Meter { wall, processor };

/// Seconds of one call.
double seconds_of(Meter meter, const std::function<void()>& body);

double median(std::vector<double> samples);

/// Seconds of every body in every round.
class Rounds {
 public:
  explicit Rounds(std::size_t bodies) : seconds_(bodies) {}

  void note(std::size_t body, double seconds) { seconds_[body].push_back(seconds); }

  [[nodiscard]] double seconds(std::size_t body) const { return median(seconds_[body]); }

  /// The median over the rounds of the seconds of `above` over those of `below`.
  [[nodiscard]] double ratio(std::size_t above, std::size_t below) const;

 private:
  std::vector<std::vector<double>> seconds_;  // [body][round]
};

/// Calls each body once a round, in turn. With `warms_up` a round before them is not counted.
Rounds in_turn(int rounds, Meter meter, const std::vector<std::function<void()>>& bodies,
               bool warms_up = true);

}  // namespace reducecheck::bench
