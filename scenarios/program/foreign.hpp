// SPDX-License-Identifier: Apache-2.0
// What Python and C have and the language does not, with what to write instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reducecheck {

struct ForeignWord {
  std::string message;
  std::string hint;
};

/// The error for a keyword or symbol that is not part of the language; nothing if it is.
std::optional<ForeignWord> foreign_word(std::string_view word);

}  // namespace reducecheck
