// SPDX-License-Identifier: Apache-2.0
#include "real/calls/deadline_alarm.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace reducecheck::real {
namespace {

/// All that the handler may read, written before it can run.
struct LastWords {
  std::array<char, 512> text{};
  std::size_t size = 0;
  int log = -1;
};
LastWords last_words;

void put(int file, const char* text, std::size_t size) {
  const auto written = ::write(file, text, size);
  static_cast<void>(written);
}

void time_is_over(int) {
  static constexpr char begin[] = "failure 0 ";
  if (last_words.log >= 0) {
    put(last_words.log, begin, sizeof begin - 1);
    put(last_words.log, last_words.text.data(), last_words.size);
  }
  put(STDERR_FILENO, last_words.text.data(), last_words.size);
  ::_exit(3);
}

void set_timer(int milliseconds) {
  itimerval timer{};
  timer.it_value.tv_sec = milliseconds / 1000;
  timer.it_value.tv_usec = (milliseconds % 1000) * 1000;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

DeadlineAlarm::DeadlineAlarm(const CallLog& log, int milliseconds, const std::string& text) {
  const std::string line = text.substr(0, last_words.text.size() - 1) + '\n';
  std::ranges::copy(line, last_words.text.begin());
  last_words.size = line.size();
  last_words.log = log.file();
  static_cast<void>(std::signal(SIGALRM, time_is_over));
  set_timer(milliseconds);
}

DeadlineAlarm::~DeadlineAlarm() {
  set_timer(0);
}

}  // namespace reducecheck::real
