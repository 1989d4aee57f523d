// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/diagnose/allowance.hpp"

namespace reducecheck::diagnosing {
namespace {

constexpr std::size_t most_rows = 4096;
constexpr std::size_t most_numbers = std::size_t{1} << 23;
constexpr double interval_failure = 1e-12;  // one interval in so many misses its number

/// An interval of that many standard deviations fails with that probability (Azuma 1967).
double deviations() {
  return std::sqrt(2 * std::log(2 / interval_failure));
}

Eigen::Index index(std::size_t i) {
  return static_cast<Eigen::Index>(i);
}

}  // namespace

Evidence::Evidence(const Case& one, const std::vector<int>& ranks) : one_(one) {
  const std::size_t columns = one.shares.size();
  const std::size_t wanted = std::max<std::size_t>(1, std::min(most_rows, most_numbers / columns));
  const std::size_t each =
      std::min(one.usable.size(), std::max<std::size_t>(8, wanted / ranks.size()));
  Eigen::Index rows = 0;
  for (std::size_t r = 0; r < ranks.size() && static_cast<std::size_t>(rows) < wanted; ++r) {
    Block& block = blocks_.emplace_back();
    block.rank = ranks[r];
    block.first = rows;
    // Other elements for every output, so that all of them are seen.
    for (std::size_t i = 0; i < each; ++i) {
      const std::size_t place = (i * ranks.size() + r) * one.usable.size() / (each * ranks.size());
      block.elements.push_back(one.usable[place]);
    }
    rows += index(each);
  }
  shares_.resize(rows, index(columns));
  found_.resize(rows);
  weights_.resize(rows);
  weigh_by({});
}

void Evidence::weigh_by(const Faults& faults) {
  Explained explained(one_, faults);
  const double unit = std::ldexp(1.0, -traits(one_.format).fraction_bits - 1);
  for (const Block& block : blocks_) {
    for (std::size_t i = 0; i < block.elements.size(); ++i) {
      const std::size_t element = block.elements[i];
      const double allowed = explained.at(block.rank, element).allowed;
      double most = std::abs(
          static_cast<double>(one_.outputs[static_cast<std::size_t>(block.rank)][element]));
      for (const std::vector<float>& share : one_.shares) {
        most = std::max(most, std::abs(static_cast<double>(share[element])));
      }
      // A sum that cannot round at all would outweigh every other element.
      const double error = std::max(allowed, unit * most);
      weights_[block.first + index(i)] = error > 0 && std::isfinite(error) ? 1 / error : 0;
    }
  }
  fill();
}

void Evidence::fill() {
  for (const Block& block : blocks_) {
    for (std::size_t i = 0; i < block.elements.size(); ++i) {
      const Eigen::Index row = block.first + index(i);
      const std::size_t element = block.elements[i];
      found_[row] =
          weights_[row] *
          static_cast<double>(one_.outputs[static_cast<std::size_t>(block.rank)][element]);
      for (std::size_t s = 0; s < one_.shares.size(); ++s) {
        shares_(row, index(s)) = weights_[row] * static_cast<double>(one_.shares[s][element]);
      }
    }
  }
  const double unit = std::ldexp(1.0, -traits(one_.format).fraction_bits - 1);
  const double lost = std::ldexp(static_cast<double>(one_.shares.size()), -53) / unit;
  smallest_ = static_cast<double>(found_.size()) * lost * lost;
  residual_ = Eigen::VectorXd::Zero(found_.size());
  residual_ = found_ - added_by({});
}

Eigen::VectorXd Evidence::added_by(const Faults& faults) const {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(found_.size());
  const auto ranks = one_.ranks->size();
  for (std::size_t t = 0; t < one_.terms.size(); ++t) {
    if (!faults.empty() && !hit(faults, t)) continue;
    const Delivery now = delivery(one_, faults, t);
    const Delivery right = delivery(one_, {}, t);
    for (const Block& block : blocks_) {
      const std::vector<double> counted = coefficients(one_, now, block.rank);
      const std::vector<double> due = coefficients(one_, right, block.rank);
      const Eigen::Index rows = index(block.elements.size());
      for (std::size_t s = 0; s < ranks; ++s) {
        // Without a fault this is what is right itself.
        const double added = faults.empty() ? due[s] : counted[s] - due[s];
        if (added == 0) continue;
        sum.segment(block.first, rows) +=
            added * shares_.col(index(t * ranks + s)).segment(block.first, rows);
      }
    }
  }
  return sum;
}

double Evidence::left_by(const Faults& faults) const {
  if (faults.empty()) return residual_.squaredNorm();
  return left_by_added(added_by(faults));
}

double Evidence::left_by_added(const Eigen::VectorXd& added) const {
  return (residual_ - added).squaredNorm();
}

double Evidence::preference(double less, double more) const {
  return static_cast<double>(rows()) * std::log((more + smallest_) / (less + smallest_));
}

std::optional<Evidence::Estimate> Evidence::factor_of(const std::vector<int>& terms) const {
  Fault without{FaultKind::missing, terms, 0, {}, Fraction(1)};
  const Eigen::VectorXd together = -added_by({without});
  const double norm = together.norm();
  if (norm == 0 || rows() < 2) return std::nullopt;
  const double off = residual_.dot(together) / (norm * norm);
  const double left = (residual_ - off * together).squaredNorm() + smallest_;
  const double deviation = std::sqrt(left / static_cast<double>(rows() - 1));
  return Estimate{1 + off, deviations() * deviation / norm, deviations() / norm};
}

std::vector<std::optional<Evidence::Estimate>> Evidence::solve(const Eigen::MatrixXd& columns,
                                                               const Eigen::VectorXd& found) const {
  std::vector<std::optional<Estimate>> estimates(static_cast<std::size_t>(columns.cols()));
  const Eigen::VectorXd norms = columns.colwise().norm();
  Eigen::MatrixXd scaled = columns;
  for (Eigen::Index c = 0; c < scaled.cols(); ++c) {
    if (norms[c] > 0) scaled.col(c) /= norms[c];
  }
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(scaled);
  const Eigen::Index rank = qr.rank();
  if (rank == 0 || scaled.rows() <= rank) return estimates;
  const auto triangle = qr.matrixR().topLeftCorner(rank, rank).triangularView<Eigen::Upper>();
  const Eigen::MatrixXd inverse = triangle.solve(Eigen::MatrixXd::Identity(rank, rank));
  const Eigen::Index free = scaled.cols() - rank;
  Eigen::MatrixXd exchanged(rank, free);
  if (free > 0) exchanged = triangle.solve(qr.matrixR().topRightCorner(rank, free));
  const Eigen::VectorXd solution = qr.solve(found);
  const double left = (found - scaled * solution).squaredNorm() + smallest_;
  const double deviation = std::sqrt(left / static_cast<double>(scaled.rows() - rank));
  const double told = std::sqrt(qr.threshold());
  for (Eigen::Index p = 0; p < rank; ++p) {
    const Eigen::Index column = qr.colsPermutation().indices()[p];
    // What can be exchanged for another column has no coefficient of its own.
    if (norms[column] == 0 || (free > 0 && exchanged.row(p).cwiseAbs().maxCoeff() > told)) continue;
    const double width = deviations() * inverse.row(p).norm() / norms[column];
    estimates[static_cast<std::size_t>(column)] =
        Estimate{solution[column] / norms[column], width * deviation, width};
  }
  return estimates;
}

const Evidence::Block* Evidence::block_of(int rank) const {
  const auto block = std::ranges::find(blocks_, rank, &Block::rank);
  return block == blocks_.end() ? nullptr : &*block;
}

Eigen::MatrixXd Evidence::own_shares(const Block& block, std::vector<std::size_t>& which) const {
  for (std::size_t s = 0; s < one_.shares.size(); ++s) {
    if (one_.alike[s] == static_cast<int>(s % one_.ranks->size())) which.push_back(s);
  }
  Eigen::MatrixXd columns(index(block.elements.size()), index(which.size()));
  for (std::size_t c = 0; c < which.size(); ++c) {
    columns.col(index(c)) = shares_.col(index(which[c])).segment(block.first, columns.rows());
  }
  return columns;
}

std::vector<std::optional<Evidence::Estimate>> Evidence::shares_of(int rank) const {
  std::vector<std::optional<Estimate>> estimates(one_.shares.size());
  const Block* const block = block_of(rank);
  if (block == nullptr) return estimates;
  std::vector<std::size_t> own;
  const Eigen::MatrixXd columns = own_shares(*block, own);
  const auto solved = solve(columns, found_.segment(block->first, columns.rows()));
  for (std::size_t c = 0; c < own.size(); ++c) estimates[own[c]] = solved[c];
  return estimates;
}

std::optional<double> Evidence::left_by_shares(int rank) const {
  const Block* const block = block_of(rank);
  if (block == nullptr) return std::nullopt;
  std::vector<std::size_t> own;
  const Eigen::MatrixXd columns = own_shares(*block, own);
  if (columns.rows() <= columns.cols()) return std::nullopt;
  const Eigen::VectorXd found = found_.segment(block->first, columns.rows());
  return (found - columns * columns.colPivHouseholderQr().solve(found)).squaredNorm();
}

std::vector<std::optional<Evidence::Estimate>> Evidence::terms_together() const {
  Eigen::MatrixXd columns(found_.size(), index(one_.terms.size()));
  for (std::size_t t = 0; t < one_.terms.size(); ++t) {
    const Fault without{FaultKind::missing, {static_cast<int>(t)}, 0, {}, Fraction(1)};
    columns.col(index(t)) = -added_by({without});
  }
  return solve(columns, found_);
}

std::vector<Fraction> simple_numbers(double value, double half_width, std::size_t most) {
  constexpr std::array<std::int64_t, 28> denominators = {
      1,  2,  3,  4,  5,  6,   7,   8,   9,   10,  12,  16,  20,  25,
      32, 40, 50, 64, 80, 100, 125, 128, 200, 250, 256, 400, 500, 1000};
  std::vector<Fraction> numbers;
  for (const std::int64_t q : denominators) {
    const double scale = static_cast<double>(q);
    const double low = std::ceil((value - half_width) * scale);
    const double high = std::floor((value + half_width) * scale);
    if (low > high || !(std::abs(low) < 1e9) || !(std::abs(high) < 1e9)) continue;
    // The nearest first, should there be many.
    const double middle = std::clamp(std::round(value * scale), low, high);
    for (double step = 0; step <= high - low && numbers.size() < most; ++step) {
      for (const double p : {middle - step, middle + step}) {
        if (p < low || p > high || (step == 0 && p != middle)) continue;
        const Fraction number(static_cast<std::int64_t>(p), q);
        if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
      }
      if (step > 8) break;
    }
  }
  if (numbers.size() > most) numbers.resize(most);
  return numbers;
}

}  // namespace reducecheck::diagnosing
