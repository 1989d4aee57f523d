// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/memory.hpp"

#include <algorithm>
#include <utility>

namespace reducecheck::kernels::host {

bool Access::races_with(const Access& later) const {
  if (!happened()) return false;
  if (block != later.block) return true;
  return phase == later.phase && thread != later.thread;
}

void Access::join(const Access& later) {
  if (happened() && block != later.block) {
    block = several;
  } else if (happened() && phase == later.phase && thread != later.thread) {
    thread = several;
  } else {
    *this = later;
  }
}

void Watch::fault(FaultKind kind, const std::string& sentence) const {
  std::string where = "kernel `" + kernel + "`, block " + std::to_string(now.block);
  if (now.thread != Access::nobody) where += ", thread " + std::to_string(now.thread);
  throw Fault(kind, where + ": " + sentence);
}

void Region::attach(Watch* watch, Cell* cells, std::size_t cells_per_element, bool fresh) {
  watch_ = watch;
  cells_ = cells;
  cells_per_element_ = cells_per_element;
  fresh_ = fresh;
}

std::string Region::element(AccessKind kind, std::size_t index) const {
  const char* verb = kind == AccessKind::load    ? "load of `"
                     : kind == AccessKind::store ? "store to `"
                                                 : "atomic operation on `";
  return verb + name_ + "`[" + std::to_string(index) + "]";
}

void Region::access(AccessKind kind, std::size_t index, std::size_t count) {
  if (index >= count_ || count > count_ - index) {
    watch_->fault(FaultKind::out_of_bounds, element(kind, std::max(index, count_)) +
                                                ", which has " + std::to_string(count_) +
                                                " elements");
  }
  if (count > 1 && (begin() + index * bytes_) % (count * bytes_) != 0) {
    watch_->fault(FaultKind::misaligned, element(kind, index) + " as a pack of " +
                                             std::to_string(count) + " is not aligned");
  }
  if (watch_->accesses_left-- == 0) {
    watch_->fault(FaultKind::endless,
                  "it does not end: its accesses are used up at the " + element(kind, index));
  }
  if (cells_ == nullptr) return;
  for (std::size_t i = index; i < index + count; ++i) {
    Cell* cells = cells_ + i * cells_per_element_;
    for (std::size_t c = 0; c < cells_per_element_; ++c) check(kind, i, cells[c]);
  }
}

void Region::check(AccessKind kind, std::size_t index, Cell& cell) {
  const Access& now = watch_->now;
  if (fresh_ && kind != AccessKind::store && !cell.write.happened() && !cell.atomic.happened()) {
    watch_->fault(FaultKind::uninitialised_read,
                  element(kind, index) + ", which nobody wrote in this block");
  }
  if (watch_->races) {
    if (cell.write.races_with(now)) race(kind, index, "written", cell.write);
    if (kind != AccessKind::load && cell.read.races_with(now)) {
      race(kind, index, "read", cell.read);
    }
    if (kind != AccessKind::atomic && cell.atomic.races_with(now)) {
      race(kind, index, "changed atomically", cell.atomic);
    }
  }
  switch (kind) {
    case AccessKind::load: cell.read.join(now); break;
    case AccessKind::store: cell.write = now; break;
    case AccessKind::atomic: cell.atomic.join(now); break;
  }
}

void Region::race(AccessKind kind, std::size_t index, const char* other,
                  const Access& earlier) const {
  std::string who = "several threads";
  if (earlier.block == Access::several) {
    who = "threads of several blocks";
  } else if (earlier.block != watch_->now.block) {
    who = "block " + std::to_string(earlier.block);
  } else if (earlier.thread != Access::several) {
    who = "thread " + std::to_string(earlier.thread);
  }
  watch_->fault(FaultKind::race, "race: " + element(kind, index) + ", which is " + other + " by " +
                                     who + " with no barrier between");
}

Region* Memory::add(std::string name, const void* data, std::size_t count, std::size_t bytes,
                    bool written) {
  regions_.push_back(std::make_unique<Region>(std::move(name), data, count, bytes, written));
  return regions_.back().get();
}

void Memory::attach(Watch& watch) {
  std::ranges::sort(regions_, {}, [](const auto& region) { return region->begin(); });
  cells_.clear();
  std::size_t first = 0;
  while (first < regions_.size()) {
    std::uintptr_t end = regions_[first]->end();
    std::size_t last = first + 1;
    for (; last < regions_.size() && regions_[last]->begin() < end; ++last) {
      end = std::max(end, regions_[last]->end());
    }
    attach(watch, first, last);
    first = last;
  }
}

/// Regions [first, last) overlap. What only is read needs no cells.
void Memory::attach(Watch& watch, std::size_t first, std::size_t last) {
  bool written = false;
  std::size_t grain = regions_[first]->bytes();
  std::uintptr_t end = 0;
  for (std::size_t i = first; i < last; ++i) {
    written |= regions_[i]->written();
    grain = std::min(grain, regions_[i]->bytes());
    end = std::max(end, regions_[i]->end());
  }
  const std::uintptr_t begin = regions_[first]->begin();
  if (written && watch.races) cells_.emplace_back((end - begin) / grain);
  for (std::size_t i = first; i < last; ++i) {
    Region& region = *regions_[i];
    Cell* cells =
        written && watch.races ? cells_.back().data() + (region.begin() - begin) / grain : nullptr;
    region.attach(&watch, cells, region.bytes() / grain, false);
  }
}

}  // namespace reducecheck::kernels::host
