// SPDX-License-Identifier: Apache-2.0
// Internal to sim: what collectives a program calls on which addends, and how each addend lay
// before the first of them. A planner asks what else could have been called there.
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
struct Stretch {
  std::string consumer;  // `norm`, `output y`
  bool output = false;
  Tensor value;
  std::vector<Arrival> arrivals;
  std::vector<CollectiveCalled> calls;
};

/// The factor that an addend is named by: a branch before its gates and norms.
int main_factor(const Arena& arena, const std::vector<int>& factors);

/// Follows the addends of one walk. Whoever moves a tensor tells it before, whoever uses one when.
class Journey {
 public:
  /// `open`: a gather that gives a dispatched branch its rows back is a call like any other. Else
  /// it is part of the branch, as the dispatch and the combine are.
  Journey(const Arena& arena, bool open) : arena_(arena), open_(open) {}

  /// `x` is about to be moved; `operation` is empty for a local step, which costs nothing.
  void moved(const std::string& operation, const std::vector<int>& group, const Tensor& x);

  /// `x` came by a dispatch and its combine, which are part of the branch: it starts here.
  void started(const Tensor& x);

  /// A gather made `after` of `before`.
  void gathered(const Tensor& before, const Tensor& after);

  /// `x` is the argument of a function. A segment, if a call brought one of its addends here.
  void used(const std::string& consumer, const Tensor& x);

  /// `x` is an output, and always a segment.
  void output(const std::string& name, const Tensor& x);

  /// `x` is multiplied with a matrix, which waits for no sum: a segment only where none is open.
  void contracted(const Tensor& x);

  [[nodiscard]] const std::vector<Stretch>& segments() const { return segments_; }

  /// Whether a gather was taken as part of its branch.
  [[nodiscard]] bool has_closed() const { return closed_; }

  /// The calls that no segment has: of ids, of numbers that the text drops.
  [[nodiscard]] std::vector<CollectiveCalled> others() const;

 private:
  [[nodiscard]] std::vector<int> factors(int atom) const;
  [[nodiscard]] bool is_of(const CollectiveCalled& call, const std::vector<int>& own) const;
  [[nodiscard]] Addend before(const Addend& used, const Tensor& among) const;
  void add(Stretch segment, bool always);

  const Arena& arena_;
  bool open_;
  bool closed_ = false;
  std::map<std::vector<int>, Addend> started_;  // came by a combine, and were not moved since
  std::map<std::vector<int>, Addend> first_;
  std::vector<CollectiveCalled> calls_;
  std::vector<Stretch> segments_;

  /// Of an addend that an earlier segment completed: how it lay there, and with which others. Only
  /// their sum need have been made, so one alone is as it was.
  struct Paid {
    Addend before;
    std::vector<std::vector<int>> together;
  };
  std::map<std::vector<int>, Paid> paid_;
};

}  // namespace reducecheck::prove
