// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/counts.hpp"

#include <algorithm>
#include <set>

namespace reducecheck::prove {
namespace {

using Key = std::pair<std::string, std::int64_t>;

std::string axes_text(const std::vector<Role>& roles, Role::Kind kind, const SymbolTable& names) {
  std::string text;
  for (const Role& role : roles) {
    if (role.kind == kind) text += (text.empty() ? "" : " and ") + names.at(role.axis).name;
  }
  return text;
}

std::string count_text(const Use& use, const SymbolTable& names) {
  std::string text = to_string(use.coefficient, names);
  const auto add = [&](Role::Kind kind, const std::string& before, const std::string& after) {
    const std::string axes = axes_text(use.roles, kind, names);
    if (axes.empty()) return;
    text = (text == "1" ? "" : text + ", ") + before + axes + after;
  };
  add(Role::Kind::part, "partial over ", "");
  add(Role::Kind::once, "on the first rank of ", " only");
  add(Role::Kind::guarded, "the part of the first rank of ", " only");
  add(Role::Kind::maximum, "the maximum of a slice over ", "");
  if (!use.lost_in.empty()) text += ", then a " + use.lost_in;
  return text;
}

/// What most addends of one use are multiplied by to be those of the reference, 1 before others.
Polynomial common_factor(const std::vector<Use>& reference, const Use* begin, const Use* end) {
  std::vector<std::pair<Polynomial, int>> votes;
  for (const Use* use = begin; use != end; ++use) {
    const auto same = [&](const Use& other) {
      return other.name == use->name && other.layer == use->layer &&
             other.coefficient.is_monomial();
    };
    const auto wanted = std::find_if(reference.begin(), reference.end(), same);
    if (wanted == reference.end() || !use->coefficient.is_monomial()) continue;
    const Polynomial factor = wanted->coefficient * use->coefficient.inverse();
    if (factor.terms().front().second < Fraction(0)) continue;
    const auto known = std::find_if(votes.begin(), votes.end(),
                                    [&](const auto& vote) { return vote.first == factor; });
    (known == votes.end() ? votes.emplace_back(factor, 0) : *known).second += 1;
  }
  const auto less = [](const auto& a, const auto& b) {
    return std::pair(a.second, a.first.is_one()) < std::pair(b.second, b.first.is_one());
  };
  const auto most = std::max_element(votes.begin(), votes.end(), less);
  return most == votes.end() ? 1 : most->first;
}

/// The uses with those of a norm that is free of scale at the reference's scale.
std::vector<Use> at_reference_scale(std::vector<Use> uses, const std::vector<Use>& reference) {
  for (auto begin = uses.begin(); begin != uses.end();) {
    const auto end =
        std::find_if(begin, uses.end(), [&](const Use& use) { return use.place != begin->place; });
    if (begin->scale_free) {
      const Polynomial factor = common_factor(reference, &*begin, &*begin + (end - begin));
      std::for_each(begin, end, [&](Use& use) { use.coefficient = use.coefficient * factor; });
    }
    begin = end;
  }
  return uses;
}

}  // namespace

std::vector<AddendCount> counts_of(const CaseRun& run) {
  return counts_of(run, run.uses);
}

std::vector<AddendCount> counts_of(const CaseRun& run, const std::vector<Use>& given) {
  const std::vector<Use> uses = at_reference_scale(given, run.reference_uses);
  std::vector<AddendCount> counts;
  std::set<Key> seen;
  for (const Use& use : uses) {
    const Key key{use.name, use.layer};
    const auto reference = [&](const Use& other) {
      return other.name == use.name && other.layer == use.layer &&
             other.coefficient == use.coefficient;
    };
    const bool right = use.roles.empty() && use.lost_in.empty() &&
                       std::any_of(run.reference_uses.begin(), run.reference_uses.end(), reference);
    const auto known = std::find_if(counts.begin(), counts.end(), [&](const AddendCount& c) {
      return c.name == use.name && c.layer == use.layer;
    });
    if (known != counts.end() && (right || !known->right)) continue;
    AddendCount count{use.name, use.layer, count_text(use, *run.symbols), "", right};
    if (known == counts.end()) {
      counts.push_back(count);
    } else {
      *known = count;
    }
    seen.insert(key);
  }
  for (const Use& use : run.reference_uses) {
    if (seen.insert({use.name, use.layer}).second) {
      counts.push_back({use.name, use.layer, run.has_unknown() ? "?" : "0", "", false});
    }
  }
  for (AddendCount& count : counts) {
    const auto same = [&](const Use& use) {
      return use.name == count.name && use.layer == count.layer;
    };
    const auto wanted = std::find_if(run.reference_uses.begin(), run.reference_uses.end(), same);
    count.wanted = wanted == run.reference_uses.end() ? "0" : count_text(*wanted, *run.symbols);
  }
  return counts;
}

}  // namespace reducecheck::prove
