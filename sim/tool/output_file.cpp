// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace reducecheck::tool {

std::string write_file(const std::string& file, std::string_view text) {
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (stream == nullptr) return std::strerror(errno);
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  // A full disk may show only when the buffer is flushed.
  const bool closed = std::fclose(stream) == 0;
  if (written && closed) return "";
  return errno != 0 ? std::strerror(errno) : "write error";
}

}  // namespace reducecheck::tool
