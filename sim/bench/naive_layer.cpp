// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/naive_layer.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <vector>

namespace reducecheck::bench {
namespace {

using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Floats gated(const Floats& x, const Floats& gate, const Floats& up, const Floats& down) {
  const Floats g = x * gate;
  const Floats u = x * up;
  const Floats h = g.cwiseMax(0).cwiseProduct(u);
  return h * down;
}

}  // namespace

class NaiveLayer::Matrices {
 public:
  Matrices(const LayerSizes& s, int tp)
      : x(Floats::Random(s.tokens, s.hidden)),
        reference(Floats::Zero(s.tokens, s.hidden)),
        partials(static_cast<std::size_t>(tp), reference) {}

  Floats x;
  Floats reference;
  std::vector<Floats> partials;  // of each rank
};

NaiveLayer::NaiveLayer(const LayerSizes& sizes, int tp)
    : sizes_(sizes), matrices_(std::make_unique<Matrices>(sizes, tp)) {}

NaiveLayer::~NaiveLayer() = default;

void NaiveLayer::expert(int rows) {
  Matrices& m = *matrices_;
  const Floats gate = Floats::Random(sizes_.hidden, sizes_.inter);
  const Floats up = Floats::Random(sizes_.hidden, sizes_.inter);
  const Floats down = Floats::Random(sizes_.inter, sizes_.hidden);
  const Floats x = m.x.topRows(rows);
  m.reference.topRows(rows) += gated(x, gate, up, down);
  const auto tp = static_cast<Eigen::Index>(m.partials.size());
  const Eigen::Index width = sizes_.inter / tp;
  for (Eigen::Index rank = 0; rank < tp; ++rank) {
    const Floats rank_gate = gate.middleCols(rank * width, width);
    const Floats rank_up = up.middleCols(rank * width, width);
    const Floats rank_down = down.middleRows(rank * width, width);
    m.partials[static_cast<std::size_t>(rank)].topRows(rows) +=
        gated(x, rank_gate, rank_up, rank_down);
  }
}

float NaiveLayer::reduce() {
  float difference = 0;
  for (int form = 0; form < 3; ++form) {  // two branches, then both merged
    Floats sum = matrices_->partials[0];
    for (std::size_t rank = 1; rank < matrices_->partials.size(); ++rank) {
      sum += matrices_->partials[rank];
    }
    std::vector<Floats> held(matrices_->partials.size(), sum);  // every rank has the result
    difference = std::max(difference, (held.back() - matrices_->reference).cwiseAbs().maxCoeff());
  }
  return difference;
}

}  // namespace reducecheck::bench
