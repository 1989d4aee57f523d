// SPDX-License-Identifier: Apache-2.0
// Internal to sim/repair: the edits that a developer would try, one function for each kind of
// place. Each proposes to the draft in the order of the text.
#pragma once

#include "sim/repair/draft.hpp"
#include "sim/repair/facts.hpp"

namespace reducecheck::repair {

/// Flags of the variant: the other value.
void edit_flags(Draft& draft, const Facts& facts);

/// Flags and functions of the variant as another variant of the scenario has them.
void edit_as_variants(Draft& draft, const Scenario& scenario);

/// Collectives: over another group, taken away, turned into another one; new ones around a branch's
/// weight, around a sum, before a consumer, around a statistic; rows gathered around a weight.
void edit_collectives(Draft& draft, const Facts& facts);

/// Conditions: negated, without a part, with one more.
void edit_conditions(Draft& draft, const Facts& facts);

/// Addends: moved out of a sum or into it, scaled, on one rank only.
void edit_addends(Draft& draft, const Facts& facts);

/// Weights: whole instead of split, everywhere or where the variant fails, and the reverse.
void edit_placements(Draft& draft, const Facts& facts);

}  // namespace reducecheck::repair
