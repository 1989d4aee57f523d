// SPDX-License-Identifier: Apache-2.0
// Program text as instructions of a stack machine. A rank must stop at a collective in the middle
// of an expression and go on later; with an explicit stack that is only a program counter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/unroll/value.hpp"

namespace reducecheck {

enum class Opcode : std::uint8_t {
  constant,  // push constants[a]
  load,      // push the value of names[a]
  store,     // names[a] = pop; below a rank guard the value is marked
  unpack,    // pop a list of exactly `a` items, push them so that the first is on top
  negate,
  logical_not,
  binary,         // BinaryOp a
  index,          // pop index, value
  slice,          // pop end, begin, value; None is a missing bound
  list,           // pop `a` items, push the list
  jump,           // to a
  jump_if_false,  // pop; to a
  keep_if_false,  // `and`: if the top is false, to a
  keep_if_true,   // `or`
  logical_end,    // top: the second operand, below: the first; drops the first
  call,           // names[a] with sites[b]
  call_value,     // pop arguments of sites[b], then the callee
  result,         // return the top
  guard_begin,    // the top is a condition: from here on a rank guard if it is rank-local
  guard_end,
  choose_end,     // top: value, below: condition of a conditional expression; drops the condition
  default_begin,  // if names[a] has a value in this frame, to b
  section,        // a new section begins
  loop_begin,     // pop a list, push an iterator
  loop_next,      // names[a] = next item, or drop the iterator and go to b
  statement,      // counts towards the limit
  end,
};

struct Instruction {
  Opcode op = Opcode::end;
  int a = 0;
  int b = 0;
  Position at;
};

/// The arguments of a call: their number, keywords and the text of the whole call for messages.
struct CallSite {
  std::vector<std::string> keywords;
  std::string text;
};

struct FunctionCode {
  std::vector<int> parameters;  // names
  int required = 0;
  int entry = 0;
};

struct Code {
  std::vector<Instruction> instructions;
  std::vector<Value> constants;
  std::vector<std::string> names;
  std::vector<CallSite> sites;
  std::map<std::string, FunctionCode> functions;
};

/// The instructions of `text` (for a variant: its own statements before the shared ones).
/// Throws: TextError for a function defined twice or not at the top level.
Code compile(const std::vector<const Program*>& text);

}  // namespace reducecheck
