// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <new>
#include <utility>

#include "kernels/golden/site.hpp"
#include "kernels/host/schedule.hpp"

namespace reducecheck::kernels::golden {
namespace {

constexpr std::align_val_t alignment{256};  // as cudaMalloc has it

}  // namespace

std::string site_name() {
  return "the executor on the host";
}

Queue queue_of(std::uint64_t repetition) {
  host::set_schedule({.seed = repetition});
  return {};
}

void finish(Queue) {}  // a kernel has run when its launch returns, and has thrown if it failed

void copy_there(Queue, void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

SiteMemory::SiteMemory(std::size_t bytes) : data_(::operator new(bytes + 1, alignment)) {}
SiteMemory::~SiteMemory() {
  ::operator delete(data_, alignment);
}
SiteMemory::SiteMemory(SiteMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}

void SiteMemory::write(const void* from, std::size_t bytes) const {
  std::memcpy(data_, from, bytes);
}

void SiteMemory::read(void* to, std::size_t bytes) const {
  std::memcpy(to, data_, bytes);
}

}  // namespace reducecheck::kernels::golden
