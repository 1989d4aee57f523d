// SPDX-License-Identifier: Apache-2.0
// What ranks hold, and reading it, which no reduction can beat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reducecheck::bench {

/// Memory in huge pages where the system has them, so that neither side waits for page tables.
class HugeMemory {
 public:
  explicit HugeMemory(std::size_t bytes);
  ~HugeMemory();
  HugeMemory(const HugeMemory&) = delete;
  HugeMemory& operator=(const HugeMemory&) = delete;

  [[nodiscard]] void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// `ranks` buffers of `count` numbers of a format in one block of memory.
template <class Encoding>
class RankBuffers {
 public:
  RankBuffers(std::size_t ranks, std::size_t count)
      : count_(count), memory_(ranks * count * sizeof(Encoding)) {
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      ranks_.push_back(static_cast<Encoding*>(memory_.data()) + rank * count);
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::vector<Encoding*>& ranks() const { return ranks_; }

 private:
  std::size_t count_;
  HugeMemory memory_;
  std::vector<Encoding*> ranks_;
};

/// Every byte read once; gives what the compiler cannot leave out.
std::uint64_t read_all(const void* memory, std::size_t bytes);

}  // namespace reducecheck::bench
