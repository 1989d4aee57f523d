// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/journey.hpp"

#include <algorithm>

namespace reducecheck::prove {
namespace {

/// Multiplying by a gate is local, so whatever has all factors of an addend came from it.
bool comes_from(const std::vector<int>& addend, const std::vector<int>& origin) {
  return !origin.empty() &&
         std::includes(addend.begin(), addend.end(), origin.begin(), origin.end());
}

std::size_t held_digits(const Addend& addend) {
  return addend.rows.holders().size() + addend.cols.holders().size();
}

/// Whether less is left to do for `now` than for `before`: that was paid for and is there to use.
bool is_nearer(const Addend& now, const Addend& before) {
  if (now.roles.size() != before.roles.size()) return now.roles.size() < before.roles.size();
  return held_digits(now) < held_digits(before);
}

}  // namespace

std::vector<int> Journey::factors(int atom) const {
  const Atom& node = arena_.atom(atom);
  if (node.kind == AtomKind::product) return node.children;
  return {atom};
}

void Journey::moved(const std::string& operation, const std::vector<int>& group, const Tensor& x) {
  if (group.empty()) return;
  CollectiveCalled call{operation, group, x.rows, x.cols, {}, false};
  for (const auto& [addend, coefficient] : x.terms) {
    call.addends.push_back(factors(addend.atom));
    first_.try_emplace(call.addends.back(), addend);
  }
  // Zeros need not be sent; a program that does so sends them for another branch of its text.
  if (!operation.empty() && !x.terms.empty()) calls_.push_back(std::move(call));
}

void Journey::started(const Tensor& x) {
  for (const auto& [addend, coefficient] : x.terms) {
    const std::vector<int> own = factors(addend.atom);
    first_.insert_or_assign(own, addend);
    for (CollectiveCalled& call : calls_) {
      const auto same = [&](const std::vector<int>& of) { return comes_from(own, of); };
      if (std::any_of(call.addends.begin(), call.addends.end(), same)) call.taken = true;
    }
  }
}

const Addend* Journey::before(const std::vector<int>& factors) const {
  const Addend* found = nullptr;
  std::size_t most = 0;
  for (const auto& [origin, addend] : first_) {
    if (origin.size() <= most || !comes_from(factors, origin)) continue;
    found = &addend;
    most = origin.size();
  }
  return found;
}

void Journey::add(Segment segment, bool always) {
  for (CollectiveCalled& call : calls_) {
    if (call.taken) continue;
    const bool here =
        std::any_of(segment.value.terms.begin(), segment.value.terms.end(), [&](const auto& term) {
          const std::vector<int> own = factors(term.first.atom);
          return std::any_of(call.addends.begin(), call.addends.end(),
                             [&](const std::vector<int>& of) { return comes_from(own, of); });
        });
    if (!here) continue;
    call.taken = true;
    segment.calls.push_back(call);
  }
  if (!always && segment.calls.empty()) return;
  for (const auto& [addend, coefficient] : segment.value.terms) {
    const std::vector<int> own = factors(addend.atom);
    const Addend* origin = before(own);
    segment.arrivals.push_back({origin == nullptr ? addend : *origin, addend});
    segment.arrivals.back().before.atom = addend.atom;
  }
  for (const Arrival& arrival : segment.arrivals) {
    if (is_nearer(arrival.used, arrival.before)) {
      first_.insert_or_assign(factors(arrival.used.atom), arrival.used);
    }
  }
  segments_.push_back(std::move(segment));
}

void Journey::used(const std::string& consumer, const Tensor& x) {
  add({consumer, false, x, {}, {}}, false);
}

void Journey::output(const std::string& name, const Tensor& x) {
  add({"output " + name, true, x, {}, {}}, true);
}

void Journey::contracted(const Tensor& x) {
  const bool complete = std::all_of(x.terms.begin(), x.terms.end(),
                                    [](const auto& term) { return term.first.roles.empty(); });
  if (complete) used("a matrix", x);
}

std::vector<CollectiveCalled> Journey::others() const {
  std::vector<CollectiveCalled> result;
  for (const CollectiveCalled& call : calls_) {
    if (!call.taken) result.push_back(call);
  }
  return result;
}

}  // namespace reducecheck::prove
