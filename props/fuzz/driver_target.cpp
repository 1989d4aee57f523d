// SPDX-License-Identifier: Apache-2.0
// What a driver must find, each for one letter: to see that it does.
#include <stdexcept>
#include <vector>

#include "props/fuzz/target.hpp"

namespace reducecheck::fuzz {
namespace {

volatile int sink = 0;

void hang() {
  while (sink == 0) static_cast<void>(sink);
}

void take_memory() {
  const std::vector<char> much(std::size_t{100} << 20U, 'm');
  sink = much.back();
}

int deeper(int depth) {
  volatile char part[1024] = {};
  part[depth % 1024] = 1;
  return depth < 0 ? 0 : deeper(depth + 1) + part[depth % 1024];
}

void read_nowhere() {
  const int* volatile nowhere = nullptr;
  sink = *nowhere;
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck::fuzz;
  switch (size == 0 ? '.' : data[0]) {
    case 'd': sink = deeper(0); break;
    case 'f': require(false, "a sentence"); break;
    case 'h': hang(); break;
    case 'm': take_memory(); break;
    case 'n': read_nowhere(); break;
    case 't': throw std::runtime_error("thrown");
    default: break;
  }
  return 0;
}
