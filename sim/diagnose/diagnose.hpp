// SPDX-License-Identifier: Apache-2.0
// From the tensors of a real run to the reduction that is wrong.
//
// Each output of a dump is held against all sums that one or two faults can make of its partial
// sums and addends. Where the order of the sums is known, or one of the known orders gives the
// right sum's bits, it is decided bit by bit; else by least squares, weighted by how far rounding
// can take an element in any order, and a hypothesis counts only if it is within that bound
// everywhere.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/dump/dump.hpp"

namespace reducecheck {

struct DiagnoseOptions {
  std::string order;                            // empty: what the dump names, or not known
  std::map<std::string, std::string> settings;  // of the order
};

enum class DiagnosisVerdict : std::uint8_t { holds, defect, undecided };

const char* spelling(DiagnosisVerdict verdict);

/// One cause. With two, both are there at once.
struct DiagnosisFinding {
  std::string defect_class;           // an id of defect_classes()
  std::vector<std::string> branches;  // or addends
  std::string coefficient;            // `4 = tp`, `0`, `5/2`
  std::string counts;                 // of what: `shared`, `shares of ranks {3} of shared`
  std::string group;                  // of the wrong sum, `tp`; empty where none is to blame
  std::vector<int> ranks;             // whose shares; empty: all alike
  std::string words;                  // what happened, one sentence
};

/// How often a branch, or an addend, counts by least squares, were all its shares alike.
struct DiagnosisFit {
  std::string name;
  std::optional<double> value;  // nothing where the values do not tell
  double half_width = 0;        // of the interval that fails once in 10^12, from the bounds
};

/// An element that the right sum does not explain best.
struct DiagnosisWitness {
  int rank = 0;
  std::vector<std::uint64_t> place;
  double found = 0;
  double right = 0;
  double bound = 0;
};

/// One output.
struct OutputDiagnosis {
  std::string scope;
  std::string output;
  DiagnosisVerdict verdict = DiagnosisVerdict::undecided;
  std::string reason;  // of `undecided`
  std::vector<std::string> branches;
  std::vector<std::string> addends;
  std::vector<std::uint64_t> shape;
  std::string format;  // `bf16`; of the coarsest tensor
  std::string group;   // of the sum
  /// Of a defect; of `undecided` what the fit speaks for, if anything.
  std::vector<DiagnosisFinding> findings;
  std::vector<std::string> same;       // other causes of the same coefficients
  std::vector<std::string> different;  // other coefficients that explain every element as well
  std::vector<std::string> hidden;     // what the values cannot tell
  std::vector<std::string> unlike;     // addends that differ between ranks
  std::vector<std::string>
      odd_shares;              // of `undecided`: shares that count otherwise by least squares
  std::string method;          // `replay`, `bound`, `least_squares`; empty: none
  std::string order;           // of a replay
  std::string way;             // what was replayed: `all_reduce(experts + shared)`
  std::string order_not_used;  // why a named order gave nothing
  std::size_t compared = 0;    // elements of outputs
  std::size_t skipped = 0;     // elements with NaN or infinities
  std::size_t refuted = 0;     // of `compared`: not the right sum in any order
  std::optional<DiagnosisWitness>
      witness{};                // where the right sum is furthest off, or what was found
  double bound_used = 0;        // the largest share of the bound that the verdict's sum needs
  std::size_t shares = 0;       // of branches and addends
  std::size_t seen_shares = 0;  // whose loss the bound would show; of `bound` and `holds` only
  std::vector<DiagnosisFit> fit;
  std::string scenario;  // text of a scenario with this defect; empty where none can be written
};

/// Every output of the dump: wrong ones first, then undecided ones, else by name. An order that
/// does not exist, or settings that it lacks, are in `order_not_used` of each.
std::vector<OutputDiagnosis> diagnose(const Dump& dump, const DiagnoseOptions& options);

/// As text for a person.
std::string diagnosis_text(const std::vector<OutputDiagnosis>& outputs, const Dump& dump);

/// Format `reducecheck.diagnosis/1`, to which keys are only added.
std::string diagnosis_json(const std::vector<OutputDiagnosis>& outputs, const Dump& dump,
                           const std::string& version);

}  // namespace reducecheck
