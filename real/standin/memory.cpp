// SPDX-License-Identifier: Apache-2.0
#include "real/standin/memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>

namespace reducecheck::standin {
namespace {

constexpr int pinned = -1;
constexpr std::size_t most_freed = 1024;  // that are remembered

std::size_t mapped_bytes(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  return (bytes + page - 1) / page * page;
}

void* pointer_to(std::uintptr_t begin) {
  return reinterpret_cast<void*>(begin);
}

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace

void* DeviceMemory::add(std::size_t bytes, int device) {
  const std::size_t size = mapped_bytes(bytes);
  // Not from the heap: there, what was freed soon is the host's.
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::memset(memory, 0xff, size);
  blocks_[address(memory)] = {bytes, device, false};
  return memory;
}

void* DeviceMemory::allocate(std::size_t bytes, int device) {
  if (bytes > capacity - used(device)) return nullptr;
  return add(bytes, device);
}

void* DeviceMemory::allocate_pinned(std::size_t bytes) {
  return bytes > capacity ? nullptr : add(bytes, pinned);
}

bool DeviceMemory::release(const void* begin) {
  const auto block = blocks_.find(address(begin));
  if (block == blocks_.end() || block->second.freed) return false;
  block->second.freed = true;
  // Its place stays taken for a while, and whoever reads or writes there is ended by the system.
  ::mmap(const_cast<void*>(begin), mapped_bytes(block->second.bytes), PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  freed_.push_back(block->first);
  if (freed_.size() > most_freed) {
    const auto oldest = blocks_.find(freed_.front());
    freed_.pop_front();
    ::munmap(pointer_to(oldest->first), mapped_bytes(oldest->second.bytes));
    blocks_.erase(oldest);
  }
  return true;
}

const DeviceMemory::Block* DeviceMemory::block_of(const void* begin, std::uintptr_t& offset) const {
  auto block = blocks_.upper_bound(address(begin));
  if (block == blocks_.begin()) return nullptr;
  --block;
  offset = address(begin) - block->first;
  return offset < block->second.bytes ? &block->second : nullptr;
}

std::string DeviceMemory::objection(const void* begin, std::size_t bytes, int device) const {
  if (bytes == 0) return "";
  std::uintptr_t offset = 0;
  const Block* block = block_of(begin, offset);
  if (block != nullptr && block->freed) {
    return fmt::format("{} is {} that was freed", begin,
                       block->device == pinned ? "pinned memory" : "device memory");
  }
  if (block == nullptr || block->device == pinned) {
    return fmt::format("{} is {}", begin, begin == nullptr ? "null" : "no device memory");
  }
  if (device >= 0 && block->device != device) {
    return fmt::format("{} is memory of device {}, not {}", begin, block->device, device);
  }
  if (bytes > block->bytes - offset) {
    return fmt::format("{} bytes from {} on are {} more than the allocation of {} bytes holds",
                       bytes, begin, bytes - (block->bytes - offset), block->bytes);
  }
  return "";
}

bool DeviceMemory::is_device(const void* begin) const {
  std::uintptr_t offset = 0;
  const Block* block = block_of(begin, offset);
  return block != nullptr && block->device != pinned && !block->freed;
}

bool DeviceMemory::is_pinned(const void* begin) const {
  std::uintptr_t offset = 0;
  const Block* block = block_of(begin, offset);
  return block != nullptr && block->device == pinned && !block->freed;
}

bool DeviceMemory::was_freed(const void* begin) const {
  std::uintptr_t offset = 0;
  const Block* block = block_of(begin, offset);
  return block != nullptr && block->freed;
}

std::size_t DeviceMemory::used(int device) const {
  std::size_t bytes = 0;
  for (const auto& [begin, block] : blocks_) {
    if (block.device == device && !block.freed) bytes += block.bytes;
  }
  return bytes;
}

}  // namespace reducecheck::standin
