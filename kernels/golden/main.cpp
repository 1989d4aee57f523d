// SPDX-License-Identifier: Apache-2.0
// `kernels_node`, on a GPU, and its twin `kernels_node_host`: what a GPU node asks of the kernels.
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "kernels/golden/arithmetic.hpp"
#include "kernels/golden/cases.hpp"
#include "kernels/golden/replay.hpp"
#include "kernels/golden/speed.hpp"
#include "kernels/golden/ulps.hpp"

namespace reducecheck::kernels::golden {
namespace {

constexpr int status_equal = 0;
constexpr int status_different = 1;
constexpr int status_usage = 2;
constexpr int status_no_device = 77;

int usage(const std::string& wrong) {
  std::fprintf(
      stderr,
      "kernels_node: error: %s\n"
      "  golden DIR SOURCES    writes what every kernel leaves, and a hash of the sources\n"
      "  replay DIR SOURCES    compares it with what the kernels of this build leave\n"
      "  digests [reduced]     a line for each kernel, type and shape\n"
      "  repeat N              runs each N times and expects the same bits\n"
      "  arithmetic STRIDE     conversions, sums and products of 1/STRIDE of all numbers\n"
      "  ulps STRIDE           how far functions are from the true value; 1/STRIDE of fp32\n"
      "  speed N [FLOOR]       bytes per second with buffers of N elements; with a floor in "
      "percent\n"
      "                        of a copy kernels that are bound by memory must reach it\n"
      "Exit status: 0 equal, 1 different, 2 usage or input, 77 no device.\n",
      wrong.c_str());
  return status_usage;
}

/// Fast and plain kernels leave the same bits, so a case has one digest.
int digests(bool reduced) {
  int status = status_equal;
  for (const GoldenCase& each : golden_cases(reduced)) {
    const Bytes fast = left_by(each, 0, Rung::fast);
    std::printf("%016" PRIx64 " %s\n", digest_of(fast), each.name.c_str());
    if (left_by(each, 0, Rung::plain) == fast) continue;
    std::printf("DIFFERENT on the plain rung: %s\n", each.name.c_str());
    status = status_different;
  }
  return status;
}

int repeat(std::uint64_t repetitions) {
  std::size_t differing = 0;
  const std::vector<GoldenCase> cases = golden_cases(false);
  for (const GoldenCase& each : cases) {
    const Bytes first = left_by(each, 0, Rung::fast);
    for (std::uint64_t i = 1; i < repetitions; ++i) {
      if (left_by(each, i, Rung::fast) == first) continue;
      std::printf("DIFFERENT in repetition %" PRIu64 ": %s\n", i, each.name.c_str());
      ++differing;
      break;
    }
  }
  std::printf("%zu cases, %" PRIu64 " times each: %zu with more than one result\n", cases.size(),
              repetitions, differing);
  return differing == 0 ? status_equal : status_different;
}

int arithmetic(std::uint32_t stride) {
  int status = status_equal;
  for (const ArithmeticCheck& check : check_arithmetic(stride)) {
    std::printf("%s: %" PRIu64 " tried, %" PRIu64 " wrong%s%s\n", check.what.c_str(), check.tried,
                check.wrong, check.first.empty() ? "" : "; ", check.first.c_str());
    if (check.wrong != 0) status = status_different;
  }
  return status;
}

int ulps(std::uint32_t stride) {
  int status = status_equal;
  for (const UlpRow& row : measure_ulps(stride)) {
    std::printf("%s: %" PRIu64 " tried, at most %.6f ulp, %" PRIu64 " nearest%s%s\n",
                row.what.c_str(), row.tried, row.most, row.nearest,
                row.bound == 0          ? ""
                : row.most <= row.bound ? "; within "
                                        : "; BEYOND ",
                row.bound == 0 ? "" : std::to_string(row.bound).c_str());
    if (row.bound != 0 && !(row.most <= row.bound)) status = status_different;
  }
  return status;
}

int speed(std::size_t n, double floor) {
  int status = status_equal;
  const std::vector<MeasuredSpeed> measured = measure_speed(n);
  const double copy = measured[0].bytes / measured[0].seconds;
  std::printf("%-26s %12s %10s %8s  %s\n", "kernel", "bytes", "GB/s", "of copy", "verdict");
  for (const MeasuredSpeed& each : measured) {
    const double rate = each.bytes / each.seconds;
    const double percent = 100 * rate / copy;
    const bool judged = floor > 0 && each.bound_by_memory;
    const bool below = judged && percent < floor;
    std::printf("%-26s %12.0f %10.1f %7.0f%%  %s\n", each.kernel.c_str(), each.bytes, rate / 1e9,
                percent,
                below    ? "BELOW"
                : judged ? "holds"
                         : "no floor");
    if (below) status = status_different;
  }
  return status;
}

int golden(const std::string& folder, const std::string& sources) {
  StoredVectors stored{
      .made = seconds_now(), .site = site_name(), .sources = sources, .vectors = {}};
  for (const GoldenCase& each : golden_cases(false)) {
    stored.vectors.push_back({each.name, left_by(each, 0, Rung::fast)});
  }
  const std::string wrong = write_vectors(folder, stored);
  if (!wrong.empty()) return usage(wrong);
  std::printf("%zu vectors of %s\n", stored.vectors.size(), stored.site.c_str());
  return status_equal;
}

int replay(const std::string& folder, const std::string& sources) {
  StoredVectors stored;
  const std::string wrong = read_vectors(folder, stored);
  if (!wrong.empty()) return usage(wrong);
  return print_replay(stored, sources) ? status_equal : status_different;
}

int run(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  const std::string operand = words.size() > 1 ? words[1] : "";
  std::uint64_t number = 0;
  std::uint64_t floor = 0;
  const bool floored = command == "speed" && words.size() == 3;
  const bool counted =
      command == "repeat" || command == "arithmetic" || command == "speed" || command == "ulps";
  const bool stored = command == "golden" || command == "replay";
  if (!counted && !stored && command != "digests") return usage("no command `" + command + '`');
  if (floored && (!read_number(words[2], floor) || floor == 0 || floor > 100)) {
    return usage("`speed N FLOOR` takes a floor in percent, 1 to 100");
  }
  if (counted &&
      (words.size() != (floored ? 3 : 2) || !read_number(operand, number) || number == 0 ||
       number > (std::uint64_t{1} << 32) - 1 || (command == "speed" && number < 4096))) {
    return usage('`' + command + "` takes an integer, 1 to 2^32 - 1; 4096 and more of elements");
  }
  if (stored && words.size() != 3) return usage('`' + command + "` takes a folder and a hash");
  if (command == "digests" && words.size() > 1 && (words.size() > 2 || operand != "reduced")) {
    return usage("`digests` takes nothing, or `reduced`");
  }
  if (site_name().empty()) {
    std::fprintf(stderr, "kernels_node: no GPU\n");
    return status_no_device;
  }
  if (command == "digests") return digests(!operand.empty());
  if (command == "repeat") return repeat(number);
  if (command == "arithmetic") return arithmetic(static_cast<std::uint32_t>(number));
  if (command == "ulps") return ulps(static_cast<std::uint32_t>(number));
  if (command == "speed") return speed(number / 4096 * 4096, static_cast<double>(floor));
  return command == "golden" ? golden(operand, words[2]) : replay(operand, words[2]);
}

}  // namespace
}  // namespace reducecheck::kernels::golden

int main(int count, char** words) {
  try {
    return reducecheck::kernels::golden::run({words + (count > 0 ? 1 : 0), words + count});
  } catch (const std::exception& error) {  // of kernels: their sentence
    std::fprintf(stderr, "kernels_node: %s\n", error.what());
  }
  return 1;
}
