// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/case.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "sim/order/orders.hpp"
#include "sim/report/words.hpp"

namespace reducecheck::diagnosing {
namespace {

/// The names of one scope.
struct ScopeNames {
  std::vector<std::string> partials;
  std::vector<std::string> addends;
  std::vector<std::string> outputs;
};

std::map<std::string, ScopeNames> scopes_of(const Dump& dump) {
  std::map<std::string, ScopeNames> scopes;
  for (const TensorFile& file : dump.ranks) {
    for (const auto& [text, tensor] : file.tensors) {
      const std::optional<DumpName> name = parse_dump_name(text);
      if (!name) continue;
      ScopeNames& scope = scopes[name->scope];
      std::vector<std::string>& list = name->kind == DumpKind::partial  ? scope.partials
                                       : name->kind == DumpKind::addend ? scope.addends
                                                                        : scope.outputs;
      if (std::ranges::find(list, name->name) == list.end()) list.push_back(name->name);
    }
  }
  return scopes;
}

/// Takes the tensors of one case out of the dump; the first thing that is in the way is `reason`.
class CaseReader {
 public:
  CaseReader(const Dump& dump, Case& one) : dump_(dump), one_(one) {}

  void read(const ScopeNames& names) {
    for (std::size_t i = 0; i < one_.terms.size(); ++i) {
      const Term& term = one_.terms[i];
      take(term.addend ? DumpKind::addend : DumpKind::partial, term.name, one_.shares);
    }
    take(DumpKind::output, one_.output, one_.outputs);
    if (names.partials.empty() && one_.reason.empty()) one_.reason = "no partial sums in the scope";
    if (one_.elements == 0 && one_.reason.empty()) one_.reason = "the tensors are empty";
    if (one_.reason.empty()) find_usable();
  }

 private:
  void refuse(std::string reason) {
    if (one_.reason.empty()) one_.reason = std::move(reason);
  }

  void take(DumpKind kind, const std::string& name, std::vector<std::vector<float>>& into) {
    const std::string text = to_string(DumpName{one_.scope, kind, name});
    for (std::size_t rank = 0; rank < dump_.ranks.size() && one_.reason.empty(); ++rank) {
      const auto found = dump_.ranks[rank].tensors.find(text);
      if (found == dump_.ranks[rank].tensors.end()) {
        return refuse(fmt::format("rank {} has no `{}`", rank, one_line(text)));
      }
      take_tensor(found->second, text, into);
    }
  }

  void take_tensor(const DumpTensor& tensor, const std::string& text,
                   std::vector<std::vector<float>>& into) {
    const std::optional<Format> format = format_of(tensor.type);
    if (!format) {
      return refuse(fmt::format("`{}` is {}, which is not a format that sums are rounded to here",
                                one_line(text), spelling(tensor.type)));
    }
    if (!seen_) {
      one_.shape = tensor.shape;
      one_.elements = tensor.elements();
      one_.format = *format;
      seen_ = true;
    }
    if (tensor.shape != one_.shape) {
      return refuse(
          fmt::format("`{}` is [{}] and others are [{}]: outputs that are split over "
                      "ranks are not diagnosed",
                      one_line(text), fmt::join(tensor.shape, ", "), fmt::join(one_.shape, ", ")));
    }
    one_.one_format = one_.one_format && *format == one_.format;
    if (traits(*format).fraction_bits < traits(one_.format).fraction_bits) one_.format = *format;
    std::vector<float>& numbers = into.emplace_back();
    numbers.reserve(one_.elements);
    for (const double number : values(tensor)) numbers.push_back(static_cast<float>(number));
  }

  void find_usable() {
    std::vector<char> finite(one_.elements, 1);
    for (const auto* list : {&one_.shares, &one_.outputs}) {
      for (const std::vector<float>& tensor : *list) {
        for (std::size_t e = 0; e < finite.size(); ++e) {
          if (!std::isfinite(tensor[e])) finite[e] = 0;
        }
      }
    }
    for (std::size_t e = 0; e < finite.size(); ++e) {
      if (finite[e] != 0) one_.usable.push_back(e);
    }
    if (one_.usable.empty()) refuse("every element is NaN or infinite somewhere");
  }

  const Dump& dump_;
  Case& one_;
  bool seen_ = false;
};

void find_alike(Case& one) {
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    for (int rank = 0; rank < one.ranks->count(); ++rank) {
      const std::vector<float>& share = one.share(t, rank);
      int first = 0;
      while (!same_bits(one.share(t, first), share)) ++first;
      const bool zero = std::ranges::all_of(share, [](float x) { return x == 0; });
      one.alike.push_back(zero ? -1 : first);
    }
  }
}

int alike(const Case& one, std::size_t term, int rank) {
  return one.alike[term * one.ranks->size() + static_cast<std::size_t>(rank)];
}

/// The axes of `group` along which the shares of a term have the same bits on all ranks.
AxisSet same_along(const Case& one, std::size_t term, AxisSet group) {
  bool zero = true;
  for (int rank = 0; rank < one.ranks->count(); ++rank) zero &= alike(one, term, rank) < 0;
  AxisSet same = 0;
  for (AxisSet axis = 1; axis <= one.ranks->all() && !zero; axis <<= 1U) {
    if ((axis & group) == 0) continue;
    bool equal = true;
    for (int rank = 0; rank < one.ranks->count() && equal; ++rank) {
      const int first = one.ranks->members(axis, rank).front();
      equal = alike(one, term, rank) == alike(one, term, first);
    }
    if (equal) same |= axis;
  }
  return same;
}

Case read_case(const Dump& dump, const std::string& scope, const ScopeNames& names,
               const std::string& output, const std::shared_ptr<const Ranks>& ranks) {
  Case one;
  one.scope = scope;
  one.output = output;
  one.ranks = ranks;
  for (const std::string& name : names.partials) one.terms.push_back({name, false, 0, 0});
  for (const std::string& name : names.addends) one.terms.push_back({name, true, 0, 0});
  if (ranks == nullptr) {
    one.reason = fmt::format("{} ranks; sums of at most {} are diagnosed", dump.ranks.size(),
                             most_order_ranks);
    return one;
  }
  for (const std::string& axis : dump.group) one.group |= ranks->axis(axis);
  CaseReader(dump, one).read(names);
  if (one.reason.empty()) find_alike(one);
  for (std::size_t t = 0; t < one.terms.size() && one.reason.empty(); ++t) {
    Term& term = one.terms[t];
    if (term.addend) continue;
    term.replicated = same_along(one, t, one.group);
    term.over = one.group & ~term.replicated;
  }
  return one;
}

}  // namespace

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::vector<Case> cases_of(const Dump& dump) {
  std::shared_ptr<const Ranks> ranks;
  if (dump.ranks.size() <= static_cast<std::size_t>(most_order_ranks)) {
    ranks = std::make_shared<const Ranks>(dump.mesh);
  }
  std::vector<Case> cases;
  for (const auto& [scope, names] : scopes_of(dump)) {
    for (const std::string& output : names.outputs) {
      cases.push_back(read_case(dump, scope, names, output, ranks));
    }
  }
  return cases;
}

std::vector<int> different_outputs(const Case& one) {
  std::vector<std::pair<int, int>> chosen;  // first and last
  for (int rank = 0; rank < one.ranks->count(); ++rank) {
    const int group = one.ranks->members(one.group, rank).front();
    const auto found = std::ranges::find_if(chosen, [&](const auto& each) {
      return one.ranks->members(one.group, each.first).front() == group &&
             same_bits(one.outputs[static_cast<std::size_t>(each.first)],
                       one.outputs[static_cast<std::size_t>(rank)]);
    });
    if (found == chosen.end()) {
      chosen.emplace_back(rank, rank);
    } else {
      found->second = rank;
    }
  }
  std::vector<int> ranks;
  for (const auto& [first, last] : chosen) {
    ranks.push_back(first);
    if (last != first) ranks.push_back(last);
  }
  return ranks;
}

std::vector<std::string> hidden_coefficients(const Case& one) {
  std::vector<std::string> said;
  const auto n = one.ranks->size();
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    const Term& term = one.terms[t];
    if (term.replicated != 0) {
      said.push_back(fmt::format(
          "the partials of {} are the same along {}: they are taken as copies of one value, which "
          "must "
          "count once; only the sum of their coefficients shows, not whose share counts",
          one_line(term.name), one.ranks->name(term.replicated)));
    }
    std::vector<int> zero;
    for (int rank = 0; rank < one.ranks->count(); ++rank) {
      if (alike(one, t, rank) < 0) zero.push_back(rank);
    }
    if (!zero.empty()) {
      said.push_back(
          fmt::format("{} is zero everywhere on {} {}: how often it counts does not show",
                      one_line(term.name), zero.size() == 1 ? "rank" : "ranks", rank_set(zero)));
    }
    for (std::size_t other = 0; other < t && zero.size() < n; ++other) {
      bool equal = true;
      for (int rank = 0; rank < one.ranks->count() && equal; ++rank) {
        equal = same_bits(one.share(t, rank), one.share(other, rank));
      }
      if (!equal) continue;
      said.push_back(fmt::format("{} and {} are the same: only the sum of their coefficients shows",
                                 one_line(one.terms[other].name), one_line(term.name)));
    }
  }
  return said;
}

}  // namespace reducecheck::diagnosing
