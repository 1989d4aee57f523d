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
// SCOPE may hold slashes, NAME none. A tensor that one rank of a process group has, all of them
// have; one name has one shape and one type on all ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "sim/format/format.hpp"

namespace reducecheck {

/// The element types of safetensors that a dump may hold.
enum class DumpType : std::uint8_t { f64, f32, bf16, f16, f8_e4m3, f8_e5m2, i64, i32, i16, i8, u8 };

/// `BF16`, as safetensors spells the type.
std::string_view spelling(DumpType type);

/// The type of that spelling.
std::optional<DumpType> dump_type_named(std::string_view spelling);

/// The bytes of one element.
std::size_t element_bytes(DumpType type);

/// The format that elements of the type are summed in; none for integers and binary64.
std::optional<Format> format_of(DumpType type);

/// Row-major, little-endian. `bytes` has element_bytes() for each element of the shape; the empty
/// shape has one element.
struct DumpTensor {
  DumpType type = DumpType::f32;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;

  [[nodiscard]] std::size_t elements() const { return bytes.size() / element_bytes(type); }

  friend bool operator==(const DumpTensor&, const DumpTensor&) = default;
};

/// The bits of an element, which must exist, in the low bits of the result.
std::uint64_t encoding(const DumpTensor& tensor, std::size_t element);

/// The value of an element, which must exist. Exact but for i64 beyond 2^53, which is rounded.
double value(const DumpTensor& tensor, std::size_t element);

/// The values of all elements, in their order.
std::vector<double> values(const DumpTensor& tensor);

/// The elements that are NaN or infinite: how many, and the first of them if any.
struct NonFinite {
  std::size_t count = 0;
  std::size_t first = 0;
};
NonFinite non_finite(const DumpTensor& tensor);

/// The index of an element, which must exist, along each dimension.
std::vector<std::uint64_t> place_of(const DumpTensor& tensor, std::size_t element);

enum class DumpKind : std::uint8_t { partial, addend, output };

/// `partial`, `addend`, `output`.
std::string_view spelling(DumpKind kind);

/// The parts of a tensor's name; an empty scope is none.
struct DumpName {
  std::string scope;
  DumpKind kind = DumpKind::partial;
  std::string name;

  auto operator<=>(const DumpName&) const = default;
};

/// The parts of `SCOPE/KIND/NAME` or `KIND/NAME`; nothing for other texts.
std::optional<DumpName> parse_dump_name(std::string_view text);

/// `SCOPE/KIND/NAME`, or `KIND/NAME` without a scope.
std::string to_string(const DumpName& name);

/// One file.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, DumpTensor> tensors;

  friend bool operator==(const TensorFile&, const TensorFile&) = default;
};

/// One folder.
struct Dump {
  std::vector<std::pair<std::string, int>> mesh;  // axes and their sizes, in order
  std::vector<std::string> group;                 // axes of the sum
  std::string order;                              // empty: not known
  std::vector<TensorFile> ranks;                  // as many as the mesh has

  friend bool operator==(const Dump&, const Dump&) = default;
};

/// The mesh of a dump that read_dump gave.
Mesh mesh_of(const Dump& dump);

/// The axes of the sum in that mesh; group_members() then gives the ranks of one sum.
Group group_of(const Dump& dump);

}  // namespace reducecheck
