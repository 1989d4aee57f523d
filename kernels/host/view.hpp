// SPDX-License-Identifier: Apache-2.0
// A buffer as a body on the host sees it.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/body/dialect.hpp"
#include "kernels/host/memory.hpp"

namespace reducecheck::kernels::host {

/// Elements of type T, const for what is only read. A view without a buffer is absent. Elements are
/// copied by bytes, because the memory may hold objects of another type.
template <class T>
class View {
 public:
  using Value = std::remove_const_t<T>;
  using Bytes = std::conditional_t<std::is_const_v<T>, const std::byte*, std::byte*>;

  View() = default;
  View(T* data, Region* region) : data_(reinterpret_cast<Bytes>(data)), region_(region) {}

  [[nodiscard]] bool absent() const { return region_ == nullptr; }

  [[nodiscard]] Value load(std::size_t index) const {
    region_->access(AccessKind::load, index, 1);
    return get<Value>(index);
  }

  void store(std::size_t index, Value value) const {
    region_->access(AccessKind::store, index, 1);
    put(index, value);
  }

  template <std::size_t n>
  [[nodiscard]] Pack<Value, n> load_pack(std::size_t index) const {
    region_->access(AccessKind::load, index, n);
    return get<Pack<Value, n>>(index);
  }

  template <std::size_t n>
  void store_pack(std::size_t index, const Pack<Value, n>& pack) const {
    region_->access(AccessKind::store, index, n);
    put(index, pack);
  }

  /// Replaces the element by `change` of it; what it was.
  template <class Change>
  Value update(std::size_t index, Change change) const {
    region_->access(AccessKind::atomic, index, 1);
    const auto before = get<Value>(index);
    put(index, static_cast<Value>(change(before)));
    return before;
  }

 private:
  template <class Object>
  [[nodiscard]] Object get(std::size_t index) const {
    Object object;
    std::memcpy(&object, data_ + index * sizeof(T), sizeof object);
    return object;
  }
  template <class Object>
  void put(std::size_t index, const Object& object) const {
    std::memcpy(data_ + index * sizeof(T), &object, sizeof object);
  }

  Bytes data_ = nullptr;
  Region* region_ = nullptr;
};

}  // namespace reducecheck::kernels::host
