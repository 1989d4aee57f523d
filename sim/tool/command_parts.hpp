// SPDX-License-Identifier: Apache-2.0
// What the commands that check share: reading their words, writing the reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/report/columns.hpp"
#include "sim/tool/commands.hpp"
#include "sim/tool/request.hpp"
#include "sim/tool/session.hpp"

namespace reducecheck::tool {

/// The request that `words` make of the command, or nothing with the exit status in `status`, after
/// the help or an error was written.
std::optional<CheckRequest> request_of(const char* command, const std::vector<std::string>& words,
                                       Console& console, int& status);

/// Writes each line on standard error.
void say(const std::vector<std::string>& lines, Console& console);

/// Writes a report to a file, or with `-` to standard output; false after an error was written.
bool write_report(const std::string& file, const std::string& text, Console& console);

/// Whether the scenario has the variant; false after an error that lists those there are.
bool has_variant(const Scenario& scenario, const std::string& name, Console& console);

/// Writes the reports that the request names; a file that cannot be written makes the session one
/// of failed input, because whoever reads the file would read an old one.
void write_reports(const CheckRequest& request, Session& session, Console& console);

/// One block for each group of cells that is not as expected, saved and with its replay command.
std::string unexpected_text(const Session& session, const CheckRequest& request, Console& console,
                            bool with_findings);

TextOptions text_options(const CheckRequest& request, const Console& console);

}  // namespace reducecheck::tool
