// SPDX-License-Identifier: Apache-2.0
// Memory as kernels on the host see it: every access is checked against the bounds of its buffer
// and against what other threads did to the same element since the last barrier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/host/fault.hpp"

namespace reducecheck::kernels::host {

/// Who did something, and in which phase: a block's phase ends at its barrier.
struct Access {
  static constexpr std::int32_t nobody = -1;
  static constexpr std::int32_t several = -2;

  std::int32_t block = nobody;
  std::int32_t thread = nobody;
  std::uint32_t phase = 0;

  [[nodiscard]] bool happened() const { return block != nobody; }

  /// Whether nothing orders it before `later`, which another thread does.
  [[nodiscard]] bool races_with(const Access& later) const;

  /// This and `later` as one; of what is ordered before `later` nothing is kept.
  void join(const Access& later);
};

/// The latest accesses to one element.
struct Cell {
  Access write;
  Access read;
  Access atomic;
};

/// What runs now, and what it may do.
struct Watch {
  std::string kernel;
  Access now;
  bool races = true;
  std::uint64_t accesses_left = 0;

  [[noreturn]] void fault(FaultKind kind, const std::string& sentence) const;
};

enum class AccessKind : std::uint8_t { load, store, atomic };

/// A buffer under its name.
class Region {
 public:
  Region(std::string name, const void* data, std::size_t count, std::size_t bytes, bool written)
      : name_(std::move(name)), data_(data), count_(count), bytes_(bytes), written_(written) {}

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool written() const { return written_; }
  [[nodiscard]] std::uintptr_t begin() const { return reinterpret_cast<std::uintptr_t>(data_); }
  [[nodiscard]] std::uintptr_t end() const { return begin() + count_ * bytes_; }

  /// Whom to tell, and the cells of the first element, `cells_per_element` an element; without
  /// cells only bounds are checked. `fresh`: a read of what was not written is a fault.
  void attach(Watch* watch, Cell* cells, std::size_t cells_per_element, bool fresh);

  /// Throws a Fault unless elements [index, index + count) may be accessed now.
  void access(AccessKind kind, std::size_t index, std::size_t count);

 private:
  void check(AccessKind kind, std::size_t index, Cell& cell);
  [[noreturn]] void race(AccessKind kind, std::size_t index, const char* other,
                         const Access& earlier) const;
  [[nodiscard]] std::string element(AccessKind kind, std::size_t index) const;

  std::string name_;
  const void* data_;
  std::size_t count_;
  std::size_t bytes_;
  bool written_;
  Watch* watch_ = nullptr;
  Cell* cells_ = nullptr;
  std::size_t cells_per_element_ = 1;
  bool fresh_ = false;
};

/// The buffers of one launch. Buffers may overlap, as in an operation in place.
class Memory {
 public:
  Region* add(std::string name, const void* data, std::size_t count, std::size_t bytes,
              bool written);

  /// Makes cells for what is written, all as if nobody had touched it, and has `watch` told.
  void attach(Watch& watch);

 private:
  void attach(Watch& watch, std::size_t first, std::size_t last);

  std::vector<std::unique_ptr<Region>> regions_;
  std::vector<std::vector<Cell>> cells_;
};

}  // namespace reducecheck::kernels::host
