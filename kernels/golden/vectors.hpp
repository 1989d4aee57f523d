// SPDX-License-Identifier: Apache-2.0
// What every case left, in a folder: `golden.txt` says what is in `golden.bin`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/golden/cases.hpp"

namespace reducecheck::kernels::golden {

struct StoredVector {
  std::string name;
  Bytes bytes;
};

struct StoredVectors {
  std::int64_t made = 0;  // seconds since 1970
  std::string site;       // what ran the kernels
  std::string sources;    // a hash of their sources, or `unknown`
  std::vector<StoredVector> vectors;
};

/// Writes both files. Empty, or a sentence that says why not.
std::string write_vectors(const std::filesystem::path& folder, const StoredVectors& stored);

/// Reads both files, of unknown origin: at most 16 MiB each. Empty, or a sentence with the place of
/// what is wrong.
std::string read_vectors(const std::filesystem::path& folder, StoredVectors& stored);

}  // namespace reducecheck::kernels::golden
