// SPDX-License-Identifier: Apache-2.0
// The numbers of the third oracle: two rings, the contents of tensors, and loops over rows.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "props/oracle.hpp"

namespace reducecheck::oracle {

/// Rows of equal width; ids are integers in two's complement.
struct Tensor {
  Rows rows;
  std::size_t width = 0;
  bool ids = false;
};

/// One matrix of a source: the part of an mlp or an expert, or part 0 of anything else.
struct Matrix {
  std::string name;
  std::int64_t layer = 0;
  std::int64_t expert = 0;
  Word part = 0;
};

class Numbers {
 public:
  Numbers(const Question& question, bool scale_free_norm)
      : seed_(question.seed),
        domain_(question.domain),
        fault_(question.fault),
        scale_free_norm_(scale_free_norm) {}

  [[nodiscard]] Word add(Word a, Word b) const;
  [[nodiscard]] Word subtract(Word a, Word b) const;
  [[nodiscard]] Word multiply(Word a, Word b) const;
  /// Throws: OracleError in mod64, where a division has no value.
  [[nodiscard]] Word divide(Word a, Word b) const;
  [[nodiscard]] Word number(const Fraction& fraction) const;
  /// A function of the language, of one argument or of two.
  [[nodiscard]] Word opaque(std::string_view name, const std::vector<Word>& arguments) const;

  /// The hash bits of element (row, column), and the number that they stand for.
  [[nodiscard]] Word bits(const Matrix& matrix, Word row, Word column) const;
  [[nodiscard]] Word content(const Matrix& matrix, Word row, Word column) const;
  [[nodiscard]] Tensor matrix(const Matrix& matrix, std::size_t rows, std::size_t columns) const;

  /// A value of one row or one column stands for as many as the other has.
  static Tensor zip(const Tensor& a, const Tensor& b, const std::function<Word(Word, Word)>& f);
  [[nodiscard]] Tensor product(const Tensor& x, const Tensor& matrix) const;
  [[nodiscard]] Tensor gated(const Tensor& x, const Matrix& weight, std::size_t inter) const;
  /// The sum over the ids of each row: p * f(id, row).
  [[nodiscard]] Tensor experts(const Tensor& x, const Tensor& ids, const Tensor& p,
                               const Matrix& weight, std::size_t inter) const;
  [[nodiscard]] Tensor table(const Tensor& ids, const Tensor& p, const Matrix& weight,
                             std::size_t width) const;
  [[nodiscard]] std::pair<Tensor, Tensor> topk(const Tensor& scores, std::size_t k) const;
  [[nodiscard]] Tensor norm(const Tensor& x);
  /// From here on a norm that is free of scale does not see powers of the number.
  void assume_positive(Word scalar);
  [[nodiscard]] Tensor sum_of_features(const Tensor& x) const;
  [[nodiscard]] Tensor sum_of_rows(const Tensor& x) const;
  [[nodiscard]] static Tensor largest_of_rows(const Tensor& x);
  [[nodiscard]] static Tensor largest(const Tensor& x);

 private:
  [[nodiscard]] Word canonical(Word hash) const;
  [[nodiscard]] Word factor_over_earlier(const std::vector<Word>& row);
  [[nodiscard]] bool is_positive(Word factor, std::size_t scalars, std::size_t first) const;

  Word seed_;
  Domain domain_;
  OracleFault fault_;
  bool scale_free_norm_;
  std::vector<Word> positive_;
  std::vector<std::vector<Word>> normed_;  // each a positive multiple of no earlier one
};

}  // namespace reducecheck::oracle
