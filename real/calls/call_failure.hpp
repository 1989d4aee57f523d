// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace reducecheck::real {

/// A collective that cannot be: the members call different ones, or some do not come. The text
/// names ranks and calls.
struct CallFailure : std::runtime_error {
  CallFailure(const std::string& text, bool mismatched)
      : std::runtime_error(text), mismatch(mismatched) {}

  bool mismatch;  // else somebody did not come
};

}  // namespace reducecheck::real
