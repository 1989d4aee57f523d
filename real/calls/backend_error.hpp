// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace reducecheck::real {

/// A library or a launcher refused: not the fault of what is checked. The text says which call of
/// which rank, and what the library says of it.
struct BackendError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace reducecheck::real
