// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/fused_work.hpp"

#include <cmath>

#include "real/execute/arithmetic.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::matrix {

bool FusedWork::product(real::ElementType type, const real::LocalTensor& x,
                        const real::WeightBlock& weight, real::LocalTensor& out) {
  if (!fused_ || type == real::ElementType::mod64) return false;
  const real::Arithmetic arithmetic(type);
  const auto inner = static_cast<std::size_t>(x.width);
  const auto columns = static_cast<std::size_t>(out.width);
  for (std::size_t at = 0; at < out.elements.size(); ++at) {
    float sum = 0;
    for (std::size_t i = 0; i < inner; ++i) {
      const std::uint64_t row = mix(weight.key ^ (static_cast<std::uint64_t>(weight.row) + i));
      const std::uint64_t column = static_cast<std::uint64_t>(weight.column) + at % columns;
      const float w =
          real::decode(type, arithmetic.content(mix(row + column * golden), weight.shift));
      sum = std::fma(real::decode(type, x.elements[at / columns * inner + i]), w, sum);
    }
    out.elements[at] = real::encode(type, sum);
  }
  return true;
}

}  // namespace reducecheck::matrix
