// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "sim/certify/judged_output.hpp"

namespace reducecheck {
namespace {

/// The place of an encoding among all numbers of its format, so that neighbours differ by one; -0
/// and +0 have the same.
std::int64_t place_of_encoding(Format format, std::uint64_t encoding) {
  const std::uint64_t sign = std::uint64_t{1} << (8 * traits(format).bytes - 1);
  const auto magnitude = static_cast<std::int64_t>(encoding & (sign - 1));
  return (encoding & sign) != 0 ? -magnitude : magnitude;
}

bool is_nan(const DumpTensor& tensor, std::size_t element) {
  const double x = value(tensor, element);
  return x != x;
}

void note_distance(std::uint64_t distance, OutputCertificate& output) {
  if (distance == 0) return;
  const auto bin = static_cast<std::size_t>(std::bit_width(distance - 1));
  if (output.ulps.size() <= bin) output.ulps.resize(bin + 1);
  ++output.ulps[bin];
  output.most_ulps = std::max(output.most_ulps, distance);
}

}  // namespace

void compare_bits(const std::vector<ComparedTensors>& tensors, OutputCertificate& output) {
  RoundingReport& report = output.report;
  for (const ComparedTensors& one : tensors) {
    const std::optional<Format> format = format_of(one.left->type);
    report.elements += static_cast<std::int64_t>(one.left->elements());
    for (std::size_t i = 0; i < one.left->elements(); ++i) {
      const std::uint64_t left = encoding(*one.left, i);
      const std::uint64_t right = encoding(*one.right, i);
      if (left == right) continue;
      const bool left_nan = is_nan(*one.left, i);
      const bool right_nan = is_nan(*one.right, i);
      if (left_nan && right_nan) continue;
      ++report.differing;
      if (!format || left_nan || right_nan) continue;
      const std::int64_t apart =
          place_of_encoding(*format, left) - place_of_encoding(*format, right);
      note_distance(static_cast<std::uint64_t>(std::abs(apart)), output);
    }
  }
  report.undecided = report.differing;
  if (report.differing > 0) report.verdict = RoundingVerdict::undecided;
}

}  // namespace reducecheck
