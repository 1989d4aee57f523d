// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/layer_dump.hpp"

namespace reducecheck::matrix {

DumpTensor dump_tensor(const Plan& plan, Format format, const Simulation& values, int id) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(id)];
  DumpTensor tensor;
  tensor.type = format == Format::fp32   ? DumpType::f32
                : format == Format::bf16 ? DumpType::bf16
                                         : DumpType::f16;
  tensor.shape = {static_cast<std::uint64_t>(shape.rows), static_cast<std::uint64_t>(shape.width)};
  for (const std::uint64_t element : values.value(id)) {
    for (int byte = 0; byte < traits(format).bytes; ++byte) {
      tensor.bytes.push_back(static_cast<std::byte>(element >> (8 * byte)));
    }
  }
  return tensor;
}

}  // namespace reducecheck::matrix
