// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
Machine::Machine(const SharedText& text, Operations& operations, int rank, bool reference)
    : code_(text.code),
      scope_(text.scope),
      weights_(text.weights),
      meanings_(text.meanings),
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
      std::vector<Value> items(std::make_move_iterator(stack_.end() - i.a),
                               std::make_move_iterator(stack_.end()));
      stack_.erase(stack_.end() - i.a, stack_.end());
      stack_.push_back(make_list(std::move(items)));
      check_length(stack_.back(), i.at);
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
      if (as_condition(stack_.back(), i.at) == keep_on) counter_ = i.a;
      break;
    }
    case Opcode::logical_end: {
      Value second = pop();
      second.rank_local = pop().rank_local || second.rank_local;
      stack_.push_back(std::move(second));
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
        throw TextError(i.at,
                        fmt::format("a rank runs more than {} statements", Limits::statements));
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

bool Machine::under_guard() const {
  return std::ranges::find(guards_, true) != guards_.end();
}

void Machine::store(int name, Value value, Position at) {
  const NameMeaning& meaning = meanings_[static_cast<std::size_t>(name)];
  if (meaning.value || meaning.weight) {
    throw TextError(at, fmt::format("`{}` is declared by the frame and cannot be assigned",
                                    code_.names[static_cast<std::size_t>(name)]));
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

int Machine::output(const std::string& name, Position at) const {
  for (const auto& [other, value] : frames_[0].variables) {
    if (code_.names[static_cast<std::size_t>(other)] != name) continue;
    if (const auto* tensor = std::get_if<TensorRef>(&value.data)) return tensor->id;
    throw TextError(at,
                    fmt::format("the output `{}` is {} on rank {}", name, kind_of(value), rank_));
  }
  throw TextError(at, fmt::format("the {} never assigns the output `{}`{}",
                                  reference_ ? "reference" : "program", name,
                                  reference_ ? "" : fmt::format(" on rank {}", rank_)));
}

}  // namespace reducecheck
