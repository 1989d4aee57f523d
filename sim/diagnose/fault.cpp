// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/fault.hpp"

#include <algorithm>
#include <numeric>

namespace reducecheck::diagnosing {
namespace {

constexpr std::size_t most_combined_terms = 4;

bool hits(const Fault& fault, std::size_t term) {
  return std::ranges::find(fault.terms, static_cast<int>(term)) != fault.terms.end();
}

void apply(const Fault& fault, Delivery& delivered) {
  switch (fault.kind) {
    case FaultKind::summed_again: delivered.again = fault.axes; break;
    case FaultKind::other_group: delivered.over = fault.axes; break;
    case FaultKind::missing: delivered.factor = Fraction(0); break;
    case FaultKind::scaled: delivered.factor = fault.factor; break;
    case FaultKind::dropped:
    case FaultKind::twice:
      for (const int rank : fault.ranks) {
        delivered.times[static_cast<std::size_t>(rank)] = fault.kind == FaultKind::twice ? 2 : 0;
      }
      break;
  }
}

/// Shares that one place of every process group, or one rank, brings.
std::vector<std::vector<int>> places(const Case& one, AxisSet over) {
  const Ranks& ranks = *one.ranks;
  std::vector<std::vector<int>> result;
  const bool one_group = ranks.size_of(over) == ranks.count();
  for (std::int64_t place = 0; place < ranks.size_of(over); ++place) {
    std::vector<int>& of_all = result.emplace_back();
    for (int rank = 0; rank < ranks.count(); ++rank) {
      if (ranks.members(over, rank)[static_cast<std::size_t>(place)] == rank)
        of_all.push_back(rank);
    }
  }
  for (int rank = 0; rank < ranks.count() && !one_group; ++rank) result.push_back({rank});
  return result;
}

/// The faults of shares; of an addend there are none, because each rank has its own.
void add_share_faults(const Case& one, const std::vector<int>& terms, std::vector<Fault>& faults) {
  const AxisSet over = one.terms[static_cast<std::size_t>(terms.front())].over;
  const bool alike = std::ranges::all_of(
      terms, [&](int t) { return one.terms[static_cast<std::size_t>(t)].over == over; });
  if (over == 0 || !alike) return;
  const std::vector<std::vector<int>> all = places(one, over);
  for (const std::vector<int>& ranks : all) {
    faults.push_back({FaultKind::dropped, terms, 0, ranks, Fraction(1)});
  }
  for (std::int64_t place = 0; place < one.ranks->size_of(over); ++place) {
    std::vector<int> others;
    const std::vector<int>& kept = all[static_cast<std::size_t>(place)];
    for (int rank = 0; rank < one.ranks->count(); ++rank) {
      if (std::ranges::find(kept, rank) == kept.end()) others.push_back(rank);
    }
    faults.push_back({FaultKind::dropped, terms, 0, others, Fraction(1)});
  }
  for (const std::vector<int>& ranks : all) {
    faults.push_back({FaultKind::twice, terms, 0, ranks, Fraction(1)});
  }
}

/// Whole groups first, then sets of whole axes, then parts of axes.
std::vector<AxisSet> sets_by_likelihood(const Case& one) {
  std::vector<AxisSet> sets(one.ranks->all() + 1);
  std::iota(sets.begin(), sets.end(), 0U);
  const auto rank_of = [&](AxisSet set) {
    if (set == one.group) return 0;
    if (set == 0) return 1;
    return one.ranks->whole_axes(set) ? 2 : 3;
  };
  std::ranges::stable_sort(sets, {}, rank_of);
  return sets;
}

void add_group_faults(const Case& one, const std::vector<int>& terms, const AxisSet set,
                      std::vector<Fault>& faults) {
  const auto over = [&](int t) { return one.terms[static_cast<std::size_t>(t)].over; };
  const bool complete =
      std::ranges::all_of(terms, [&](int t) { return over(t) == 0 || (set & over(t)) == set; });
  const bool summed = std::ranges::any_of(terms, [&](int t) { return over(t) != 0; });
  if (set != 0 && complete && summed)
    faults.push_back({FaultKind::summed_again, terms, set, {}, Fraction(1)});
  if (std::ranges::all_of(terms, [&](int t) { return over(t) != set; })) {
    faults.push_back({FaultKind::other_group, terms, set, {}, Fraction(1)});
  }
}

/// What the values tell of a share's coefficients: shares of one term with the same bits count
/// together, and shares of zeros not at all.
std::vector<double> told(const Case& one, std::size_t term, const std::vector<double>& of_shares) {
  std::vector<double> sums(of_shares.size(), 0);
  for (std::size_t s = 0; s < of_shares.size(); ++s) {
    const int first = one.alike[term * one.ranks->size() + s];
    if (first >= 0) sums[static_cast<std::size_t>(first)] += of_shares[s];
  }
  return sums;
}

}  // namespace

bool hit(const Faults& faults, std::size_t term) {
  return std::ranges::any_of(faults, [&](const Fault& fault) { return hits(fault, term); });
}

Delivery delivery(const Case& one, const Faults& faults, std::size_t term) {
  Delivery delivered;
  delivered.over = one.terms[term].over;
  delivered.times.assign(one.ranks->size(), 1);
  for (const Fault& fault : faults) {
    if (hits(fault, term)) apply(fault, delivered);
  }
  return delivered;
}

std::vector<double> coefficients(const Case& one, const Delivery& delivered, int rank) {
  std::vector<double> result(one.ranks->size(), 0);
  const double factor = static_cast<double>(delivered.factor.numerator()) /
                        static_cast<double>(delivered.factor.denominator());
  for (const int through : one.ranks->members(delivered.again, rank)) {
    for (const int share : one.ranks->members(delivered.over, through)) {
      const auto s = static_cast<std::size_t>(share);
      result[s] += factor * delivered.times[s];
    }
  }
  return result;
}

std::vector<std::vector<int>> term_sets(const Case& one) {
  std::vector<int> branches;
  std::vector<int> all(one.terms.size());
  std::iota(all.begin(), all.end(), 0);
  for (const int t : all) {
    if (!one.terms[static_cast<std::size_t>(t)].addend) branches.push_back(t);
  }
  std::vector<std::vector<int>> sets;
  for (const int t : all) sets.push_back({t});
  if (branches.size() > 1) sets.push_back(branches);
  if (branches.size() > 2 && branches.size() <= most_combined_terms) {
    for (std::uint32_t mask = 1; mask + 1 < (1U << branches.size()); ++mask) {
      std::vector<int> some;
      for (std::size_t b = 0; b < branches.size(); ++b) {
        if (((mask >> b) & 1U) != 0) some.push_back(branches[b]);
      }
      if (some.size() > 1) sets.push_back(some);
    }
  }
  if (all.size() > branches.size() && all.size() > 1) sets.push_back(all);
  return sets;
}

std::vector<Fault> single_faults(const Case& one) {
  std::vector<Fault> faults;
  const std::vector<std::vector<int>> sets = term_sets(one);
  for (const AxisSet axes : sets_by_likelihood(one)) {
    for (const std::vector<int>& terms : sets) add_group_faults(one, terms, axes, faults);
    if (axes != 0) continue;
    for (const std::vector<int>& terms : sets) {
      faults.push_back({FaultKind::missing, terms, 0, {}, Fraction(1)});
    }
  }
  for (const std::vector<int>& terms : sets) add_share_faults(one, terms, faults);
  return faults;
}

bool independent(const Fault& a, const Fault& b) {
  const bool apart = std::ranges::none_of(
      a.terms, [&](int t) { return std::ranges::find(b.terms, t) != b.terms.end(); });
  if (apart) return true;
  const auto of_shares = [](const Fault& fault) {
    return fault.kind == FaultKind::dropped || fault.kind == FaultKind::twice;
  };
  return a.terms == b.terms && of_shares(a) && of_shares(b) &&
         std::ranges::none_of(
             a.ranks, [&](int rank) { return std::ranges::find(b.ranks, rank) != b.ranks.end(); });
}

bool same_coefficients(const Case& one, const Faults& a, const Faults& b) {
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    const Delivery of_a = delivery(one, a, t);
    const Delivery of_b = delivery(one, b, t);
    for (int rank = 0; rank < one.ranks->count(); ++rank) {
      if (told(one, t, coefficients(one, of_a, rank)) !=
          told(one, t, coefficients(one, of_b, rank))) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace reducecheck::diagnosing
