// SPDX-License-Identifier: Apache-2.0
// Calls: functions of the text, operations, collectives, weights.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/machine.hpp"

namespace reducecheck {

std::vector<Value> Machine::pop_arguments(const CallSite& site) {
  const auto first = stack_.end() - static_cast<std::ptrdiff_t>(site.keywords.size());
  std::vector<Value> args(std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
  stack_.erase(first, stack_.end());
  return args;
}

void Machine::call(const Instruction& i) {
  const std::string& name = code_.names[static_cast<std::size_t>(i.a)];
  const CallSite& site = code_.sites[static_cast<std::size_t>(i.b)];
  const NameMeaning& meaning = meanings_[static_cast<std::size_t>(i.a)];
  Call call{name, pop_arguments(site), site.keywords, i.at, site.text};
  if (meaning.function != nullptr) {
    enter_function(*meaning.function, std::move(call));
    return;
  }
  if (meaning.built_in && call_built_in(call)) return;
  load(i);
  const Value callee = pop();
  const auto* weight = std::get_if<WeightRef>(&callee.data);
  if (weight == nullptr) {
    throw TextError(i.at, fmt::format("`{}` is {}, not a function", name, kind_of(callee)));
  }
  stack_.push_back(operations_.call_weight(*weight, call));
}

bool Machine::call_built_in(const Call& call) {
  const bool positional = std::ranges::all_of(
      call.keywords, [](const std::string& keyword) { return keyword.empty(); });
  if (positional) {
    if (auto value = call_config_function(call.name, call.args, scope_.mesh(), rank_, call.at)) {
      stack_.push_back(std::move(*value));
      return true;
    }
  }
  if (auto value = operations_.call(call)) {
    stack_.push_back(std::move(*value));
    return true;
  }
  if (auto request = operations_.collective(call)) {
    if (reference_) {
      throw TextError(call.at, "the reference runs on one rank: it has no collectives");
    }
    waiting_ = std::move(*request);
    return true;
  }
  return false;
}

void Machine::call_value(const Instruction& i) {
  const CallSite& site = code_.sites[static_cast<std::size_t>(i.b)];
  std::vector<Value> args = pop_arguments(site);
  const Value callee = pop();
  const auto* weight = std::get_if<WeightRef>(&callee.data);
  if (weight == nullptr) {
    throw TextError(i.at, fmt::format("{} is not a function", kind_of(callee)));
  }
  const std::string& name = weights_[static_cast<std::size_t>(weight->weight)];
  stack_.push_back(
      operations_.call_weight(*weight, {name, std::move(args), site.keywords, i.at, site.text}));
}

void Machine::enter_function(const FunctionCode& function, Call call) {
  const auto same = [&](const Frame& frame) { return frame.entry == function.entry; };
  if (std::ranges::any_of(frames_, same)) {
    throw TextError(call.at, fmt::format("`{}` calls itself", call.name),
                    "functions are macros; use `for`");
  }
  if (static_cast<std::int64_t>(frames_.size()) > Limits::calls) {
    throw TextError(call.at, fmt::format("calls are more than {} deep", Limits::calls));
  }
  Frame frame{function.entry, counter_, stack_.size(), guards_.size(), {}};
  std::size_t positional = 0;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    int parameter = -1;
    if (call.keywords[i].empty()) {
      if (positional < function.parameters.size()) parameter = function.parameters[positional++];
    } else {
      for (const int p : function.parameters) {
        if (code_.names[static_cast<std::size_t>(p)] == call.keywords[i]) parameter = p;
      }
    }
    if (parameter < 0) {
      throw TextError(call.at,
                      call.keywords[i].empty()
                          ? fmt::format("`{}` takes {} arguments, got {}", call.name,
                                        function.parameters.size(), call.args.size())
                          : fmt::format("`{}` has no parameter `{}`", call.name, call.keywords[i]));
    }
    if (find(frame, parameter) != nullptr) {
      throw TextError(call.at, fmt::format("`{}` gets `{}` twice", call.name,
                                           code_.names[static_cast<std::size_t>(parameter)]));
    }
    frame.variables.emplace_back(parameter, std::move(call.args[i]));
  }
  for (int i = 0; i < function.required; ++i) {
    const int parameter = function.parameters[static_cast<std::size_t>(i)];
    if (find(frame, parameter) == nullptr) {
      throw TextError(call.at, fmt::format("`{}` needs the argument `{}`", call.name,
                                           code_.names[static_cast<std::size_t>(parameter)]));
    }
  }
  frames_.push_back(std::move(frame));
  counter_ = function.entry;
}

void Machine::leave_function() {
  if (frames_.size() == 1) {
    throw TextError(code_.instructions[static_cast<std::size_t>(counter_ - 1)].at,
                    "`return` outside a function");
  }
  Value result = pop();
  const Frame& frame = frames_.back();
  counter_ = frame.return_to;
  stack_.resize(frame.stack_size);
  guards_.resize(frame.guards);
  frames_.pop_back();
  stack_.push_back(std::move(result));
}

}  // namespace reducecheck
