// SPDX-License-Identifier: Apache-2.0
#include "props/layer_partials.hpp"

#include <algorithm>
#include <bit>

#include "sim/certify/dominant_partials.hpp"
#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t branches = 2;

std::uint16_t bf16(float x) {
  return static_cast<std::uint16_t>(round_to<Format::bf16>(x));
}

float number(std::uint16_t encoding) {
  return widen<Format::bf16>(encoding);
}

std::uint16_t plus(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::uint16_t>(add_in<Format::bf16>(a, b));
}

}  // namespace

LayerPartials::LayerPartials(int ranks, const std::string& order, std::uint64_t seed)
    : ranks_(ranks),
      seed_(seed),
      order_(*make_order(order, {block, ranks, Format::bf16, {}}).order),
      replay_(order_),
      partials_(branches,
                std::vector<Encodings>(static_cast<std::size_t>(ranks), Encodings(block))),
      leaves_(branches * static_cast<std::size_t>(ranks), std::vector<float>(block)) {
  for (const BranchChain& chain : branch_chains(branches)) {
    bounds_.emplace_back();
    for (const SumTree& tree : order_.trees) {
      bounds_.back().emplace_back(steps_of(chain, tree, order_.rounding, Format::bf16));
    }
  }
}

void LayerPartials::fill(std::uint64_t number_of_block) {
  std::size_t leaf = 0;
  for (std::size_t b = 0; b < branches; ++b) {
    const float scale = b == 0 ? 1.0F : 3.0F;
    for (Encodings& encodings : partials_[b]) {
      const std::uint64_t row = row_key(mix(seed_ + leaf), number_of_block);
      for (std::size_t i = 0; i < block; ++i) {
        encodings[i] = bf16(scale * near_normal(element(row, i)));
        leaves_[leaf][i] = number(encodings[i]);
      }
      ++leaf;
    }
  }
}

void LayerPartials::complete(const std::vector<Encodings>& of, Encodings& sum) const {
  std::vector<const std::uint16_t*> inputs;
  for (const Encodings& one : of) inputs.push_back(one.data());
  sum.resize(block);
  replay_.sum<std::uint16_t>(0, inputs.data(), sum.data());
}

LayerPartials::Encodings LayerPartials::merged() const {
  std::vector<Encodings> both = partials_[0];
  for (std::size_t r = 0; r < both.size(); ++r) {
    for (std::size_t i = 0; i < block; ++i) both[r][i] = plus(both[r][i], partials_[1][r][i]);
  }
  Encodings sum;
  complete(both, sum);
  return sum;
}

LayerPartials::Encodings LayerPartials::per_branch(int dropped) const {
  Encodings experts;
  Encodings shared;
  complete(partials_[0], experts);
  std::vector<Encodings> held = partials_[1];
  if (dropped >= 0) std::ranges::fill(held[static_cast<std::size_t>(dropped)], std::uint16_t{0});
  complete(held, shared);
  for (std::size_t i = 0; i < block; ++i) experts[i] = plus(experts[i], shared[i]);
  return experts;
}

void LayerPartials::judge_block(std::uint64_t number_of_block, RoundingJudge& judge, int dropped) {
  fill(number_of_block);
  std::vector<float> left;
  std::vector<float> right;
  for (const std::uint16_t x : merged()) left.push_back(number(x));
  for (const std::uint16_t x : per_branch(dropped)) right.push_back(number(x));
  std::vector<float> values(block);
  std::vector<double> left_bounds(block);
  std::vector<double> right_bounds(block);
  std::size_t first = 0;
  for (const SumOrder::Run& run : order_.runs[0]) {
    std::vector<const float*> here;
    for (const std::vector<float>& leaf : leaves_) here.push_back(leaf.data() + first);
    const auto tree = static_cast<std::size_t>(run.tree);
    const std::span values_here = std::span(values).subspan(first);
    bounds_[0][tree].run(here, run.count, values_here, std::span(left_bounds).subspan(first));
    bounds_[1][tree].run(here, run.count, values_here, std::span(right_bounds).subspan(first));
    first += run.count;
  }
  std::vector<const float*> all;
  for (const std::vector<float>& leaf : leaves_) all.push_back(leaf.data());
  judge.judge({all, block, left.data(), right.data(), left_bounds.data(), right_bounds.data(),
               number_of_block * block, 0});
}

}  // namespace reducecheck
