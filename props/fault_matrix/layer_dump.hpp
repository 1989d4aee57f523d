// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/unroll/plan.hpp"
#include "sim/dump/dump.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::matrix {

/// Internal to the fault matrix: a value of the plan as a dump holds it, rows and features being
/// its dimensions. The format is fp32, bf16 or fp16 and that of the simulation.
DumpTensor dump_tensor(const Plan& plan, Format format, const Simulation& values, int id);

}  // namespace reducecheck::matrix
