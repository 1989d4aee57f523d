// SPDX-License-Identifier: Apache-2.0
// What a command line of reducecheck-real asks for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "real/numbers/element.hpp"

namespace reducecheck::real {

/// The exit statuses are an interface: scripts and CI read them.
struct ExitStatus {
  static constexpr int equal = 0;
  static constexpr int different = 1;  // from the simulator, or calls that do not match
  static constexpr int usage = 2;      // the command line or an input
  static constexpr int backend = 3;    // the library, the launcher, or a rank
  static constexpr int skipped = 77;   // nothing was compared
};

enum class Command { run, sweep, collectives, log_diff, doctor, help };

struct Request {
  Command command = Command::help;
  std::vector<std::string> files;            // scenarios; of log_diff the two logs
  std::string backend;                       // of this build
  std::vector<std::string> variants;         // none: all
  std::map<std::string, std::int64_t> mesh;  // axes or derived groups fixed to a size
  ElementType type = ElementType::mod64;
  bool all_types = true;  // no type was named
  std::string algorithm;  // empty: the library's choice
  std::optional<std::int64_t> tokens;
  std::optional<std::int64_t> up_to_ranks;  // every size of an axis that fits, not the file's only
  std::uint64_t seed = 1;
  int deadline_milliseconds = 10'000;
  bool launches = false;  // starts the ranks itself, and watches them
  int ranks = 0;          // how many then; 0: as many as fit
};

/// Whether a word is a number of ranks, which may stand behind `--launch`.
bool is_number(const std::string& word);

/// Fills `request`; what is wrong is one sentence without a full stop, else empty.
std::string read_request(const std::vector<std::string>& words, Request& request);

/// The help.
std::string help_text();

}  // namespace reducecheck::real
