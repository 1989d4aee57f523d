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

}  // namespace

std::vector<AddendCount> counts_of(const CaseRun& run) { return counts_of(run, run.uses); }

std::vector<AddendCount> counts_of(const CaseRun& run, const std::vector<Use>& uses) {
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
