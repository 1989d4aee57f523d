// SPDX-License-Identifier: Apache-2.0
// The exit statuses are an interface: scripts and CI read them.
#pragma once

namespace reducecheck::tool {

struct ExitStatus {
  static constexpr int as_expected = 0;
  static constexpr int unexpected =
      1;                              // a finding that no file expects, or an expected one missing
  static constexpr int usage = 2;     // the command line or an input
  static constexpr int internal = 3;  // output that cannot be written, our own faults
  static constexpr int skipped = 77;  // nothing was left to check
};

}  // namespace reducecheck::tool
