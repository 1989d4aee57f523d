// SPDX-License-Identifier: Apache-2.0
// Faults of the verifier itself: each of its parts is replaced by one that is wrong, and the tests
// of the verifier must notice, and say which part it is.
#include <fmt/format.h>

#include "props/fault_matrix/verifier.hpp"
#include "sim/report/json.hpp"

namespace reducecheck::matrix {
namespace {

using real::ElementType;

std::vector<Report> complaints(const Verifier& verifier, const Setting& at,
                               const std::string& part) {
  std::vector<Report> reports;
  for (const SelfTest& test : self_tests()) {
    const std::string complaint = test.complaint(verifier, at);
    if (complaint.empty()) continue;
    reports.push_back(
        {test.name, true, true, test.part == part, fmt::format("{}: {}", test.part, complaint)});
  }
  return reports;
}

struct Double {
  const char* id;
  const char* part;
  const char* sentence;
  void (*change)(Verifier&);
};

void widen_the_bound(Verifier& verifier) {
  verifier.bound = [](const SumSteps& steps, const Operands& operands) {
    return 10 * Verifier().bound(steps, operands);
  };
}
void skip_the_judge(Verifier& verifier) {
  verifier.simulator.judge = [](const Plan&, const Run&, const Interpreter<Prime>&) {
    return std::vector<WrongOutput>{};
  };
}
void halve_the_digest(Verifier& verifier) {
  verifier.digest = [](std::uint64_t before, ElementType type,
                       const std::vector<std::uint64_t>& elements) {
    const auto half = elements.begin() + static_cast<std::ptrdiff_t>(elements.size() / 2);
    return Verifier().digest(before, type, {elements.begin(), half});
  };
}
void equate_nan(Verifier& verifier) {
  verifier.different = [](ElementType type, const Bytes& a, const Bytes& b) {
    Bytes left = a;
    for (std::size_t i = 0; i < a.size() / real::facts(type).bytes; ++i) {
      const std::uint64_t other = real::load(type, b.data(), i);
      const bool nan =
          real::is_nan(type, real::load(type, a.data(), i)) || real::is_nan(type, other);
      if (nan) real::store(type, left.data(), i, other);
    }
    return Verifier().different(type, left, b);
  };
}
void ignore_the_seed(Verifier& verifier) {
  verifier.seed = [](std::uint64_t) { return std::uint64_t{1}; };
}
void truncate_the_file(Verifier& verifier) {
  verifier.file = [](const ResultFile& report) {
    const std::string text = json_report(report);
    return text.substr(0, text.size() / 2);
  };
}

constexpr Double doubles[] = {
    {"tolerance", "bound", "bounds are ten times too wide", widen_the_bound},
    {"skipped", "judge", "a property is not asked", skip_the_judge},
    {"digest", "digest", "a digest is over half of the buffer", halve_the_digest},
    {"nan", "comparator", "a NaN is equal to anything", equate_nan},
    {"seed", "seed", "the seed is not heeded", ignore_the_seed},
    {"truncated", "result file", "the result file is cut off", truncate_the_file},
};

/// Ten times no rounding is no rounding: a sum of one part, or one in which nothing is lost.
bool changes(const Double& one, const Setting& at) {
  return std::string(one.id) != "tolerance" || !steps_at(at).steps.empty();
}

}  // namespace

std::vector<Fault> verifier_faults() {
  std::vector<Fault> all;
  for (const Double& one : doubles) {
    all.push_back({fmt::format("verifier.{}", one.id), FaultClass::verifier, one.sentence,
                   [&one](const Setting& at) {
                     Cell cell{changes(one, at), {}};
                     if (!cell.applies) return cell;
                     Verifier verifier;
                     one.change(verifier);
                     cell.reports = complaints(verifier, at, one.part);
                     return cell;
                   }});
  }
  return all;
}

Twin verifier_twin() {
  return {"verifier", [](const Setting& at) { return complaints(Verifier(), at, ""); }};
}

}  // namespace reducecheck::matrix
