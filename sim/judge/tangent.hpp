// SPDX-License-Identifier: Apache-2.0
// Which addends make up each value, and in what amount: the explanation of a wrong result.
//
// An addend is a share of a weight's contribution or an input (language manual, "Addends"). Beside
// each value runs its tangent: for each addend and row, the part of the value that this addend
// brings. Linear steps, collectives and products carry tangents along; opaque functions stop them.
// All in the prime field, so that ratios of tangents are exact coefficients.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "scenarios/unroll/plan.hpp"

namespace reducecheck {

struct Addend {
  int source = -1;
  std::int64_t layer = 0;
  std::int64_t expert = -1;  // of experts and tables
  int chunk = 0;             // of the split inner dimension

  auto operator<=>(const Addend&) const = default;
};

/// What happened to an addend on its way into a value.
struct History {
  std::vector<int> events;  // sum collectives in order, as indices into TangentRun::events
  int section = 0;          // that produced it
  bool guarded = false;     // brought by an assignment or choice under a rank guard
  bool scaled = false;      // multiplied by a number of the text
};

struct Term {
  int addend = 0;
  int row = 0;
};

/// The tangent of one value: terms ordered by (addend, row), `width` numbers each.
struct Tangent {
  int width = 0;
  std::vector<Term> terms;
  std::vector<std::uint64_t> data;
  std::map<int, History> history;  // of each addend that has a term
  std::vector<bool> tainted;       // rows that uninitialised memory reached; empty: none

  [[nodiscard]] std::span<const std::uint64_t> part(std::size_t term) const {
    return {data.data() + term * static_cast<std::size_t>(width), static_cast<std::size_t>(width)};
  }
  /// The part of (addend, row), or an empty span.
  [[nodiscard]] std::span<const std::uint64_t> find(int addend, int row) const;
};

/// Collects terms in any order.
class TangentBuilder {
 public:
  TangentBuilder(int rows, int width) : rows_(rows) { tangent_.width = width; }

  /// The part of (addend, row), zero at first. Valid until the next call.
  std::uint64_t* part(int addend, int row);
  History& history(int addend) { return tangent_.history[addend]; }
  void add_history(const std::map<int, History>& other);
  void taint(int row);
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int width() const { return tangent_.width; }

  /// The tangent, ordered, without parts that came out as zero.
  Tangent finish();

 private:
  int rows_ = 0;
  Tangent tangent_;
  std::vector<Term> order_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
};

/// A sum collective: for each addend, how many members bring it to one row.
struct Event {
  int step = -1;
  std::map<int, int> multiplicity;
};

}  // namespace reducecheck
