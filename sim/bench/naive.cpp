// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/naive.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <string_view>
#include <vector>

#include "sim/domain/domain.hpp"

namespace reducecheck::bench {
namespace {

using Matrix = Eigen::Matrix<std::uint64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Matrix contents(std::uint64_t key, int rows, int columns) {
  Matrix m(rows, columns);
  for (int i = 0; i < rows; ++i) {
    const std::uint64_t row = row_key(key, static_cast<std::uint64_t>(i));
    for (int j = 0; j < columns; ++j) m(i, j) = element(row, static_cast<std::uint64_t>(j));
  }
  return m;
}

struct Mlp {
  Matrix gate, up, down;
};

Mlp weights(const LayerSizes& s, std::uint64_t seed, std::string_view name, int expert) {
  const auto key = [&](std::uint64_t part) { return matrix_key(seed, name, 0, expert, part); };
  return {contents(key(0), s.hidden, s.inter), contents(key(1), s.hidden, s.inter),
          contents(key(2), s.inter, s.hidden)};
}

Mlp shard(const Mlp& w, int tp, int rank) {
  const int width = static_cast<int>(w.gate.cols()) / tp;
  return {w.gate.middleCols(rank * width, width), w.up.middleCols(rank * width, width),
          w.down.middleRows(rank * width, width)};
}

Matrix apply(const Mlp& w, const Matrix& x) {
  const Matrix g = x * w.gate;
  const Matrix u = x * w.up;
  const Matrix h = g.unaryExpr([](std::uint64_t v) {
                      return Mod64::function(Function::act, v);
                    }).cwiseProduct(u);
  return h * w.down;
}

/// The routed branch over the given experts.
Matrix routed(const std::vector<Mlp>& experts, int first, const Matrix& x,
              const std::vector<std::vector<int>>& ids, const Matrix& p) {
  Matrix y = Matrix::Zero(x.rows(), x.cols());
  for (int t = 0; t < x.rows(); ++t) {
    for (std::size_t k = 0; k < ids[static_cast<std::size_t>(t)].size(); ++k) {
      const int e = ids[static_cast<std::size_t>(t)][k] - first;
      if (e < 0 || e >= static_cast<int>(experts.size())) continue;
      y.row(t) += p(t, static_cast<Eigen::Index>(k)) *
                  apply(experts[static_cast<std::size_t>(e)], x.row(t)).row(0);
    }
  }
  return y;
}

}  // namespace

bool naive_case(const LayerSizes& s, int ep, int tp, std::uint64_t seed, std::uint64_t& digest) {
  Matrix x(s.tokens, s.hidden);
  const std::uint64_t input = matrix_key(seed, "input x", 0, 0, 0);
  for (int t = 0; t < s.tokens; ++t) {
    const std::uint64_t row = row_key(input, token_row(0, t));
    for (int j = 0; j < s.hidden; ++j) x(t, j) = element(row, static_cast<std::uint64_t>(j));
  }
  const Matrix scores = x * contents(matrix_key(seed, "gate", 0, 0, 0), s.hidden, s.experts);
  std::vector<std::vector<int>> ids(static_cast<std::size_t>(s.tokens));
  Matrix p(s.tokens, s.top_k);
  for (int t = 0; t < s.tokens; ++t) {
    std::vector<int> order(static_cast<std::size_t>(s.experts));
    for (int e = 0; e < s.experts; ++e) order[static_cast<std::size_t>(e)] = e;
    std::ranges::stable_sort(order, [&](int a, int b) { return scores(t, a) > scores(t, b); });
    for (int k = 0; k < s.top_k; ++k) {
      ids[static_cast<std::size_t>(t)].push_back(order[static_cast<std::size_t>(k)]);
      p(t, k) = scores(t, order[static_cast<std::size_t>(k)]);
    }
  }
  std::vector<Mlp> experts;
  for (int e = 0; e < s.experts; ++e) experts.push_back(weights(s, seed, "experts", e));
  const Mlp shared = weights(s, seed, "shared", 0);

  std::vector<Matrix> routed_parts, shared_parts;
  for (int e = 0; e < ep; ++e) {
    for (int t = 0; t < tp; ++t) {
      const int count = s.experts / ep;
      std::vector<Mlp> mine;
      for (int i = 0; i < count; ++i) {
        mine.push_back(shard(experts[static_cast<std::size_t>(e * count + i)], tp, t));
      }
      routed_parts.push_back(routed(mine, e * count, x, ids, p));
      shared_parts.push_back(apply(shard(shared, tp, t), x));
    }
  }
  std::vector<Matrix> per_branch, merged;
  for (int r = 0; r < ep * tp; ++r) {
    Matrix all_routed = Matrix::Zero(s.tokens, s.hidden);
    Matrix all_shared = Matrix::Zero(s.tokens, s.hidden);
    Matrix all = Matrix::Zero(s.tokens, s.hidden);
    if (r > 0) {  // the sums are the same on every rank; a copy is what each rank would hold
      per_branch.push_back(per_branch[0]);
      merged.push_back(merged[0]);
      continue;
    }
    for (int q = 0; q < ep * tp; ++q) {
      const auto i = static_cast<std::size_t>(q);
      all_routed += routed_parts[i];
      if (q < tp) all_shared += shared_parts[i];
      all += q < tp ? Matrix(routed_parts[i] + shared_parts[i]) : routed_parts[i];
    }
    per_branch.push_back(all_routed + all_shared);
    merged.push_back(all);
  }
  const Matrix dense = routed(experts, 0, x, ids, p) + apply(shared, x);
  digest = dense.sum();
  return std::ranges::all_of(per_branch, [&](const Matrix& y) { return y == dense; }) &&
         std::ranges::all_of(merged, [&](const Matrix& y) { return y == dense; });
}

}  // namespace reducecheck::bench
