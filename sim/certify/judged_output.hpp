// SPDX-License-Identifier: Apache-2.0
// Internal to sim/certify: one output of two versions.
#pragma once

#include <string>
#include <vector>

#include "sim/certify/certify.hpp"

namespace reducecheck {

/// One rank's tensor of each version.
struct ComparedTensors {
  int rank = 0;
  const DumpTensor* left = nullptr;
  const DumpTensor* right = nullptr;
};

/// The tensor of that name on the rank, or nullptr.
const DumpTensor* tensor_of(const CertifiedVersion& version, int rank, const std::string& name);

/// Fills report, ulps and most_ulps from the bits alone.
void compare_bits(const std::vector<ComparedTensors>& tensors, OutputCertificate& output);

/// Fills the rest from the partial sums, whose branches, addends and group `output` names; the
/// versions' bounds name their orders. A sentence where a version's order, which `options` name,
/// does not fit.
std::string judge_by_partials(const std::vector<ComparedTensors>& tensors,
                              const CertifiedVersion& partials, const DumpName& name,
                              const CertifyOptions& options, OutputCertificate& output);

}  // namespace reducecheck
