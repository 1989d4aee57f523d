// SPDX-License-Identifier: Apache-2.0
// For targets that read files: a file without a place on disk.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "props/fuzz/target.hpp"

namespace reducecheck::fuzz {

class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("fuzz", 0)) { require(file_ >= 0, "no file in memory"); }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  /// The file holds `text` and nothing else.
  void fill(std::string_view text) const {
    require(::ftruncate(file_, 0) == 0 &&
                ::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
            "a file in memory cannot be written");
  }

  /// What this process opens it by.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace reducecheck::fuzz
