// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/unroll/code.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {

/// What a name of the text means where no variable has it.
struct NameMeaning {
  std::optional<Value> value;  // of the frame, the same on all ranks
  bool by_rank = false;        // of the frame, another one on each rank
  std::optional<Value> weight;
  const FunctionCode* function = nullptr;
  bool built_in = false;  // a function of the language
};

/// The text that all ranks of a run share; what it refers to outlives it.
struct SharedText {
  SharedText(const Code& text, const Scope& frame, const std::vector<std::string>& names);

  const Code& code;
  const Scope& scope;
  const std::vector<std::string>& weights;
  std::vector<NameMeaning> meanings;  // of code.names
};

/// One rank running its straight line. `run` goes on until the rank stands at a collective or ends.
class Machine {
 public:
  Machine(const SharedText& text, Operations& operations, int rank, bool reference);

  /// Runs until a collective is reached (its request is then `waiting()`) or the text ends.
  /// Throws: TextError, StopRun.
  void run();

  [[nodiscard]] const CollectiveRequest* waiting() const { return waiting_ ? &*waiting_ : nullptr; }
  [[nodiscard]] bool ended() const { return ended_; }

  /// Ends the wait with what the collective gave.
  void resume(Value result);

  /// The tensor that the top-level variable `name` holds. Throws: TextError if there is none.
  int output(const std::string& name, Position at) const;

  /// Gives a top-level name a value before the text runs.
  void bind(const std::string& name, Value value);

  [[nodiscard]] int sections() const { return section_ + 1; }

 private:
  struct Frame {
    int entry = -1;  // of the function; -1: the top level
    int return_to = 0;
    std::size_t stack_size = 0;
    std::size_t guards = 0;
    std::vector<std::pair<int, Value>> variables;
  };

  void step(const Instruction& instruction);
  void control(const Instruction& instruction);
  void loop_next(const Instruction& instruction);
  void choose_end(Position at);
  void call(const Instruction& instruction);
  /// Whether the call is one of a function of the language, which has then been called.
  bool call_built_in(const Call& call);
  void call_value(const Instruction& instruction);
  void enter_function(const FunctionCode& function, Call call);
  void leave_function();
  void load(const Instruction& instruction);
  void store(int name, Value value, Position at);
  void unpack(int count, Position at);
  void binary(BinaryOp op, Position at);
  void index(Position at);
  void slice(Position at);
  std::vector<Value> pop_arguments(const CallSite& site);
  Value pop();
  [[nodiscard]] const Value* find(const Frame& frame, int name) const;
  [[nodiscard]] bool under_guard() const;
  void check_reference(const Value& value, Position at) const;

  const Code& code_;
  const Scope& scope_;
  const std::vector<std::string>& weights_;
  const std::vector<NameMeaning>& meanings_;
  Operations& operations_;
  int rank_;
  bool reference_;
  int counter_ = 0;
  int section_ = 0;
  std::int64_t statements_ = 0;
  std::int64_t instructions_ = 0;
  bool ended_ = false;
  std::vector<Value> stack_;
  std::vector<bool> guards_;
  std::vector<Frame> frames_;
  std::optional<CollectiveRequest> waiting_;
};

}  // namespace reducecheck
