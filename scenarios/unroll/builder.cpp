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

void PlanBuilder::take_key(const Step& step) {
  const int function =
      step.function.empty()
          ? -1
          : functions_.try_emplace(step.function, static_cast<int>(functions_.size()))
                .first->second;
  key_.assign({static_cast<std::int64_t>(step.kind), step.source, step.layer, step.chunk,
               step.chunks, step.scalar.numerator(), step.scalar.denominator(), function});
  const auto append = [this](const auto& list) {
    key_.push_back(static_cast<std::int64_t>(list.size()));
    key_.insert(key_.end(), list.begin(), list.end());
  };
  append(step.operands);
  append(step.numbers);
  append(step.experts);
  append(step.members);
  append(step.split.axes);
}

int PlanBuilder::emit(Step&& step, std::span<const PlanValue> results) {
  take_key(step);
  // Leaves are the same only with the same rows and features.
  if (step.operands.empty()) {
    for (const PlanValue& result : results) {
      key_.insert(key_.end(), {result.rows, result.width, result.tags});
    }
  }
  const auto [found, is_new] = steps_.try_emplace(key_, next_step());
  if (!is_new) return found->second;
  step.results.reserve(results.size());
  for (PlanValue result : results) {
    result.step = next_step();
    step.results.push_back(static_cast<int>(plan_.values.size()));
    plan_.values.push_back(result);
  }
  plan_.steps.push_back(std::move(step));
  return found->second;
}

void PlanBuilder::place(int step, Position at, int section, const std::string& text) {
  Step& placed = plan_.steps[static_cast<std::size_t>(step)];
  placed.at = at;
  placed.section = section;
  placed.text = text;
}

int PlanBuilder::intern(std::vector<RowTag> tags) {
  const auto [found, is_new] =
      tags_.try_emplace(std::move(tags), static_cast<int>(plan_.tag_lists.size()));
  if (is_new) plan_.tag_lists.push_back(found->first);
  return found->second;
}

int PlanBuilder::broadcast_tags(int rows) {
  const auto [list, is_new] = broadcast_.try_emplace(rows);
  if (is_new) {
    list->second =
        intern(std::vector<RowTag>(static_cast<std::size_t>(rows), {RowTag::Kind::broadcast}));
  }
  return list->second;
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
