// SPDX-License-Identifier: Apache-2.0
// Hypotheses compared with each other on a sample of elements. What is found here ranks; it
// certifies nothing.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <vector>

#include "sim/diagnose/fault.hpp"

namespace reducecheck::diagnosing {

/// Outputs minus what is right, and shares, for some elements of different outputs, each divided by
/// the bound of its element.
class Evidence {
 public:
  /// `ranks` are those whose outputs differ.
  Evidence(const Case& one, const std::vector<int>& ranks);

  [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(residual_.size()); }

  /// Weights are made new from the bounds of that hypothesis.
  void weigh_by(const Faults& faults);

  /// What the hypothesis adds to the outputs, beside what is right.
  [[nodiscard]] Eigen::VectorXd added_by(const Faults& faults) const;

  /// The sum of squares that it leaves.
  [[nodiscard]] double left_by(const Faults& faults) const;
  [[nodiscard]] double left_by_added(const Eigen::VectorXd& added) const;

  /// Twice the logarithm of how much more likely errors of one size are with `less` squares left
  /// than with `more`.
  [[nodiscard]] double preference(double less, double more) const;

  /// How often the terms together count if they all count alike, by least squares, with the
  /// half-width of the interval; nothing where the values do not tell.
  struct Estimate {
    double value = 0;
    double half_width = 0;  // from what is left of the squares
    double certain = 0;     // from the bounds of the elements
  };
  [[nodiscard]] std::optional<Estimate> factor_of(const std::vector<int>& terms) const;

  /// How often each share counts in the output of `rank`, one of those of the constructor, by
  /// rank-revealing QR; in the order of Case::shares. Shares that the others tell, and shares that
  /// do not show, have no estimate.
  [[nodiscard]] std::vector<std::optional<Estimate>> shares_of(int rank) const;

  /// The sum of squares that is left in the output of `rank` with those coefficients; nothing where
  /// there are too few elements to tell.
  [[nodiscard]] std::optional<double> left_by_shares(int rank) const;

  /// How often each term's right sum counts, by rank-revealing QR.
  [[nodiscard]] std::vector<std::optional<Estimate>> terms_together() const;

 private:
  struct Block {
    int rank = 0;
    std::vector<std::size_t> elements;
    Eigen::Index first = 0;
  };
  void fill();
  [[nodiscard]] const Block* block_of(int rank) const;
  /// Columns of the shares that no other has the bits of, and which these are.
  [[nodiscard]] Eigen::MatrixXd own_shares(const Block& block,
                                           std::vector<std::size_t>& which) const;
  [[nodiscard]] std::vector<std::optional<Estimate>> solve(const Eigen::MatrixXd& columns,
                                                           const Eigen::VectorXd& found) const;

  const Case& one_;
  std::vector<Block> blocks_;
  Eigen::VectorXd weights_;
  Eigen::MatrixXd shares_;    // rows x shares
  Eigen::VectorXd found_;     // outputs
  Eigen::VectorXd residual_;  // outputs - right
  double smallest_ = 0;       // squares that binary64 itself may leave
};

/// The simplest numbers within `half_width` of `value`: fractions with small denominators and short
/// decimals, simpler ones first, at most `most`.
std::vector<Fraction> simple_numbers(double value, double half_width, std::size_t most);

}  // namespace reducecheck::diagnosing
