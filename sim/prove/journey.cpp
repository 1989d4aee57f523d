// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/journey.hpp"

#include <algorithm>
#include <iterator>

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

int main_factor(const Arena& arena, const std::vector<int>& factors) {
  const auto weight = [&](int factor) {
    switch (arena.atom(factor).kind) {
      case AtomKind::experts: return 7;
      case AtomKind::mlp: return 6;
      case AtomKind::table: return 5;
      case AtomKind::matmul: return 4;
      case AtomKind::sum_cols:
      case AtomKind::sum_rows: return 3;
      case AtomKind::input: return 2;
      default: return 1;
    }
  };
  const auto less = [&](int a, int b) { return weight(a) < weight(b); };
  return *std::max_element(factors.begin(), factors.end(), less);
}

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
    started_.insert_or_assign(own, addend);
    for (CollectiveCalled& call : calls_) {
      if (is_of(call, own)) call.taken = true;
    }
  }
}

void Journey::gathered(const Tensor& before, const Tensor& after) {
  const bool fresh = std::all_of(before.terms.begin(), before.terms.end(), [&](const auto& term) {
    const auto found = started_.find(factors(term.first.atom));
    return found != started_.end() && found->second == term.first;
  });
  if (open_ || !fresh || before.terms.empty() || before.terms.size() != after.terms.size()) return;
  for (std::size_t i = 0; i < before.terms.size(); ++i) {
    const Addend& now = after.terms[i].first;
    if (now == before.terms[i].first || now.atom != before.terms[i].first.atom) return;
  }
  for (const auto& [addend, coefficient] : after.terms) {
    first_.insert_or_assign(factors(addend.atom), addend);
  }
  calls_.back().taken = true;
  closed_ = true;
}

/// As `used` lay before its first move. Gates are multiplied before or after, locally; one that
/// waits for a sum of its own is beyond a planner of sums.
Addend Journey::before(const Addend& used, const Tensor& among) const {
  const std::vector<int> own = factors(used.atom);
  const int main = main_factor(arena_, own);
  Addend result = used;
  std::size_t most = 0;
  bool gate_waits = false;
  const Paid* paid = nullptr;
  std::vector<int> gates;  // multiplied with the sum
  for (const auto& [origin, addend] : first_) {
    if (!comes_from(own, origin)) continue;
    if (std::find(origin.begin(), origin.end(), main) == origin.end()) {
      gate_waits = gate_waits || !addend.roles.empty();
    } else if (origin.size() > most) {
      result = addend;
      most = origin.size();
      const auto found = paid_.find(origin);
      paid = found == paid_.end() ? nullptr : &found->second;
      gates.clear();
      std::set_difference(own.begin(), own.end(), origin.begin(), origin.end(),
                          std::back_inserter(gates));
    }
  }
  const auto is_here = [&](const std::vector<int>& other) {
    std::vector<int> wanted = gates;
    wanted.insert(wanted.end(), other.begin(), other.end());
    std::sort(wanted.begin(), wanted.end());
    return std::any_of(among.terms.begin(), among.terms.end(),
                       [&](const auto& term) { return factors(term.first.atom) == wanted; });
  };
  if (paid != nullptr && !std::all_of(paid->together.begin(), paid->together.end(), is_here)) {
    result = paid->before;
  }
  result.atom = used.atom;
  if (gate_waits && most < own.size()) result.roles = {{-1, Role::Kind::varying, -1}};
  return result;
}

bool Journey::is_of(const CollectiveCalled& call, const std::vector<int>& own) const {
  const int main = main_factor(arena_, own);
  return std::any_of(call.addends.begin(), call.addends.end(), [&](const std::vector<int>& of) {
    return comes_from(own, of) && std::find(of.begin(), of.end(), main) != of.end();
  });
}

void Journey::add(Stretch segment, bool always) {
  for (CollectiveCalled& call : calls_) {
    if (call.taken) continue;
    const bool here =
        std::any_of(segment.value.terms.begin(), segment.value.terms.end(),
                    [&](const auto& term) { return is_of(call, factors(term.first.atom)); });
    if (!here) continue;
    call.taken = true;
    segment.calls.push_back(call);
  }
  if (!always && segment.calls.empty()) return;
  for (const auto& [addend, coefficient] : segment.value.terms) {
    segment.arrivals.push_back({before(addend, segment.value), addend});
  }
  std::vector<std::vector<int>> together;
  for (const Arrival& arrival : segment.arrivals) {
    if (is_nearer(arrival.used, arrival.before)) together.push_back(factors(arrival.used.atom));
  }
  for (const Arrival& arrival : segment.arrivals) {
    if (!is_nearer(arrival.used, arrival.before)) continue;
    const std::vector<int> own = factors(arrival.used.atom);
    first_.insert_or_assign(own, arrival.used);
    paid_.insert_or_assign(own, Paid{arrival.before, together});
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
