// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: the configurations of a case, and a sentence for a union of cases.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/prove/facts.hpp"

namespace reducecheck::prove {

/// The answer to the question in the configuration; nothing if it speaks about a number that has no
/// value there.
std::optional<int> answer_at(const Scenario& scenario, const Question& question,
                             const SymbolTable& symbols, const Scope& scope,
                             const Configuration& at);

/// Whether all facts are true in the configuration; nothing if one speaks about a number that has
/// no value there.
std::optional<bool> lies_in(const Scenario& scenario, const std::vector<Fact>& facts,
                            const SymbolTable& symbols, const Scope& scope,
                            const Configuration& at);

/// Configurations of a scenario with at most `ranks` ranks, smallest first, whatever sizes the
/// file lists; `choices` fixes switches by their place. Calls `visit` until it returns false.
void for_each_configuration(const Scenario& scenario, const std::vector<Fact>& facts,
                            std::int64_t ranks,
                            const std::function<bool(const Configuration&)>& visit);

/// A polynomial's value where every axis has its size; symbols that are no axes stay.
Polynomial at_sizes(const Polynomial& polynomial, const Configuration& at);

}  // namespace reducecheck::prove
