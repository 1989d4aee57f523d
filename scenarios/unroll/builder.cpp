// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/builder.hpp"

#include <algorithm>

namespace reducecheck {
namespace {

std::size_t fold(std::size_t hash, std::uint64_t word) {
  hash ^= word + 0x9e3779b97f4a7c15U + (hash << 6) + (hash >> 2);
  return hash * 0xbf58476d1ce4e5b9U;
}

bool is_padding(const RowTag& tag) {
  return tag.kind == RowTag::Kind::padding;
}

RowTag combine_tag(const RowTag& a, const RowTag& b, bool additive, int step) {
  if (a == b) return a;
  if (a.kind == RowTag::Kind::mixed) return a;
  if (b.kind == RowTag::Kind::mixed) return b;
  if (b.kind == RowTag::Kind::broadcast) {
    return additive && is_padding(a) ? RowTag{RowTag::Kind::stained, a.owner, a.index, a.dispatch}
                                     : a;
  }
  if (a.kind == RowTag::Kind::broadcast) return combine_tag(b, a, additive, step);
  if (additive && is_padding(a)) return b;
  if (additive && is_padding(b)) return a;
  return {RowTag::Kind::mixed, 0, step, -1};
}

}  // namespace

std::size_t PlanBuilder::KeyHash::operator()(const std::vector<std::int64_t>& key) const {
  std::size_t hash = key.size();
  for (const std::int64_t word : key) hash = fold(hash, static_cast<std::uint64_t>(word));
  return hash;
}

std::size_t PlanBuilder::TagsHash::operator()(const std::vector<RowTag>& tags) const {
  std::size_t hash = tags.size();
  for (const RowTag& tag : tags) {
    hash = fold(hash,
                static_cast<std::uint64_t>(tag.kind) ^
                    (static_cast<std::uint64_t>(static_cast<std::uint32_t>(tag.owner)) << 32) ^
                    (static_cast<std::uint64_t>(static_cast<std::uint32_t>(tag.index)) << 3) ^
                    (static_cast<std::uint64_t>(static_cast<std::uint32_t>(tag.dispatch)) << 48));
  }
  return hash;
}

std::vector<std::int64_t> PlanBuilder::key_of(const Step& step) {
  std::vector<std::int64_t> key{static_cast<std::int64_t>(step.kind),
                                step.source,
                                step.layer,
                                step.chunk,
                                step.chunks,
                                step.scalar.numerator(),
                                step.scalar.denominator()};
  key.push_back(
      functions_.try_emplace(step.function, static_cast<int>(functions_.size())).first->second);
  const auto append = [&key](const auto& list) {
    key.push_back(static_cast<std::int64_t>(list.size()));
    key.insert(key.end(), list.begin(), list.end());
  };
  append(step.operands);
  append(step.numbers);
  append(step.experts);
  append(step.members);
  append(step.split.axes);
  return key;
}

int PlanBuilder::emit(Step step, const std::vector<PlanValue>& results) {
  std::vector<std::int64_t> key = key_of(step);
  // Leaves are the same only with the same rows and features.
  if (step.operands.empty()) {
    for (const PlanValue& result : results) {
      key.insert(key.end(), {result.rows, result.width, result.tags});
    }
  }
  const auto [found, is_new] = steps_.try_emplace(std::move(key), next_step());
  if (!is_new) return found->second;
  for (PlanValue result : results) {
    result.step = next_step();
    step.results.push_back(static_cast<int>(plan_.values.size()));
    plan_.values.push_back(result);
  }
  plan_.steps.push_back(std::move(step));
  return found->second;
}

int PlanBuilder::emit_one(Step step, const PlanValue& result) {
  const int index = emit(std::move(step), {result});
  return plan_.steps[static_cast<std::size_t>(index)].results[0];
}

int PlanBuilder::intern(std::vector<RowTag> tags) {
  const auto [found, is_new] =
      tags_.try_emplace(std::move(tags), static_cast<int>(plan_.tag_lists.size()));
  if (is_new) plan_.tag_lists.push_back(found->first);
  return found->second;
}

int PlanBuilder::broadcast_tags(int rows) {
  return intern(std::vector<RowTag>(static_cast<std::size_t>(rows), {RowTag::Kind::broadcast}));
}

int PlanBuilder::source(const Source& source) {
  const auto named = [&](const Source& other) {
    return other.name == source.name && other.is_input == source.is_input;
  };
  const auto found = std::ranges::find_if(plan_.sources, named);
  if (found != plan_.sources.end()) return static_cast<int>(found - plan_.sources.begin());
  plan_.sources.push_back(source);
  return static_cast<int>(plan_.sources.size()) - 1;
}

std::vector<RowTag> combine_tags(const std::vector<RowTag>& a, const std::vector<RowTag>& b,
                                 bool additive, int step) {
  std::vector<RowTag> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = combine_tag(a[i], b[i], additive, step);
  return result;
}

}  // namespace reducecheck
