// SPDX-License-Identifier: Apache-2.0
// What the mutator's own test mutates.
#include "tiny.hpp"

#include <string>

int unseen = 0;

int sum_below(int rest) {
  int total = 0;
  while (true) {
    if (rest == 0) return total;
    total += rest;
    --rest;
  }
}

int at_least_zero(int x) {
  const bool below = x < 0;
  return below ? 0 : x;
}

int four_times(int x) {
  return twice(twice(x));
}

void leave_a_note() {
  unseen = 7;
}

void rest_of_it(int& never) {
  std::string name = "a" + std::to_string(never);
  never = 2;
}
