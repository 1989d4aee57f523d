// SPDX-License-Identifier: Apache-2.0
// Exit status 1 where the tiny program is wrong.
#include "tiny.hpp"

int sum_below(int rest);
int at_least_zero(int x);
int four_times(int x);
void leave_a_note();

int main() {
  leave_a_note();
  const bool inlined = twice(0) == 0 && four_times(1) == 4;
  return sum_below(3) == 6 && at_least_zero(-1) == 0 && at_least_zero(4) == 4 && inlined ? 0 : 1;
}
