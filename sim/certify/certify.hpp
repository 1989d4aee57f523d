// SPDX-License-Identifier: Apache-2.0
// Two versions of a layer's output, as dumped, judged by the partial sums that they were made from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/certify/rounding_judge.hpp"
#include "sim/dump/dump.hpp"

namespace reducecheck {

/// One version: a dump, or the file of one rank alone.
struct CertifiedVersion {
  std::string path;
  Dump dump;
  std::optional<int> only_rank;  // whose file it is; nothing for a dump
};

struct CertifyOptions {
  std::string order;                            // empty: what the version's dump names, or any
  std::map<std::string, std::string> settings;  // of the order
};

/// How many elements of a version have the value that one way of adding gives.
struct ReplayedShare {
  std::string way;  // `all_reduce(experts + shared)`
  std::int64_t elements = 0;
};

/// What is known of one version's roundings.
struct VersionBound {
  std::string order;                   // empty: any
  bool from_dump = false;              // the dump names it, nobody else does
  std::string not_used;                // why a named order gives no bound here; else empty
  std::vector<ReplayedShare> replays;  // where the order is known, the largest share first
};

/// One output.
struct OutputCertificate {
  std::string name;
  std::string type;  // `BF16`
  std::vector<std::uint64_t> shape;
  std::vector<int> ranks;             // whose elements were compared
  std::vector<std::string> branches;  // whose partial sums it is the sum of
  std::vector<std::string> addends;
  std::string group;  // `tp`
  std::int64_t group_ranks = 0;
  std::string reason;  // why nothing but bits was compared; else empty
  VersionBound left;
  VersionBound right;
  RoundingReport report;                      // with a reason: elements and differing only
  std::optional<RoundingReport> any_order{};  // where an order is known: by the bound of any order
  /// Without partial sums: how many elements are 1, 2, 3 to 4, 5 to 8, .. units in the last place
  /// apart, and the most; what is no number counts as nothing.
  std::vector<std::int64_t> ulps;
  std::uint64_t most_ulps = 0;

  /// The index of an element along each dimension.
  [[nodiscard]] std::vector<std::uint64_t> place(std::size_t element) const;
};

struct CertifyReport {
  std::vector<OutputCertificate> outputs;  // by name
  std::vector<std::string> only_left;      // outputs that the other version has not
  std::vector<std::string> only_right;

  [[nodiscard]] std::int64_t count(RoundingVerdict verdict) const;
};

/// Every output that both versions have, on every rank that both have. With `partials`, each result
/// is judged by the exact sum of the partial sums and addends of its scope and by a certified
/// bound: of the order where one is known and no addend is there, else of every order. Without,
/// equal bits are `same_bits` and all else is `undecided`. Nothing, with lines in `errors`, where
/// the two have no output in common, or shapes, types, ranks or the order's settings do not fit.
std::optional<CertifyReport> certify(const CertifiedVersion& left, const CertifiedVersion& right,
                                     const CertifiedVersion* partials,
                                     const CertifyOptions& options,
                                     std::vector<std::string>& errors);

/// As text for a person.
std::string certify_text(const CertifyReport& report, const CertifiedVersion& left,
                         const CertifiedVersion& right, const CertifiedVersion* partials);

/// Format `reducecheck.certify/1`, to which keys are only added.
std::string certify_json(const CertifyReport& report, const CertifiedVersion& left,
                         const CertifiedVersion& right, const std::string& version);

}  // namespace reducecheck
