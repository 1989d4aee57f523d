// SPDX-License-Identifier: Apache-2.0
// A bound on a library's blocking call, which nothing but a signal can end.
#pragma once

#include <string>

#include "real/calls/call_log.hpp"

namespace reducecheck::real {

/// While it lives, the process ends with status 3 when the time is over, after it has written
/// `text` to standard error and to the log. One at a time.
class DeadlineAlarm {
 public:
  DeadlineAlarm(const CallLog& log, int milliseconds, const std::string& text);
  ~DeadlineAlarm();
  DeadlineAlarm(const DeadlineAlarm&) = delete;
  DeadlineAlarm& operator=(const DeadlineAlarm&) = delete;
};

}  // namespace reducecheck::real
