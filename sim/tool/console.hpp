// SPDX-License-Identifier: Apache-2.0
// Standard output and standard error as a tool uses them: a reader that closes the pipe is no
// error, a full disk is.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace reducecheck::tool {

enum class ColourMode { automatic, always, never };

class Console {
 public:
  /// Results go to standard error from here on, because standard output carries a report.
  void results_to_stderr() { results_to_stderr_ = true; }

  void set_colour(ColourMode mode) { colour_ = mode; }

  /// Tables and findings; standard output unless results_to_stderr().
  void result(std::string_view text);

  /// A machine-readable report; always standard output.
  void report(std::string_view text);

  /// Errors and notes; standard error, after what was written before.
  void note(std::string_view text);

  /// Whether results are written in colour: by the mode, else NO_COLOR, else CLICOLOR_FORCE, else
  /// whether the stream is a terminal.
  [[nodiscard]] bool colour() const;

  /// Why standard output could not be written, or an empty string; a closed pipe is no reason.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void write_stdout(std::string_view text);

  bool results_to_stderr_ = false;
  ColourMode colour_ = ColourMode::automatic;
  bool closed_ = false;
  std::string failure_;
};

/// A callback that shows `done of all` on one line of standard error, at most ten times a second;
/// empty when standard error is not a terminal. May be called from several threads.
std::function<void(std::size_t, std::size_t)> progress_line(std::string label);

/// Takes the line of progress_line() away again.
void clear_progress_line();

}  // namespace reducecheck::tool
