// SPDX-License-Identifier: Apache-2.0
#include "real/parity/collective_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "real/parity/patterns.hpp"

namespace reducecheck::real {
namespace {

constexpr std::uint64_t check_seed = 20240607;

RankElements inputs_of(Pattern pattern, ElementType type, int ranks, std::size_t count) {
  RankElements inputs;
  for (int r = 0; r < ranks; ++r) {
    inputs.push_back(pattern_elements(pattern, type, check_seed, r, count));
  }
  return inputs;
}

/// In the order of the ranks; of exact elements that is any order.
std::vector<std::byte> folded(ElementType type, const RankElements& inputs, Reduction reduction) {
  std::vector<std::byte> result = inputs.front();
  const std::size_t count = result.size() / facts(type).bytes;
  for (std::size_t r = 1; r < inputs.size(); ++r) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t a = load(type, result.data(), i);
      const std::uint64_t b = load(type, inputs[r].data(), i);
      store(type, result.data(), i,
            reduction == Reduction::max ? greater(type, a, b) : add(type, a, b));
    }
  }
  return result;
}

std::vector<std::byte> part_of(const std::vector<std::byte>& all, int rank, int ranks) {
  const std::size_t size = all.size() / static_cast<std::size_t>(ranks);
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(size) * rank;
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

void compare(CollectiveCheck& check, ElementType type, int rank,
             const std::vector<std::byte>& expected, const std::vector<std::byte>& got) {
  const Mismatches found = mismatches(type, expected, got);
  check.elements += expected.size() / facts(type).bytes;
  check.different += found.count;
  if (found.count == 0 || !check.first.empty()) return;
  check.first =
      fmt::format("{} {}: element {} on rank {} is {:x} and must be {:x}", facts(type).name,
                  check.name, found.first, rank, load(type, got.data(), found.first),
                  load(type, expected.data(), found.first));
}

/// Half a unit in the last place of 1.
double unit_roundoff(ElementType type) {
  return std::ldexp(1.0, -facts(type).fraction_bits - 1);
}

}  // namespace

CollectiveChecks::CollectiveChecks(Transport& transport, int rank, int ranks)
    : transport_(transport), rank_(rank), ranks_(ranks), members_(static_cast<std::size_t>(ranks)) {
  std::iota(members_.begin(), members_.end(), 0);
}

Call CollectiveChecks::call(const char* operation, const char* reduction, ElementType type,
                            std::size_t count) const {
  return {.operation = operation,
          .reduction = reduction,
          .type = std::string(facts(type).name),
          .count = count,
          .members = members_,
          .root = std::string_view(operation) == "broadcast" ? 0 : -1,
          .text = "a check of collectives",
          .at = {}};
}

std::vector<std::byte> CollectiveChecks::summed(ElementType type, Reduction reduction,
                                                std::vector<std::byte> own) {
  const std::size_t count = own.size() / facts(type).bytes;
  const char* name = reduction == Reduction::max ? "max" : "sum";
  transport_.all_reduce(call("all_reduce", name, type, count), type, reduction, own);
  return own;
}

std::vector<std::byte> CollectiveChecks::scattered(ElementType type,
                                                   const std::vector<std::byte>& own) {
  const std::size_t count = own.size() / facts(type).bytes;
  const auto ranks = static_cast<std::size_t>(ranks_);
  std::vector<std::byte> out(own.size() / ranks);
  const std::vector<std::size_t> counts(ranks, count / ranks);
  transport_.reduce_scatter(call("reduce_scatter", "sum", type, count), type, own, counts, out);
  return out;
}

std::vector<CollectiveCheck> CollectiveChecks::exact(ElementType type,
                                                     std::span<const std::size_t> counts) {
  std::vector<CollectiveCheck> checks;
  for (const char* name : {"all_reduce, sum", "all_reduce, max", "reduce_scatter", "all_gather",
                           "broadcast", "all_to_all"}) {
    checks.push_back({.name = name, .first = ""});
  }
  const auto ranks = static_cast<std::size_t>(ranks_);
  for (const std::size_t count : counts) {
    // As many for each rank, so that a part of a rank is one of the checks' sizes as well.
    const RankElements all = inputs_of(Pattern::exact, type, ranks_, count * ranks);
    const std::vector<std::byte>& own = all[static_cast<std::size_t>(rank_)];
    const auto sum = folded(type, all, Reduction::sum);
    compare(checks[0], type, rank_, sum, summed(type, Reduction::sum, own));
    compare(checks[1], type, rank_, folded(type, all, Reduction::max),
            summed(type, Reduction::max, own));
    compare(checks[2], type, rank_, part_of(sum, rank_, ranks_), scattered(type, own));
    copies(checks, type, all, count % 2 == 1);
  }
  return checks;
}

void CollectiveChecks::copies(std::vector<CollectiveCheck>& checks, ElementType type,
                              const RankElements& all, bool uneven) {
  const std::size_t ranks = all.size();
  const auto own_place = static_cast<std::size_t>(rank_);
  const std::vector<std::byte>& own = all[own_place];
  // Parts of different sizes: rank r gives r + 1 of them.
  std::vector<std::size_t> bytes;
  std::vector<std::byte> every;
  std::vector<std::vector<std::byte>> to;
  std::vector<std::byte> mine;
  for (std::size_t r = 0; r < ranks; ++r) {
    const std::size_t size = own.size() / ranks * (uneven ? r + 1 : 1);
    bytes.push_back(size);
    every.insert(every.end(), all[r].begin(), all[r].begin() + static_cast<std::ptrdiff_t>(size));
    to.push_back(part_of(own, static_cast<int>(r), ranks_));
    const std::vector<std::byte> from = part_of(all[r], rank_, ranks_);
    mine.insert(mine.end(), from.begin(), from.end());
  }
  std::vector<std::byte> gathered(every.size());
  transport_.all_gather(call("all_gather", "", type, 0), std::span(own).first(bytes[own_place]),
                        bytes, gathered);
  compare(checks[3], type, rank_, every, gathered);
  std::vector<std::byte> root = rank_ == 0 ? own : std::vector<std::byte>(own.size());
  transport_.broadcast(call("broadcast", "", type, own.size() / facts(type).bytes), root);
  compare(checks[4], type, rank_, all.front(), root);
  std::vector<std::byte> received;
  for (const auto& from : transport_.all_to_all(call("all_to_all", "", type, 0), to)) {
    received.insert(received.end(), from.begin(), from.end());
  }
  received.resize(mine.size());
  compare(checks[5], type, rank_, mine, received);
}

CollectiveCheck CollectiveChecks::bits(ElementType type, std::span<const std::size_t> counts,
                                       const NamedOrder& all_reduce) {
  CollectiveCheck check{.name = "all_reduce, bits of " + all_reduce.name, .first = ""};
  for (const Pattern pattern : {Pattern::spread, Pattern::close, Pattern::adversarial}) {
    for (const std::size_t count : counts) {
      const RankElements all = inputs_of(pattern, type, ranks_, count);
      const SumOrder order = order_for(all_reduce.name, type, ranks_, count, all_reduce.settings);
      const auto got = summed(type, Reduction::sum, all[static_cast<std::size_t>(rank_)]);
      compare(check, type, rank_, predicted_sum(order, type, rank_, all), got);
      if (check.different > 0 && check.first.find("must be") != std::string::npos) {
        check.first = told_mismatch(order, type, rank_, all, got);
      }
    }
  }
  return check;
}

CollectiveCheck CollectiveChecks::scattered_bits(ElementType type,
                                                 std::span<const std::size_t> counts,
                                                 const NamedOrder& reduce_scatter) {
  CollectiveCheck check{.name = "reduce_scatter, bits of " + reduce_scatter.name, .first = ""};
  for (const Pattern pattern : {Pattern::spread, Pattern::close, Pattern::adversarial}) {
    for (const std::size_t count : counts) {
      const std::size_t whole = count * static_cast<std::size_t>(ranks_);
      const RankElements all = inputs_of(pattern, type, ranks_, whole);
      const SumOrder order =
          order_for(reduce_scatter.name, type, ranks_, whole, reduce_scatter.settings);
      const auto sum = predicted_sum(order, type, rank_, all);
      compare(check, type, rank_, part_of(sum, rank_, ranks_),
              scattered(type, all[static_cast<std::size_t>(rank_)]));
    }
  }
  return check;
}

CollectiveCheck CollectiveChecks::envelope(ElementType type, std::span<const std::size_t> counts) {
  CollectiveCheck check{.name = "all_reduce, within any order's bound", .first = ""};
  // (1 + u)^k - 1 is at most ku + (ku)^2 where ku is at most 1.
  const double roundings = (ranks_ - 1) * unit_roundoff(type);
  const double growth = roundings + roundings * roundings;
  for (const std::size_t count : counts) {
    // Numbers near 1: their sums in binary64 are exact, and subnormals are far.
    const RankElements all = inputs_of(Pattern::close, type, ranks_, count);
    const auto got = summed(type, Reduction::sum, all[static_cast<std::size_t>(rank_)]);
    for (std::size_t i = 0; i < count; ++i) {
      double sum = 0;
      double magnitudes = 0;
      for (const std::vector<std::byte>& one : all) {
        const double x = decode(type, load(type, one.data(), i));
        sum += x;
        magnitudes += std::fabs(x);
      }
      ++check.elements;
      const double off = std::fabs(decode(type, load(type, got.data(), i)) - sum);
      if (off <= growth * magnitudes) continue;
      if (check.different++ > 0) continue;
      check.first = fmt::format("{}: element {} on rank {} is {} off, and {} at most is rounding",
                                facts(type).name, i, rank_, off, growth * magnitudes);
    }
  }
  return check;
}

Meetings CollectiveChecks::meetings(ElementType type, std::size_t count) {
  return observed_meetings(
      [&](std::span<std::byte> elements) {
        transport_.all_reduce(call("all_reduce", "sum", type, count), type, Reduction::sum,
                              elements);
      },
      type, rank_, ranks_, count);
}

}  // namespace reducecheck::real
