// SPDX-License-Identifier: Apache-2.0
// The ranks of a job, as a backend has them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "real/execute/transport.hpp"
#include "real/numbers/element.hpp"
#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/plan.hpp"

namespace reducecheck::real {

/// By which orders of known_orders() sums over ranks go, or why that is not known.
struct SumsBy {
  std::string all_reduce;
  std::map<std::string, std::string> settings;  // of all_reduce, beyond its defaults
  std::string reduce_scatter;
  std::string unknown;  // a sentence without a full stop
};

/// This process's end of a job. All functions but the first three are collective over the ranks,
/// and throw CallFailure and BackendError.
class Job {
 public:
  Job() = default;
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  /// One line: the library, and what it runs on.
  [[nodiscard]] virtual std::string library() const = 0;

  /// By what the library says that sums go, as it was asked for. It is not believed yet.
  virtual SumsBy sums_by() = 0;

  /// Why the library's own word on the sums since then contradicts it, or an empty sentence.
  virtual std::string contradiction() = 0;

  /// Uses a transport that has the group of all ranks.
  virtual void with_all_ranks(const std::function<void(Transport&)>& use) = 0;

  /// The record of every rank (rank_record), at the first rank; nothing at the others.
  virtual std::vector<std::vector<std::uint64_t>> run(const Plan& plan, const Run& run,
                                                      const Mesh& mesh, ElementType type,
                                                      std::uint64_t seed) = 0;

  /// The sum of what the ranks give.
  virtual std::uint64_t sum(std::uint64_t own) = 0;

  /// What is to be told behind the table: lines.
  virtual std::string remarks() { return ""; }
};

}  // namespace reducecheck::real
