// SPDX-License-Identifier: Apache-2.0
#include "real/standin/numbers.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "real/numbers/element.hpp"

namespace reducecheck::standin {
namespace {

using real::ElementType;

/// A type that the processor has.
template <class T>
struct Native {
  using Value = T;
  static constexpr std::size_t bytes = sizeof(T);

  static T load(const std::byte* elements, std::size_t i) {
    T value;
    std::memcpy(&value, elements + i * bytes, bytes);
    return value;
  }
  static void store(std::byte* elements, std::size_t i, T value) {
    std::memcpy(elements + i * bytes, &value, bytes);
  }
  static T sum(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a + b;
    if constexpr (std::is_integral_v<T>) return static_cast<T>(wide(a) + wide(b));
  }
  static T product(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a * b;
    if constexpr (std::is_integral_v<T>) return static_cast<T>(wide(a) * wide(b));
  }
  static std::uint64_t wide(T a) { return static_cast<std::uint64_t>(a); }
};

/// A shorter floating type: exact in a float, rounded when it is stored.
template <ElementType type, std::size_t size>
struct Short {
  using Value = float;
  static constexpr std::size_t bytes = size;

  static float load(const std::byte* elements, std::size_t i) {
    static const std::vector<float> decoded = [] {
      std::vector<float> all(std::size_t{1} << (8 * size));
      for (std::size_t k = 0; k < all.size(); ++k) all[k] = real::decode(type, k);
      return all;
    }();
    return decoded[real::load(type, elements, i)];
  }
  static void store(std::byte* elements, std::size_t i, float value) {
    if constexpr (size == 1) {
      value = real::decode(ElementType::fp16, real::encode(ElementType::fp16, value));
    }
    real::store(type, elements, i, real::encode(type, value));
  }
  static float sum(float a, float b) { return a + b; }
  static float product(float a, float b) { return a * b; }
};

/// Calls `use` with the type's arithmetic.
template <class Use>
void with_type(ncclDataType_t type, const Use& use) {
  switch (type) {
    case ncclInt8: return use(Native<std::int8_t>());
    case ncclUint8: return use(Native<std::uint8_t>());
    case ncclInt32: return use(Native<std::int32_t>());
    case ncclUint32: return use(Native<std::uint32_t>());
    case ncclInt64: return use(Native<std::int64_t>());
    case ncclUint64: return use(Native<std::uint64_t>());
    case ncclFloat16: return use(Short<ElementType::fp16, 2>());
    case ncclFloat32: return use(Native<float>());
    case ncclFloat64: return use(Native<double>());
    case ncclBfloat16: return use(Short<ElementType::bf16, 2>());
    case ncclFloat8e4m3: return use(Short<ElementType::fp8_e4m3, 1>());
    case ncclFloat8e5m2: return use(Short<ElementType::fp8_e5m2, 1>());
    case ncclNumTypes: break;
  }
}

/// Whether `b` is the greater one. A NaN never is, and +0 is greater than -0.
template <class T>
bool second_is_greater(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a);
    if (a == b) return std::signbit(a) && !std::signbit(b);
  }
  return a < b;
}

template <class T>
bool second_is_lesser(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a);
    if (a == b) return !std::signbit(a) && std::signbit(b);
  }
  return b < a;
}

/// Takes elements as they are, because a number that is only chosen is not rounded.
template <class Number, class Better>
void choose(std::byte* into, const std::byte* from, std::size_t begin, std::size_t end,
            const Better& better) {
  for (std::size_t i = begin; i < end; ++i) {
    if (better(Number::load(into, i), Number::load(from, i))) {
      std::memcpy(into + i * Number::bytes, from + i * Number::bytes, Number::bytes);
    }
  }
}

}  // namespace

bool is_type(int number) {
  return number >= 0 && number < ncclNumTypes;
}

std::size_t type_bytes(ncclDataType_t type) {
  std::size_t bytes = 1;
  with_type(type, [&](auto number) { bytes = decltype(number)::bytes; });
  return bytes;
}

bool is_integer(ncclDataType_t type) {
  return type < ncclFloat16;
}

void combine(ncclDataType_t type, Combine how, std::byte* into, const std::byte* from,
             std::size_t begin, std::size_t end) {
  with_type(type, [&](auto number) {
    using Number = decltype(number);
    using Value = typename Number::Value;
    if (how == Combine::maximum) {
      return choose<Number>(into, from, begin, end, second_is_greater<Value>);
    }
    if (how == Combine::minimum) {
      return choose<Number>(into, from, begin, end, second_is_lesser<Value>);
    }
    const auto operation = how == Combine::sum ? Number::sum : Number::product;
    for (std::size_t i = begin; i < end; ++i) {
      Number::store(into, i, operation(Number::load(into, i), Number::load(from, i)));
    }
  });
}

void scale(ncclDataType_t type, std::byte* elements, std::size_t count, const std::byte* scalar) {
  with_type(type, [&](auto number) {
    using Number = decltype(number);
    const auto factor = Number::load(scalar, 0);
    for (std::size_t i = 0; i < count; ++i) {
      Number::store(elements, i, Number::product(Number::load(elements, i), factor));
    }
  });
}

void store_reciprocal(ncclDataType_t type, int ranks, std::byte* scalar) {
  with_type(type, [&](auto number) {
    using Number = decltype(number);
    Number::store(scalar, 0, static_cast<typename Number::Value>(1.0 / ranks));
  });
}

void divide(ncclDataType_t type, std::byte* elements, std::size_t count, int divisor) {
  with_type(type, [&](auto number) {
    using Number = decltype(number);
    using Value = typename Number::Value;
    if constexpr (std::is_integral_v<Value>) {
      // Wide enough for the divisor, of the sign of the type.
      using Wide = std::conditional_t<std::is_signed_v<Value>, std::int64_t, std::uint64_t>;
      for (std::size_t i = 0; i < count; ++i) {
        const auto quotient =
            static_cast<Wide>(Number::load(elements, i)) / static_cast<Wide>(divisor);
        Number::store(elements, i, static_cast<Value>(quotient));
      }
    }
  });
}

}  // namespace reducecheck::standin
