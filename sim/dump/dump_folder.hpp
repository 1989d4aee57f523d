// SPDX-License-Identifier: Apache-2.0
// Dumps as folders: one safetensors file a rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck {

struct DumpLimits {
  static constexpr int ranks = 65536;
  static constexpr std::uint64_t bytes = std::uint64_t{8} << 30U;  // of all files together
  static constexpr std::size_t errors = 8;                         // that are said of one folder
};

/// `rank3.safetensors`.
std::string rank_file(int rank);

/// The dump in `directory`, or nothing and at least one line `FILE: error: ...` in `errors`. Memory
/// is bounded by the sizes of the files. Does not throw. Refused is what read_safetensors()
/// refuses; metadata that is missing, differs between files or is not as dump.hpp says; a rank
/// without a file, and a file without a rank; names that are not as dump.hpp says; and a tensor
/// that only some ranks of a process group have, or whose shape or type differs. NaN and infinities
/// are read; see non_finite_tensors().
std::optional<Dump> read_dump(const std::string& directory, std::vector<std::string>& errors);

/// `directory` holds one file a rank, and read_dump() of it gives an equal dump but for metadata:
/// `format`, `rank`, `mesh`, `group` and `order` of each file are those of the dump. Makes the
/// directory if its parent exists; replaces files of the same names, each in one step. False, with
/// at least one line `FILE: error: ...` in `errors`, where that fails.
bool write_dump(const Dump& dump, const std::string& directory, std::vector<std::string>& errors);

/// A line `FILE: error: ...` for each tensor of the dump in `directory` that has NaN or infinities:
/// how many, and where the first one is. Ends after DumpLimits::errors lines.
std::vector<std::string> non_finite_tensors(const Dump& dump, const std::string& directory);

}  // namespace reducecheck
