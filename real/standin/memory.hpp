// SPDX-License-Identifier: Apache-2.0
// Device memory, which is memory of this process with a table that says what is what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace reducecheck::standin {

/// Not for several threads at once.
class DeviceMemory {
 public:
  /// Memory full of bytes 0xff, which is a NaN in every floating type; nullptr when the device has
  /// no more.
  void* allocate(std::size_t bytes, int device);
  void* allocate_pinned(std::size_t bytes);

  /// Whether there was such an allocation.
  bool release(const void* begin);

  /// Empty if these bytes lie in one allocation of the device (-1: of any); else what they are.
  [[nodiscard]] std::string objection(const void* begin, std::size_t bytes, int device) const;

  /// Whether the pointer is into memory of that kind that was not freed.
  [[nodiscard]] bool is_device(const void* begin) const;
  [[nodiscard]] bool is_pinned(const void* begin) const;

  /// Whether it is into memory of either kind that was freed, as far as that is remembered.
  [[nodiscard]] bool was_freed(const void* begin) const;

  [[nodiscard]] std::size_t used(int device) const;
  static constexpr std::size_t capacity = std::size_t{16} << 30;  // of a device

 private:
  struct Block {
    std::size_t bytes = 0;
    int device = 0;  // -1: pinned memory of the host
    bool freed = false;
  };
  void* add(std::size_t bytes, int device);
  [[nodiscard]] const Block* block_of(const void* begin, std::uintptr_t& offset) const;

  std::map<std::uintptr_t, Block> blocks_;
  std::deque<std::uintptr_t> freed_;  // the oldest first
};

}  // namespace reducecheck::standin
