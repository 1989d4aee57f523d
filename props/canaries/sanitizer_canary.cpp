// SPDX-License-Identifier: Apache-2.0
// What a sanitizer must find, by its word: `address` reads behind an array, `undefined` adds beyond
// the largest integer, `thread` counts in two threads without a lock.
#include <cstdio>
#include <limits>
#include <string_view>
#include <thread>
#include <vector>

namespace {

int behind_the_end(int count) {
  const std::vector<int> numbers(static_cast<std::size_t>(count));
  return numbers.data()[count];
}

int beyond_the_largest(int more) {
  return std::numeric_limits<int>::max() + more;
}

int counted_by_two() {
  int count = 0;
  const auto add = [&count] { ++count; };
  std::thread one(add);
  std::thread other(add);
  one.join();
  other.join();
  return count;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count == 2 ? words[1] : "";
  int result = 0;
  if (what == "address") result = behind_the_end(count);
  if (what == "undefined") result = beyond_the_largest(count);
  if (what == "thread") result = counted_by_two();
  std::printf("nothing found (%d)\n", result);
  return 0;
}
