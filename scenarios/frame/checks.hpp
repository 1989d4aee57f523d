// SPDX-License-Identifier: Apache-2.0
// What must be true of a scenario as a whole: names are declared once, everything that is used is
// declared, and nothing is defined by itself.
#pragma once

#include "scenarios/frame/frame_names.hpp"
#include "scenarios/frame/frame_reader.hpp"

namespace reducecheck {

/// Runs all checks below; see frame_names.hpp for the check of the names themselves, which is the
/// only one when names are hidden.
void check_scenario(Reading& reading);

/// Names in the mesh, sizes, placements, layouts, aliases and conditions; circular groups and
/// sizes.
void check_frame(const Scenario& scenario, const FrameNames& names, Diagnostics& diagnostics);

/// Names in the program texts; the reference must not look at the mesh.
void check_programs(const Reading& reading, const FrameNames& names, Diagnostics& diagnostics);

}  // namespace reducecheck
