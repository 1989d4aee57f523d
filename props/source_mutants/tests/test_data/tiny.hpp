// SPDX-License-Identifier: Apache-2.0
// In the tiny program and in its test as well.
#pragma once

inline int twice(int x) {
  const int sum = x + x;
  return sum;
}
