// SPDX-License-Identifier: Apache-2.0
// Names, operators, items and slices.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/frame_names.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/machine.hpp"

namespace reducecheck {
void Machine::check_reference(const Value& value, Position at) const {
  if (!reference_ || !std::holds_alternative<GroupValue>(value.data)) return;
  throw TextError(at, "the reference runs on one rank and may not look at the mesh");
}

void Machine::load(const Instruction& i) {
  const Value* variable = find(frames_.back(), i.a);
  if (variable == nullptr) variable = find(frames_[0], i.a);
  if (variable != nullptr) {
    stack_.push_back(Value(*variable));
    return;
  }
  const std::string& name = code_.names[static_cast<std::size_t>(i.a)];
  const NameMeaning& meaning = meanings_[static_cast<std::size_t>(i.a)];
  if (meaning.value || meaning.by_rank) {
    stack_.push_back(meaning.value ? *meaning.value : *scope_.find(name, rank_));
    check_reference(stack_.back(), i.at);
    return;
  }
  if (meaning.weight) {
    stack_.push_back(*meaning.weight);
    return;
  }
  if (is_argument_word(name)) {
    stack_.push_back({name});
    return;
  }
  std::vector<std::string> candidates = scope_.names();
  candidates.insert(candidates.end(), weights_.begin(), weights_.end());
  for (const auto& [other, value] : frames_.back().variables) {
    candidates.push_back(code_.names[static_cast<std::size_t>(other)]);
  }
  throw TextError(i.at, fmt::format("`{}` has no value here", name),
                  did_you_mean(name, candidates));
}

void Machine::unpack(int count, Position at) {
  const Value value = pop();
  const auto* items = std::get_if<List>(&value.data);
  if (items == nullptr || static_cast<int>((*items)->size()) != count) {
    throw TextError(at, fmt::format("{} names are assigned {}", count,
                                    items == nullptr ? kind_of(value)
                                                     : fmt::format("{} values", (*items)->size())));
  }
  for (std::size_t i = (*items)->size(); i-- > 0;) stack_.push_back((**items)[i]);
}

void Machine::binary(BinaryOp op, Position at) {
  const Value right = pop();
  const Value left = pop();
  const bool lists = std::holds_alternative<List>(left.data);
  if ((is_tensor_like(left) || is_tensor_like(right)) && !lists && op != BinaryOp::in &&
      op != BinaryOp::not_in) {
    stack_.push_back(operations_.binary(op, left, right, at));
    return;
  }
  stack_.push_back(apply(op, left, right, at));
}

void Machine::index(Position at) {
  const Value position = pop();
  Value value = pop();
  if (auto* weight = std::get_if<WeightRef>(&value.data)) {
    weight->layer = as_integer(position, at, "the index of a layer");
    stack_.push_back(std::move(value));
    return;
  }
  const auto* items = std::get_if<List>(&value.data);
  if (items == nullptr) {
    throw TextError(at, fmt::format("{} has no items", kind_of(value)),
                    is_tensor(value) ? "x[a:b] takes rows, take(x, i) a column" : "");
  }
  const std::int64_t size = static_cast<std::int64_t>((*items)->size());
  std::int64_t i = as_integer(position, at, "an index");
  if (i < 0) i += size;
  if (i < 0 || i >= size) {
    throw TextError(at, fmt::format("index {} of a list of {}", show(position), size));
  }
  Value item = (**items)[static_cast<std::size_t>(i)];
  item.rank_local = item.rank_local || position.rank_local;
  stack_.push_back(std::move(item));
}

void Machine::slice(Position at) {
  const Value end = pop();
  const Value begin = pop();
  const Value value = pop();
  const auto* items = std::get_if<List>(&value.data);
  if (items == nullptr) {
    stack_.push_back(operations_.slice(value, begin, end, at));
    return;
  }
  const std::int64_t size = static_cast<std::int64_t>((*items)->size());
  const auto bound = [&](const Value& v, std::int64_t fallback) {
    if (std::holds_alternative<None>(v.data)) return fallback;
    const std::int64_t i = as_integer(v, at, "a bound of a slice");
    return std::clamp<std::int64_t>(i < 0 ? i + size : i, 0, size);
  };
  const std::int64_t first = bound(begin, 0);
  const std::int64_t last = std::max(first, bound(end, size));
  stack_.push_back(make_list({(*items)->begin() + first, (*items)->begin() + last},
                             value.rank_local || begin.rank_local || end.rank_local));
}

}  // namespace reducecheck
