// SPDX-License-Identifier: Apache-2.0
// Unexpected findings kept for later: the minimal case as a file, and the command that runs it.
#pragma once

#include <cstddef>
#include <string>

#include "sim/report/groups.hpp"
#include "sim/tool/console.hpp"
#include "sim/tool/request.hpp"
#include "sim/tool/session.hpp"

namespace reducecheck::tool {

/// Writes the smallest unexpected cell of `group`, from scenario number `index` of the session, and
/// returns the lines that say where it is and how to run it again. Without a directory, or when
/// the file cannot be written (which the console is told), the command is one that needs no file.
std::string save_failure(const Session& session, std::size_t index, const CellGroup& group,
                         const CheckRequest& request, Console& console);

/// `word` as a shell reads it back.
std::string shell_quoted(const std::string& word);

}  // namespace reducecheck::tool
