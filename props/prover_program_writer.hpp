// SPDX-License-Identifier: Apache-2.0
// The text of a straight-line program, step by step.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "props/prover_program.hpp"

namespace reducecheck::props {

/// Axes, major first, as their letters: `ab`.
using Letters = std::string;

/// What a variable holds if nothing odd was done to it.
struct Held {
  std::string name;
  Letters rows;                  // axes that the rows are cut over
  std::string width = "hidden";  // `hidden`, `inter`, `E`, `1`
  Letters cols;                  // axes that the features are cut over
  Letters pending;               // axes over which it is a part of a sum
  LineStep step;                 // that made it
  int argument = 0;

  [[nodiscard]] bool same_shape(const Held& other) const;
  [[nodiscard]] bool clean() const { return pending.empty(); }
};

class ProgramWriter {
 public:
  explicit ProgramWriter(const StraightLine& line);

  std::string text();

 private:
  void write(const LineStep& step);
  bool write_step(const LineStep& step, const Held& x);
  bool write_weight(const LineStep& step, const Held& x);
  bool write_experts(const LineStep& step, const Held& x);
  bool write_two(const LineStep& step, const Held& x);
  std::string rescaled(const LineStep& step, const Held& x);
  bool write_local(const LineStep& step, const Held& x);
  bool write_statistic(const LineStep& step, const Held& x);
  bool write_collective(const LineStep& step, const Held& x);
  bool write_movement(const LineStep& step, const Held& x);
  bool write_guard(const LineStep& step, const Held& x);
  bool write_condition(const LineStep& step, const Held& x);
  bool write_rows(const LineStep& step, const Held& x);
  bool write_twin(const LineStep& step, const Held& x);

  /// A new variable like `like`, which is `distributed` and must be `reference`.
  Held& add(const Held& like, const std::string& distributed, const std::string& reference);
  std::string weight(const std::string& kind);
  /// The nth group of the mesh; one of several axes in either order.
  [[nodiscard]] Letters any_group(int n) const;
  /// `fitting`, or another one where the step is odd.
  [[nodiscard]] Letters group(const LineStep& step, const Letters& fitting) const;
  [[nodiscard]] std::string condition(const LineStep& step) const;

  StraightLine line_;
  std::vector<Held> values_;
  std::vector<std::string> weights_;
  std::map<std::string, std::string> names_;  // of weights by their kind
  std::string distributed_;
  std::string reference_;
  LineStep step_;
  int argument_ = 0;
};

}  // namespace reducecheck::props
