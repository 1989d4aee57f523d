// SPDX-License-Identifier: Apache-2.0
// Which runs of a scenario a request means.
#pragma once

#include <string>
#include <vector>

#include "real/tool/request.hpp"
#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck::real {

struct Layouts {
  std::vector<Configuration> configurations;  // of the number of ranks that was asked for
  std::vector<const Variant*> variants;
  std::vector<int> ranks;  // numbers of ranks that the request allows, ascending
};

/// The scenarios of the request's files; what is wrong with any is in `errors`, lines of text.
std::vector<Scenario> load(const Request& request, std::string& errors);

/// The layouts with `ranks` ranks, which points into the scenario; errors such as an unknown axis
/// go to `errors`.
Layouts layouts_of(const Scenario& scenario, const Request& request, int ranks,
                   std::string& errors);

/// `tp=2 ep=2 kernel=fused`.
std::string spelled(const Scenario& scenario, const Configuration& configuration);

SizeOverrides sizes_of(const Request& request);

}  // namespace reducecheck::real
