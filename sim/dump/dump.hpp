// SPDX-License-Identifier: Apache-2.0
// Tensors that a process of a real run has written down: what it put into a reduction and what it
// got. One safetensors file a rank, `rank0.safetensors`, `rank1.safetensors`, ... in one folder.
//
// Names are `SCOPE/KIND/NAME` or `KIND/NAME`. SCOPE is the path of a module, `model.layers.3.mlp`;
// KIND is
//   partial  what this rank adds to a sum over ranks: one share of branch NAME,
//   addend   what every rank holds alike and the sum must hold once (bias, residual),
//   output   what this rank holds afterwards; it must be all partials of all ranks of its group
//   plus
//            each addend once.
// The metadata of a file (`__metadata__` of safetensors, all strings):
//   format `reducecheck.dump/1`, rank `3`, mesh `dp=2,tp=4` (row-major, last axis fastest),
//   group `tp` (axes of the sum, joined by `,`; all axes where absent),
//   order the name of a reduction order, where the writer knows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reducecheck {

/// The element types of safetensors that a dump may hold.
enum class DumpType : std::uint8_t { f64, f32, bf16, f16, f8_e4m3, f8_e5m2, i64, i32, i16, i8, u8 };

/// Row-major, little-endian.
struct DumpTensor {
  DumpType type = DumpType::f32;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;
};

/// One file.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, DumpTensor> tensors;
};

/// One folder.
struct Dump {
  std::vector<std::pair<std::string, int>> mesh;  // axes and their sizes, in order
  std::vector<std::string> group;                 // axes of the sum
  std::string order;                              // empty: not known
  std::vector<TensorFile> ranks;                  // as many as the mesh has
};

}  // namespace reducecheck
