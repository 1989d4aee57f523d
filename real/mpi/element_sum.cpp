// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/element_sum.hpp"

#include <algorithm>
#include <array>

#include "real/mpi/error.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

template <ElementType type, std::uint64_t (*combine)(ElementType, std::uint64_t, std::uint64_t)>
void each_element(void* in, void* in_and_out, int* count, MPI_Datatype*) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(*count); ++i) {
    const std::uint64_t sum = combine(type, load(type, in, i), load(type, in_and_out, i));
    store(type, in_and_out, i, sum);
  }
}

void each_fingerprint(void* in, void* in_and_out, int* count, MPI_Datatype*) {
  const auto* a = static_cast<const std::uint64_t*>(in);
  auto* b = static_cast<std::uint64_t*>(in_and_out);
  for (int i = 0; i < *count; ++i) b[i] = combined_fingerprint(a[i], b[i]);
}

MPI_Op made(MPI_User_function* function) {
  MPI_Op op = MPI_OP_NULL;
  check_mpi(MPI_Op_create(function, 1, &op), "MPI_Op_create");
  return op;
}

template <ElementType type>
MPI_Op of_type(Reduction reduction) {
  static const std::array<MPI_Op, 2> ops = {made(each_element<type, add>),
                                            made(each_element<type, greater>)};
  return ops[static_cast<std::size_t>(reduction)];
}

}  // namespace

MPI_Datatype datatype(ElementType type) {
  switch (type) {
    case ElementType::mod64: return MPI_UINT64_T;
    case ElementType::fp32: return MPI_FLOAT;
    case ElementType::bf16:
    case ElementType::fp16: return MPI_UINT16_T;
    case ElementType::fp8_e4m3:
    case ElementType::fp8_e5m2: break;
  }
  return MPI_UINT8_T;
}

MPI_Op operation(ElementType type, Reduction reduction) {
  switch (type) {
    case ElementType::mod64: return reduction == Reduction::sum ? MPI_SUM : MPI_MAX;
    case ElementType::fp32:
      return reduction == Reduction::sum ? MPI_SUM : of_type<ElementType::fp32>(reduction);
    case ElementType::bf16: return of_type<ElementType::bf16>(reduction);
    case ElementType::fp16: return of_type<ElementType::fp16>(reduction);
    case ElementType::fp8_e4m3: return of_type<ElementType::fp8_e4m3>(reduction);
    case ElementType::fp8_e5m2: break;
  }
  return of_type<ElementType::fp8_e5m2>(reduction);
}

MPI_Op fingerprint_operation() {
  static const MPI_Op op = made(each_fingerprint);
  return op;
}

std::uint64_t combined_fingerprint(std::uint64_t a, std::uint64_t b) {
  return mix(std::min(a, b) ^ mix(std::max(a, b)));
}

std::uint64_t own_fingerprint(int rank) {
  return mix(static_cast<std::uint64_t>(rank) + 1);
}

}  // namespace reducecheck::real
