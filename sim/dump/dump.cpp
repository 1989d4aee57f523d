// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace reducecheck {
namespace {

struct TypeTraits {
  std::string_view spelling;
  std::size_t bytes = 0;
  std::optional<Format> format;
};

// In the order of DumpType.
constexpr std::array type_traits = {
    TypeTraits{"F64", 8, std::nullopt},         TypeTraits{"F32", 4, Format::fp32},
    TypeTraits{"BF16", 2, Format::bf16},        TypeTraits{"F16", 2, Format::fp16},
    TypeTraits{"F8_E4M3", 1, Format::fp8_e4m3}, TypeTraits{"F8_E5M2", 1, Format::fp8_e5m2},
    TypeTraits{"I64", 8, std::nullopt},         TypeTraits{"I32", 4, std::nullopt},
    TypeTraits{"I16", 2, std::nullopt},         TypeTraits{"I8", 1, std::nullopt},
    TypeTraits{"U8", 1, std::nullopt},
};

constexpr const TypeTraits& traits_of(DumpType type) {
  return type_traits[static_cast<std::size_t>(type)];
}

constexpr std::array kinds = {DumpKind::partial, DumpKind::addend, DumpKind::output};

template <typename Integer>
double as_integer(std::uint64_t bits) {
  return static_cast<double>(static_cast<Integer>(bits));
}

double value_of(DumpType type, std::uint64_t bits) {
  const auto low = static_cast<std::uint32_t>(bits);
  switch (type) {
    case DumpType::f64: return std::bit_cast<double>(bits);
    case DumpType::f32: return static_cast<double>(widen<Format::fp32>(low));
    case DumpType::bf16: return static_cast<double>(widen<Format::bf16>(low));
    case DumpType::f16: return static_cast<double>(widen<Format::fp16>(low));
    case DumpType::f8_e4m3: return static_cast<double>(widen<Format::fp8_e4m3>(low));
    case DumpType::f8_e5m2: return static_cast<double>(widen<Format::fp8_e5m2>(low));
    case DumpType::i64: return as_integer<std::int64_t>(bits);
    case DumpType::i32: return as_integer<std::int32_t>(bits);
    case DumpType::i16: return as_integer<std::int16_t>(bits);
    case DumpType::i8: return as_integer<std::int8_t>(bits);
    case DumpType::u8: return as_integer<std::uint8_t>(bits);
  }
  return 0;
}

}  // namespace

std::string_view spelling(DumpType type) {
  return traits_of(type).spelling;
}

std::optional<DumpType> dump_type_named(std::string_view spelling) {
  for (std::size_t i = 0; i < type_traits.size(); ++i) {
    if (type_traits[i].spelling == spelling) return static_cast<DumpType>(i);
  }
  return std::nullopt;
}

std::size_t element_bytes(DumpType type) {
  return traits_of(type).bytes;
}

std::optional<Format> format_of(DumpType type) {
  return traits_of(type).format;
}

std::uint64_t encoding(const DumpTensor& tensor, std::size_t element) {
  const std::size_t bytes = element_bytes(tensor.type);
  const std::byte* first = tensor.bytes.data() + element * bytes;
  std::uint64_t bits = 0;
  for (std::size_t i = bytes; i-- > 0;) {
    bits = (bits << 8U) | std::to_integer<std::uint64_t>(first[i]);
  }
  return bits;
}

double value(const DumpTensor& tensor, std::size_t element) {
  return value_of(tensor.type, encoding(tensor, element));
}

std::vector<double> values(const DumpTensor& tensor) {
  std::vector<double> all(tensor.elements());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = value(tensor, i);
  return all;
}

NonFinite non_finite(const DumpTensor& tensor) {
  NonFinite found;
  for (std::size_t i = 0; i < tensor.elements(); ++i) {
    if (std::isfinite(value(tensor, i))) continue;
    if (found.count == 0) found.first = i;
    ++found.count;
  }
  return found;
}

std::vector<std::uint64_t> place_of(const DumpTensor& tensor, std::size_t element) {
  std::vector<std::uint64_t> place(tensor.shape.size());
  for (std::size_t i = place.size(); i-- > 0;) {
    place[i] = element % tensor.shape[i];
    element /= tensor.shape[i];
  }
  return place;
}

std::string_view spelling(DumpKind kind) {
  switch (kind) {
    case DumpKind::partial: return "partial";
    case DumpKind::addend: return "addend";
    case DumpKind::output: return "output";
  }
  return "";
}

std::optional<DumpName> parse_dump_name(std::string_view text) {
  const std::size_t before_name = text.rfind('/');
  if (before_name == std::string_view::npos) return std::nullopt;
  DumpName result;
  result.name = text.substr(before_name + 1);
  std::string_view kind = text.substr(0, before_name);
  if (const std::size_t before_kind = kind.rfind('/'); before_kind != std::string_view::npos) {
    result.scope = kind.substr(0, before_kind);
    if (result.scope.empty()) return std::nullopt;
    kind.remove_prefix(before_kind + 1);
  }
  const auto found =
      std::ranges::find_if(kinds, [&](DumpKind one) { return spelling(one) == kind; });
  if (found == kinds.end() || result.name.empty()) return std::nullopt;
  result.kind = *found;
  return result;
}

std::string to_string(const DumpName& name) {
  return fmt::format("{}{}{}/{}", name.scope, name.scope.empty() ? "" : "/", spelling(name.kind),
                     name.name);
}

Mesh mesh_of(const Dump& dump) {
  std::vector<std::string> names;
  std::vector<std::int64_t> sizes;
  for (const auto& [name, size] : dump.mesh) {
    names.push_back(name);
    sizes.push_back(size);
  }
  return {std::move(names), std::move(sizes)};
}

Group group_of(const Dump& dump) {
  Group group;
  for (const std::string& axis : dump.group) {
    const auto found =
        std::ranges::find_if(dump.mesh, [&](const auto& one) { return one.first == axis; });
    group.axes.push_back(static_cast<int>(found - dump.mesh.begin()));
  }
  return group;
}

}  // namespace reducecheck
