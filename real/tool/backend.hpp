// SPDX-License-Identifier: Apache-2.0
// What the tool asks of the libraries that the build found.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "real/tool/request.hpp"

namespace reducecheck::real {

class Backend {
 public:
  Backend() = default;
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  /// As `--backend` has it.
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// Whether this build has it.
  [[nodiscard]] virtual bool built() const = 0;

  /// Names of algorithms of all_reduce that it can be asked for.
  [[nodiscard]] virtual std::vector<std::string> algorithms() const = 0;

  /// Lines that say what can be run: the library, and what it runs on.
  virtual std::string state() = 0;

  /// Runs the request as one rank of the job that a launcher started, or says how to start one;
  /// with `launches` starts it. Returns the exit status.
  virtual int run(const Request& request, const std::vector<std::string>& words) = 0;
};

/// The backends there are, built or not, the default one first.
std::span<Backend* const> backends();

Backend& mpi_backend();
Backend& nccl_backend();

}  // namespace reducecheck::real
