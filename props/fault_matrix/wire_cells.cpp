// SPDX-License-Identifier: Apache-2.0
// Faults of a library that sums, and of a rank's own arithmetic: what the checks of collectives,
// the order that is seen, the comparison with the simulator and the executor of kernels say of
// them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "props/fault_matrix/racing_kernel.hpp"
#include "props/fault_matrix/wire_library.hpp"

namespace reducecheck::matrix {
namespace {

struct Wanted {
  WireFault fault = WireFault::none;
  FaultClass of = FaultClass::numerics;
  std::string id;
  std::string sentence;
};

/// Whether `... is 3f80 and must be 3f84` tells of one bit.
bool one_bit(const std::string& told) {
  const auto number = [&](const std::string& behind) {
    const std::size_t at = told.find(behind);
    return at == std::string::npos ? 0 : std::stoull(told.substr(at + behind.size()), nullptr, 16);
  };
  return std::popcount(number(" is ") ^ number(" must be ")) == 1;
}

/// What the reports of one fault are held against.
struct Truth {
  std::set<int> ranks;  // that were given other results
  bool layer = false;   // the run of the layer differs
  Places integers;      // of the records of its run in integers
  Places products;
  Places maxima;
};

/// Where two are not the same; they are of equal shape.
template <class T, class Elements>
Places differing(const std::vector<T>& seen, const std::vector<T>& right, Elements elements) {
  Places places;
  for (std::size_t r = 0; r < seen.size(); ++r) {
    const std::vector<std::uint64_t>& ours = std::invoke(elements, seen[r]);
    const std::vector<std::uint64_t>& theirs = std::invoke(elements, right[r]);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (ours[i] != theirs[i]) places.emplace(static_cast<int>(r), i);
    }
  }
  return places;
}

Truth truth_of(const Seen& seen, const Seen& right) {
  Truth truth;
  for (std::size_t r = 0; r < seen.results.size(); ++r) {
    if (seen.results[r] != right.results[r]) truth.ranks.insert(static_cast<int>(r));
  }
  truth.layer = seen.floats.records != right.floats.records;
  truth.integers = differing(seen.integers.records, right.integers.records, std::identity());
  truth.products = differing(seen.floats.products, right.floats.products, &SecondWay::given);
  truth.maxima = differing(seen.maxima, right.maxima, &SecondWay::given);
  return truth;
}

class WireReports {
 public:
  WireReports(const SummingLibrary& library, const Seen& seen, const Truth& truth,
              const Wanted* wanted)
      : library_(library), seen_(seen), truth_(truth), wanted_(wanted) {}

  std::vector<Report> all() {
    order_seen();
    checks();
    parity();
    second_ways();
    return std::move(reports_);
  }

 private:
  void add(const std::string& property, std::optional<FaultClass> of, bool place,
           std::string words) {
    Report report{property, of.has_value(), false, place, std::move(words)};
    report.class_right = of && wanted_ != nullptr && *of == wanted_->of;
    reports_.push_back(std::move(report));
  }

  [[nodiscard]] bool ranks_right(const std::set<int>& ranks) const {
    return std::ranges::includes(truth_.ranks, ranks);
  }

  void order_seen() {
    std::set<int> ranks;
    for (std::size_t r = 0; r < seen_.meetings.size(); ++r) {
      const int rank = static_cast<int>(r);
      if (seen_.meetings[r] != library_.promised(rank)) ranks.insert(rank);
    }
    other_order_ = !ranks.empty();
    if (ranks.empty()) return;
    const auto first = static_cast<std::size_t>(*ranks.begin());
    add("order seen", FaultClass::order, ranks_right(ranks),
        fmt::format("not {} on ranks {{{}}}: element 0 is {}", library_.order(),
                    fmt::join(ranks, ","),
                    real::recovered_expression(seen_.meetings[first],
                                               static_cast<int>(seen_.meetings.size()), 0)));
  }

  void checks() {
    for (std::size_t c = 0; c < seen_.checks.front().size(); ++c) {
      std::set<int> ranks;
      std::string first;
      for (std::size_t r = 0; r < seen_.checks.size(); ++r) {
        if (seen_.checks[r][c].different == 0) continue;
        if (ranks.empty()) first = seen_.checks[r][c].first;
        ranks.insert(static_cast<int>(r));
      }
      if (ranks.empty()) continue;
      const std::string& name = seen_.checks.front()[c].name;
      if (name.find("bits of") == std::string::npos) {
        const bool bound = name.find("bound") != std::string::npos;
        const bool copies = name.find("reduce") == std::string::npos && !bound;
        std::optional<FaultClass> of;
        if (copies) of = one_bit(first) ? FaultClass::failure : FaultClass::layout;
        add(bound    ? "bound of any order"
            : copies ? "exact copies"
                     : "exact sums",
            of, ranks_right(ranks), first);
        continue;
      }
      const bool fits = first.find("this is what") != std::string::npos;
      add("bits of the order", fits ? FaultClass::order : FaultClass::numerics, ranks_right(ranks),
          first);
    }
  }

  /// Equal modulo 2^64 and not in the format: it is the roundings, if the order is the promised
  /// one.
  void parity() {
    const std::string name = "comparison with the simulator";
    if (const auto& copied = seen_.integers.copied) {
      add(name, FaultClass::failure, std::ranges::includes(truth_.integers, copied->places),
          copied->words);
    } else if (!seen_.integers.parity.equal()) {
      add(name, FaultClass::contribution, true, seen_.integers.parity.first);
    } else if (!seen_.floats.parity.equal()) {
      add(name, other_order_ ? FaultClass::order : FaultClass::numerics, truth_.layer,
          seen_.floats.parity.first);
    }
  }

  /// A product that is right in integers has other roundings; a maximum of all but a NaN lacks
  /// no rank.
  void second_ways() {
    std::optional<FaultClass> of;
    if (seen_.integers.parity.equal()) of = FaultClass::numerics;
    second_way("bodies of the kernels", of, seen_.floats.products, truth_.products);
    const bool overlooked = std::ranges::all_of(seen_.maxima, &SecondWay::overlooked);
    of.reset();
    if (overlooked) of = FaultClass::numerics;
    second_way("law: a maximum of gathered rows", of, seen_.maxima, truth_.maxima);
  }

  void second_way(const std::string& property, std::optional<FaultClass> of,
                  const std::vector<SecondWay>& ranks, const Places& truth) {
    Places places;
    std::string first;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      if (first.empty()) first = ranks[r].first;
      for (const std::size_t i : ranks[r].different) places.emplace(static_cast<int>(r), i);
    }
    if (!places.empty()) add(property, of, places == truth, first);
  }

  const SummingLibrary& library_;
  const Seen& seen_;
  const Truth& truth_;
  const Wanted* wanted_;
  bool other_order_ = false;
  std::vector<Report> reports_;
};

Cell planted(const Setting& at, const Wanted& wanted) {
  const bool accumulates =
      wanted.fault == WireFault::short_accumulator || wanted.fault == WireFault::rounded_hop;
  const SummingLibrary library(at, wanted.fault, accumulates);
  const Seen seen = library.seen();
  // What the right library shows is the same for all faults.
  static std::map<std::pair<std::string, bool>, Seen> known;
  Seen& right = known[{fmt::format("{} {}", at.name(), at.seed), accumulates}];
  if (right.checks.empty()) right = SummingLibrary(at, WireFault::none, accumulates).seen();
  const Truth truth = truth_of(seen, right);
  Cell cell;
  cell.applies = truth.layer || !truth.ranks.empty();
  if (!cell.applies) return cell;
  cell.reports = WireReports(library, seen, truth, &wanted).all();
  if (wanted.fault == WireFault::early || wanted.fault == WireFault::unordered) {
    const std::string race = race_of(wanted.fault == WireFault::early, at);
    if (!race.empty()) {
      cell.reports.push_back(
          {"executor of kernels", true, true, race.find("`total`[") != std::string::npos, race});
    }
  }
  return cell;
}

const std::vector<Wanted>& wanted_faults() {
  using W = WireFault;
  constexpr FaultClass numerics = FaultClass::numerics;
  constexpr FaultClass order = FaultClass::order;
  static const std::vector<Wanted> all = {
      {W::short_accumulator, numerics, "accumulator", "sums are kept in fewer bits than promised"},
      {W::rounded_hop, numerics, "hop", "one rounding more on the way of a sum"},
      {W::fused, numerics, "fused", "a product is not rounded before it is added"},
      {W::max_without_nan, numerics, "maximum", "a maximum overlooks a NaN"},
      {W::flushed, numerics, "subnormals", "subnormal sums become zero"},
      {W::divided_first, numerics, "average", "addends are divided before they are added"},
      {W::flipped, FaultClass::failure, "corrupted", "one bit of what a rank gives is turned over"},
      {W::reversed, order, "direction", "the ring goes the other way round"},
      {W::other_arity, order, "arity", "four are added at a time"},
      {W::any_order, order, "any_order", "every call has an order of its own"},
      {W::early, order, "early", "a rank reads the sum before the last addition"},
      {W::unordered, order, "streams", "a rank reads what an earlier call left"},
  };
  return all;
}

}  // namespace

std::vector<Fault> wire_faults() {
  std::vector<Fault> all;
  for (const Wanted& wanted : wanted_faults()) {
    all.push_back({fmt::format("{}.{}", spelling(wanted.of), wanted.id), wanted.of, wanted.sentence,
                   [&wanted](const Setting& at) { return planted(at, wanted); }});
  }
  return all;
}

Twin wire_twin() {
  return {"wires",
          [](const Setting& at) {
            const SummingLibrary library(at, WireFault::none, false);
            const Seen seen = library.seen();
            return WireReports(library, seen, {}, nullptr).all();
          },
          true};
}

}  // namespace reducecheck::matrix
