// SPDX-License-Identifier: Apache-2.0
// How far rounding alone can take an output from the sum that a hypothesis says it is.
#pragma once

#include "sim/diagnose/fault.hpp"

namespace reducecheck::diagnosing {

/// A hypothesis, ready to be compared with outputs. Keeps its scratch; one thread.
///
/// The bound is certified for every order of the sums, for terms that are merged before a sum or
/// added after it, for a sum or a scaling before or after another, in the format or a wider one.
/// Each addition v of exact children is off by at most u |s_v| (Jeannerod and Rump 2018), so that
/// the whole is off by at most (1 + u)^h times the sum of u |s_v| over exact values s_v, h the
/// number of roundings one after the other: with E_v the error at v, E_v <= (1 + u)(E_left +
/// E_right) + u |s_v|. A sum of n shares has n - 1 additions, each of a subset of them, whose
/// absolute value is at most that of all positive or of all negative ones; a further sum over g
/// equal values g - 1, of at most the complete one; T terms are joined by T - 1 additions on each
/// rank or after the sums, of at most the sum of all absolute values; what each rank has whole may
/// come in on one rank before the sum, or as a part on each; a scaling rounds each of its arguments
/// once, and loses at most half of the smallest number where it underflows.
class Explained {
 public:
  Explained(const Case& one, const Faults& faults);

  /// What the output of `rank` would be without rounding, and how far from it rounding may lead;
  /// infinite where a sum may leave the range of the format.
  struct Value {
    double exact = 0;
    double allowed = 0;
  };
  Value at(int rank, std::size_t element);

  /// Whether the output of `rank` can be this hypothesis at that element.
  bool fits(int rank, std::size_t element);

 private:
  struct Weighted {
    std::size_t share = 0;  // index into Case::shares
    double coefficient = 0;
  };
  struct TermSum {
    std::vector<Weighted> shares;
    double roundings = 0;  // of the sum and of a further one
    double extra_sum = 0;  // roundings of every share by itself, for scaling
    double floor = 0;      // what underflow of scaling may add
  };
  void prepare(int rank);

  const Case& one_;
  std::vector<Delivery> deliveries_;
  std::vector<TermSum> sums_;  // of rank_
  double growth_ = 1;          // (1 + u)^h
  double unit_ = 0;
  double largest_ = 0;
  double joins_ = 0;
  int rank_ = -1;
};

/// Where a hypothesis does not hold.
struct Misfit {
  std::size_t count = 0;  // of pairs of an output and an element
  std::size_t compared = 0;
  int rank = -1;  // of the worst one: that with the largest |output - exact| / allowed
  std::size_t element = 0;
  double exact = 0;
  double allowed = 0;
  double found = 0;
  double worst_share = 0;  // |output - exact| / allowed, over all elements
};

/// Compares with all usable elements of the outputs of `ranks`.
Misfit misfit_of(const Case& one, const Faults& faults, const std::vector<int>& ranks);

/// How many shares would, if they were lost, leave some element of the outputs of `ranks` outside
/// the bound of the right sum.
std::size_t shares_seen(const Case& one, const std::vector<int>& ranks);

}  // namespace reducecheck::diagnosing
