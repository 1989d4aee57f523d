// SPDX-License-Identifier: Apache-2.0
// Internal to sim: what collectives a program calls on which addends, and how each addend lay before
// the first of them. A planner asks what else could have been called there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/prove/atom.hpp"

namespace reducecheck::prove {

/// One collective call over axes of size above 1.
struct CollectiveCalled {
  std::string operation;  // `all_reduce`, as the program spells it
  std::vector<int> group;
  Polynomial rows;  // of the argument on one rank, before the call
  Polynomial cols;
  std::vector<std::vector<int>> addends;  // the factors of each
  bool taken = false;                     // by a segment
};

/// An addend where it is used, and as it lay before a collective, a cut or a guard touched it.
struct Arrival {
  Addend before;
  Addend used;
};

/// What lies between non-linear functions: the addends of one argument, or of an output, and the
/// calls that brought them there.
struct Segment {
  std::string consumer;  // `norm`, `output y`
  bool output = false;
  Tensor value;
  std::vector<Arrival> arrivals;
  std::vector<CollectiveCalled> calls;
};

/// Follows the addends of one walk. Whoever moves a tensor tells it before, whoever uses one when.
class Journey {
 public:
  explicit Journey(const Arena& arena) : arena_(arena) {}

  /// `x` is about to be moved; `operation` is empty for a local step, which costs nothing.
  void moved(const std::string& operation, const std::vector<int>& group, const Tensor& x);

  /// `x` came by a dispatch and its combine, which are part of the branch: it starts here.
  void started(const Tensor& x);

  /// `x` is the argument of a function. A segment, if a call brought one of its addends here.
  void used(const std::string& consumer, const Tensor& x);

  /// `x` is an output, and always a segment.
  void output(const std::string& name, const Tensor& x);

  /// `x` is multiplied with a matrix, which waits for no sum: a segment only where none is open.
  void contracted(const Tensor& x);

  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }

  /// The calls that no segment has: of ids, of numbers that the text drops.
  [[nodiscard]] std::vector<CollectiveCalled> others() const;

 private:
  [[nodiscard]] std::vector<int> factors(int atom) const;
  [[nodiscard]] const Addend* before(const std::vector<int>& factors) const;
  void add(Segment segment, bool always);

  const Arena& arena_;
  std::map<std::vector<int>, Addend> first_;
  std::vector<CollectiveCalled> calls_;
  std::vector<Segment> segments_;
};

}  // namespace reducecheck::prove
