// SPDX-License-Identifier: Apache-2.0
// The fault matrix: faults that are planted on purpose, configurations, and what the properties of
// this project say of each pair.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/format/format.hpp"

namespace reducecheck::matrix {

/// What kind of fault it is: six faults each.
enum class FaultClass : std::uint8_t {
  contribution,
  layout,
  numerics,
  routing,
  order,
  matching,
  failure,
  verifier,
};

/// `contribution`, ...
const char* spelling(FaultClass of);

/// One of the 36 configurations.
struct Setting {
  int tp = 1;
  int ep = 1;
  Format format = Format::fp32;
  std::uint64_t seed = 1;
  bool quick = false;  // no processes where something else names the fault as well

  [[nodiscard]] int ranks() const { return tp * ep; }
  [[nodiscard]] std::string name() const;  // `tp4-ep2-bf16`

  /// The order in which the ranks sum in this configuration: its family (direct, ring, tree, two
  /// levels) rotates with the seed.
  [[nodiscard]] std::string order() const;
};

/// All 36, formats fastest.
std::vector<Setting> all_settings(std::uint64_t seed, bool quick);

/// What one property of this project says of a faulty program. A property that says nothing has no
/// report.
struct Report {
  std::string property;
  bool names_class = false;  // it says what kind of fault it is
  bool class_right = false;
  bool place_right = false;  // the ranks, the elements or the operation that it names
  std::string words;

  /// Whether the report alone says what is wrong and where.
  [[nodiscard]] bool kills() const { return class_right && place_right; }
};

struct Cell {
  /// False where an exact run shows that nothing differs from the right program.
  bool applies = true;
  std::vector<Report> reports;

  [[nodiscard]] bool killed() const;
};

struct Fault {
  std::string id;  // `contribution.drop`
  FaultClass of = FaultClass::contribution;
  std::string sentence;
  std::function<Cell(const Setting&)> plant;
};

/// What the properties say of the program without a fault; nothing is right.
struct Twin {
  std::string name;
  std::function<std::vector<Report>(const Setting&)> run;
  bool heavy = false;  // CI runs it in a few configurations
  bool many = false;   // cheap: with so many seeds that right programs are no fewer than wrong ones
};

/// Faults in the text of a layer: contribution, layout, routing, the order of a group, and calls
/// that do not match.
std::vector<Fault> layer_faults();
Twin layer_twin();

/// Faults of a library that sums: numerics and order.
std::vector<Fault> wire_faults();
Twin wire_twin();

/// Ranks that fail, as processes over the stand-in.
std::vector<Fault> process_faults();
Twin process_twin();

/// Faults of the verifier itself.
std::vector<Fault> verifier_faults();
Twin verifier_twin();

}  // namespace reducecheck::matrix
