// SPDX-License-Identifier: Apache-2.0
// How fast kernels that are bound by memory move bytes, beside a copy in the same run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace reducecheck::kernels::golden {

struct MeasuredSpeed {
  std::string kernel;
  bool bound_by_memory = true;  // else it also computes, or adds in an order that takes its time
  double bytes = 0;             // read and written by one launch
  double seconds = 0;           // of one launch: the median of five batches
};

/// The copy first, then kernels over buffers of n bf16 elements, a multiple of 4096.
std::vector<MeasuredSpeed> measure_speed(std::size_t n);

}  // namespace reducecheck::kernels::golden
