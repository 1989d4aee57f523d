// SPDX-License-Identifier: Apache-2.0
// What the files of a dump say of themselves.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck {

/// The metadata of `file`, which is that of rank dump.ranks.size(), agree with the dump; without
/// ranks before, mesh, group and order of the dump are theirs. What does not fit is the result, one
/// sentence each.
std::vector<std::string> take_metadata(Dump& dump, const TensorFile& file);

/// The metadata of `file` say that it is of that rank of the dump.
void give_metadata(const Dump& dump, std::size_t rank, TensorFile& file);

/// `dp=2,tp=4`.
std::string mesh_text(const std::vector<std::pair<std::string, int>>& mesh);

/// How many ranks the mesh has; take_metadata() keeps it within the limit.
int ranks_of(const Dump& dump);

}  // namespace reducecheck
