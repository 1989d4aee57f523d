// SPDX-License-Identifier: Apache-2.0
// The checks of one command: each file loaded, judged, and kept with what is needed to report it.
#pragma once

#include <string>
#include <vector>

#include "sim/report/result.hpp"
#include "sim/tool/console.hpp"
#include "sim/tool/inputs.hpp"
#include "sim/tool/request.hpp"

namespace reducecheck::tool {

struct Session {
  Report report;
  std::vector<Scenario> scenarios;    // beside report.scenarios
  std::vector<CheckOptions> options;  // beside report.scenarios: with the model's sizes
  bool input_failed = false;          // a file was not loaded, or not judged completely
};

/// Every input checked in order. Errors of all files go to the console; the good ones are judged
/// all the same.
Session run_session(const CheckRequest& request, Console& console);

/// As run_session, for a scenario that is loaded already.
void check_loaded(const LoadedScenario& loaded, const CheckRequest& request, Session& session,
                  Console& console);

/// The exit status that the session asks for.
int status_of(const Session& session);

}  // namespace reducecheck::tool
