// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

bool is_tensor_like(const Value& value) {
  return is_tensor(value) || std::holds_alternative<WeightRef>(value.data);
}

}  // namespace

Machine::Machine(const Code& code, const Scope& scope, const std::vector<std::string>& weights,
                 Operations& operations, int rank, bool reference)
    : code_(code),
      scope_(scope),
      weights_(weights),
      operations_(operations),
      rank_(rank),
      reference_(reference),
      frames_(1) {}

void Machine::run() {
  while (!ended_ && !waiting_) {
    if (++instructions_ > Limits::instructions) {
      throw TextError(code_.instructions[static_cast<std::size_t>(counter_)].at,
                      fmt::format("a rank runs more than {} operations", Limits::instructions));
    }
    const Instruction& instruction = code_.instructions[static_cast<std::size_t>(counter_++)];
    operations_.enter(rank_, section_);
    step(instruction);
  }
}

void Machine::resume(Value result) {
  waiting_.reset();
  stack_.push_back(std::move(result));
}

void Machine::step(const Instruction& i) {
  switch (i.op) {
    case Opcode::constant: stack_.push_back(code_.constants[static_cast<std::size_t>(i.a)]); break;
    case Opcode::load: load(i); break;
    case Opcode::store: store(i.a, pop(), i.at); break;
    case Opcode::unpack: unpack(i.a, i.at); break;
    case Opcode::drop: pop(); break;
    case Opcode::negate: {
      const Value value = pop();
      stack_.push_back(is_tensor_like(value)
                           ? operations_.binary(BinaryOp::subtract, make_integer(0), value, i.at)
                           : negate(value, i.at));
      break;
    }
    case Opcode::logical_not: {
      const Value value = pop();
      stack_.push_back({!as_condition(value, i.at), value.rank_local});
      break;
    }
    case Opcode::binary: binary(static_cast<BinaryOp>(i.a), i.at); break;
    case Opcode::index: index(i.at); break;
    case Opcode::slice: slice(i.at); break;
    case Opcode::list: {
      std::vector<Value> items(stack_.end() - i.a, stack_.end());
      stack_.resize(stack_.size() - static_cast<std::size_t>(i.a));
      stack_.push_back(make_list(std::move(items)));
      break;
    }
    case Opcode::call: call(i); break;
    case Opcode::call_value: call_value(i); break;
    default: control(i); break;
  }
}

void Machine::control(const Instruction& i) {
  switch (i.op) {
    case Opcode::jump: counter_ = i.a; break;
    case Opcode::jump_if_false:
      if (!as_condition(pop(), i.at)) counter_ = i.a;
      break;
    case Opcode::keep_if_false:
    case Opcode::keep_if_true: {
      const bool keep_on = i.op == Opcode::keep_if_true;
      if (as_condition(stack_.back(), i.at) == keep_on) {
        counter_ = i.a;
      } else {
        pop();
      }
      break;
    }
    case Opcode::result: leave_function(); break;
    case Opcode::guard_begin:
      if (i.a == 1) {
        stack_.push_back(Value(stack_.back()));
      } else {
        guards_.push_back(stack_.back().rank_local);
      }
      break;
    case Opcode::guard_end: guards_.pop_back(); break;
    case Opcode::choose_end: choose_end(i.at); break;
    case Opcode::default_begin:
      if (find(frames_.back(), i.a) != nullptr) counter_ = i.b;
      break;
    case Opcode::section: ++section_; break;
    case Opcode::loop_begin:
      if (!std::holds_alternative<List>(stack_.back().data)) {
        throw TextError(i.at, "`for` runs over a list, got " + kind_of(stack_.back()),
                        "for example range(L)");
      }
      stack_.push_back(make_integer(0));
      break;
    case Opcode::loop_next: loop_next(i); break;
    case Opcode::statement:
      if (++statements_ > Limits::statements) {
        throw TextError(i.at, fmt::format("a rank runs more than {} statements",
                                          Limits::statements));
      }
      break;
    default: ended_ = true; break;
  }
}

void Machine::choose_end(Position at) {
  Value value = pop();
  const Value condition = pop();
  if (condition.rank_local) {
    value = operations_.guarded(value, nullptr, at);
    value.rank_local = true;
  }
  stack_.push_back(std::move(value));
}

void Machine::loop_next(const Instruction& i) {
  const std::int64_t index = std::get<Fraction>(stack_.back().data).numerator();
  const List items = std::get<List>(stack_[stack_.size() - 2].data);
  ++section_;
  if (index >= static_cast<std::int64_t>(items->size())) {
    stack_.resize(stack_.size() - 2);
    counter_ = i.b;
    return;
  }
  stack_.back() = make_integer(index + 1);
  store(i.a, (*items)[static_cast<std::size_t>(index)], i.at);
}

Value Machine::pop() {
  Value value = std::move(stack_.back());
  stack_.pop_back();
  return value;
}

const Value* Machine::find(const Frame& frame, int name) const {
  for (const auto& [other, value] : frame.variables) {
    if (other == name) return &value;
  }
  return nullptr;
}

bool Machine::under_guard() const { return std::ranges::find(guards_, true) != guards_.end(); }

void Machine::store(int name, Value value, Position at) {
  const std::string& text = code_.names[static_cast<std::size_t>(name)];
  if (scope_.find(text, -1) || load_weight(text)) {
    throw TextError(at, fmt::format("`{}` is declared by the frame and cannot be assigned", text));
  }
  Frame& frame = frames_.back();
  if (under_guard()) {
    value = operations_.guarded(value, find(frame, name), at);
    value.rank_local = true;
  }
  for (auto& [other, held] : frame.variables) {
    if (other == name) {
      held = std::move(value);
      return;
    }
  }
  frame.variables.emplace_back(name, std::move(value));
}

void Machine::bind(const std::string& name, Value value) {
  const auto found = std::ranges::find(code_.names, name);
  if (found == code_.names.end()) return;  // the text does not read it
  frames_[0].variables.emplace_back(static_cast<int>(found - code_.names.begin()),
                                    std::move(value));
}

std::optional<Value> Machine::load_weight(const std::string& name) const {
  const bool slots = name.ends_with(".slots");
  const auto found = std::ranges::find(weights_, slots ? name.substr(0, name.size() - 6) : name);
  if (found == weights_.end()) return std::nullopt;
  return Value{WeightRef{static_cast<int>(found - weights_.begin()), 0, slots}};
}

void Machine::check_reference(const Value& value, Position at) const {
  if (!reference_ || !std::holds_alternative<GroupValue>(value.data)) return;
  throw TextError(at, "the reference runs on one rank and may not look at the mesh");
}

void Machine::load(const Instruction& i) {
  const std::string& name = code_.names[static_cast<std::size_t>(i.a)];
  const Value* variable = find(frames_.back(), i.a);
  if (variable == nullptr) variable = find(frames_[0], i.a);
  if (variable != nullptr) {
    stack_.push_back(Value(*variable));
    return;
  }
  if (auto value = scope_.find(name, rank_)) {
    check_reference(*value, i.at);
    stack_.push_back(std::move(*value));
    return;
  }
  if (auto weight = load_weight(name)) {
    stack_.push_back(std::move(*weight));
    return;
  }
  if (name == "cols" || name == "rows" || name == "garbage") {
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

int Machine::output(const std::string& name, Position at) const {
  for (const auto& [other, value] : frames_[0].variables) {
    if (code_.names[static_cast<std::size_t>(other)] != name) continue;
    if (const auto* tensor = std::get_if<TensorRef>(&value.data)) return tensor->id;
    throw TextError(at, fmt::format("the output `{}` is {} on rank {}", name, kind_of(value),
                                    rank_));
  }
  throw TextError(at, fmt::format("the {} never assigns the output `{}`{}",
                                  reference_ ? "reference" : "program", name,
                                  reference_ ? "" : fmt::format(" on rank {}", rank_)));
}

}  // namespace reducecheck
