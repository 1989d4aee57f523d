// SPDX-License-Identifier: Apache-2.0
// Kernels that read the buffers of their peers.
#include <algorithm>

#include "sim/order/literal_orders.hpp"

namespace reducecheck::literal {
namespace {

/// What a thread of `rank` adds for one element: its own operand, then the next ranks'.
int from_rank_on(Sums& sums, const Buffers& buffers, std::size_t rank, std::size_t element) {
  int sum = buffers[rank][element];
  for (std::size_t step = 1; step < buffers.size(); ++step) {
    sum = sums.add(sum, buffers[(rank + step) % buffers.size()][element]);
  }
  return sum;
}

/// Threads of all ranks share work items: an item is a tile of bytes, or one element of the ends.
class SymmetricKernel {
 public:
  SymmetricKernel(Sums& sums, const Buffers& inputs, const SymmetricLaunch& launch)
      : sums_(sums),
        inputs_(inputs),
        launch_(launch),
        written_(inputs[0].size(), -1),
        bytes_(inputs[0].size() * launch.element_bytes) {}

  bool run() {
    const std::size_t n = inputs_.size();
    std::size_t at = 0;
    while (at < bytes_ && (launch_.in_offset + at) % 16 != 0) at += launch_.element_bytes;
    const std::size_t prefix = at;
    const auto together = [&](std::size_t bytes) {
      return launch_.in_offset % bytes == launch_.out_offset % bytes;
    };
    if (together(16)) at = packs(at, 8192, 2048);
    if (launch_.element_bytes == 4 || together(4)) at = packs(at, 2048, 512);
    const std::size_t ends = (prefix + bytes_ - at) / launch_.element_bytes;
    for (std::size_t rank = 0; rank < n; ++rank) {
      for (std::size_t block = 0; block < launch_.blocks; ++block) {
        for (std::size_t lane = 0; lane < 32; ++lane) {
          const std::size_t step = 32 * n * launch_.blocks;
          for (std::size_t i = lane + 32 * (rank + n * block); i < ends; i += step) {
            const std::size_t byte = i * launch_.element_bytes;
            write(rank, byte < prefix ? byte : byte - prefix + at, launch_.element_bytes);
          }
        }
      }
    }
    return std::ranges::find(written_, -1) == written_.end();
  }

  [[nodiscard]] const Message& written() const { return written_; }

 private:
  /// As many whole rounds over all warps of all blocks of all ranks as fit; where they end.
  std::size_t packs(std::size_t at, std::size_t unit, std::size_t tile) {
    const std::size_t n = inputs_.size();
    const std::size_t round = unit * n * launch_.blocks;
    std::size_t end = at;
    while (end + round <= bytes_) end += round;
    constexpr std::size_t warps = 4;
    for (std::size_t rank = 0; rank < n; ++rank) {
      for (std::size_t worker = 0; worker < launch_.blocks * warps; ++worker) {
        const std::size_t step = n * launch_.blocks * warps;
        for (std::size_t i = rank + n * worker; at + i * tile < end; i += step) {
          write(rank, at + i * tile, tile);
        }
      }
    }
    return end;
  }

  void write(std::size_t rank, std::size_t byte, std::size_t count) {
    const std::size_t first = byte / launch_.element_bytes;
    for (std::size_t e = first; e < first + count / launch_.element_bytes; ++e) {
      written_[e] = from_rank_on(sums_, inputs_, rank, e);
    }
  }

  Sums& sums_;
  const Buffers& inputs_;
  SymmetricLaunch launch_;
  Message written_;
  std::size_t bytes_;
};

}  // namespace

bool nccl_symmetric(Sums& sums, Buffers& buffers, const SymmetricLaunch& launch) {
  SymmetricKernel kernel(sums, buffers, launch);
  const bool whole = kernel.run();
  for (Message& buffer : buffers) buffer = kernel.written();
  return whole;
}

bool vllm_two_shot(Sums& sums, Buffers& buffers, std::size_t pack) {
  const std::size_t n = buffers.size();
  const std::size_t packs = buffers[0].size() / pack;
  const std::size_t part = packs / n;
  const std::size_t largest = part + packs % n;
  // First every rank sums its part into a buffer of its own; then all gather all parts.
  std::vector<Message> parts(n);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const std::size_t end = rank + 1 == n ? packs : (rank + 1) * part;
    for (std::size_t element = rank * part * pack; element < end * pack; ++element) {
      parts[rank].push_back(from_rank_on(sums, buffers, rank, element));
    }
  }
  for (Message& buffer : buffers) {
    for (std::size_t i = 0; i < largest; ++i) {
      for (std::size_t from = 0; from < n; ++from) {
        if (from + 1 < n && i >= part) continue;
        copy_into(buffer, (from * part + i) * pack, slice(parts[from], i * pack, pack));
      }
    }
  }
  return true;
}

bool one_shot(Sums& sums, Buffers& buffers, const OneShot& manner) {
  const std::size_t n = buffers.size();
  const Buffers inputs = buffers;
  const std::size_t group = manner.group == 0 ? n : static_cast<std::size_t>(manner.group);
  for (std::size_t rank = 0; rank < n; ++rank) {
    for (std::size_t element = 0; element < inputs[0].size(); ++element) {
      int sum = -1;
      for (std::size_t begin = 0; begin < n; begin += group) {
        int of_group = manner.from_zero ? sums.zero() : -1;
        for (std::size_t i = begin; i < std::min(n, begin + group); ++i) {
          const int operand = inputs[(i + (manner.from_own ? rank : 0)) % n][element];
          of_group = of_group < 0 ? operand : sums.add(of_group, operand);
        }
        if (sum < 0 && manner.from_zero) sum = sums.zero();
        sum = sum < 0 ? of_group : sums.add(sum, of_group);
      }
      buffers[rank][element] = sum;
    }
  }
  return true;
}

}  // namespace reducecheck::literal
