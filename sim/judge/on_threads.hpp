// SPDX-License-Identifier: Apache-2.0
// The threads that share the cells of a sweep, the mutants of a file, the programs of a fuzz run.
#pragma once

#include <cstddef>
#include <functional>

namespace reducecheck {

/// `wanted` threads, or one a core of the machine where it is 0; at least 1, at most `tasks`.
std::size_t thread_count(int wanted, std::size_t tasks);

/// `work` has ended on this thread and on so many others that they are `threads` in all. Rethrows,
/// when all have ended, the first exception that left one of them.
void on_threads(std::size_t threads, const std::function<void()>& work);

}  // namespace reducecheck
