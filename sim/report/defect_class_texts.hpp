// SPDX-License-Identifier: Apache-2.0
// The texts behind defect_classes(), in parts that fit on a screen each.
#pragma once

#include <vector>

#include "sim/report/defect_classes.hpp"

namespace reducecheck::class_texts {

/// A sum that is missing, too many, over other ranks, or at another time.
std::vector<DefectClass> sums();

/// An addend that meets a sum it was not made for.
std::vector<DefectClass> addends();

/// Rows, owners, non-linear functions, calls that do not match, and what no rule explains.
std::vector<DefectClass> layouts();

/// Gradients and losses.
std::vector<DefectClass> training();

}  // namespace reducecheck::class_texts
