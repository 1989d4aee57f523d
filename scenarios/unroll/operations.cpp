// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/operations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

const std::vector<std::string> no_keywords;

}  // namespace

Call operator_call(BinaryOp op, Position at) {
  struct Words {
    std::string name;
    std::string text;
  };
  static const std::vector<Words> all = [] {
    std::vector<Words> words;
    for (int i = 0; i <= static_cast<int>(BinaryOp::logical_or); ++i) {
      const char* name = spelling(static_cast<BinaryOp>(i));
      words.push_back({name, fmt::format("`{}`", name)});
    }
    return words;
  }();
  const Words& words = all[static_cast<std::size_t>(op)];
  return {words.name, {}, no_keywords, at, words.text};
}

int Operations::record(Step&& step, std::span<const PlanValue> results, Position at,
                       const std::string& text) {
  for (const PlanValue& result : results) {
    if (result.rows > Limits::rows) {
      throw TextError(at, fmt::format("{} rows; the limit is {}", result.rows, Limits::rows));
    }
    if (result.width > Limits::width) {
      throw TextError(at, fmt::format("{} features; the limit is {}", result.width, Limits::width));
    }
  }
  const int before = builder_.next_step();
  const int index = builder_.emit(std::move(step), results);
  if (index == before) {
    builder_.place(index, at, section_, text);
    for (const PlanValue& r : results) elements_ += std::int64_t{r.rows} * r.width;
    if (elements_ > Limits::elements) {
      throw TextError(at, fmt::format("the tensors of one program have more than {} elements",
                                      Limits::elements));
    }
  } else if (index < first_step_) {
    run_.places.try_emplace(index, StepPlace{at, text});
  }
  executed(index);
  return index;
}

void Operations::executed(int step) {
  run_.executions[static_cast<std::size_t>(rank_)].push_back({step, section_});
}

int Operations::emit(Step&& step, PlanValue result, const Call& call) {
  const int index = record(std::move(step), {&result, 1}, call.at, call.text);
  return builder_.plan().steps[static_cast<std::size_t>(index)].results[0];
}

void Operations::stop(const std::string& defect_class, const Call& call, const std::string& detail,
                      std::vector<int> ranks) const {
  throw StopRun{{defect_class, call.at, call.text, "", std::move(ranks), detail}};
}

int Operations::input(const Layout& layout) {
  HeldLayout held = whole_ ? whole_layout(scope_, layout) : held_layout(scope_, layout, rank_);
  Step step{held.integers ? StepKind::ids_input : StepKind::input};
  step.source = builder_.source({layout.name, WeightKind::vector, true});
  step.numbers = {held.features.begin, held.features.total};
  PlanValue result;
  result.rows = static_cast<int>(held.rows.size());
  result.width = static_cast<int>(held.width);
  result.tags = builder_.intern(std::move(held.rows));
  result.features = held.integers ? Features{} : held.features;
  result.integer = held.integers;
  result.uneven = held.uneven;
  return emit(std::move(step), result, {layout.name, {}, no_keywords, layout.at, layout.name});
}

void Operations::expect(const Call& call, std::size_t low, std::size_t high,
                        const std::vector<std::string>& keywords) const {
  std::size_t positional = 0;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    const std::string& keyword = call.keywords[i];
    if (keyword.empty()) {
      ++positional;
    } else if (std::ranges::find(keywords, keyword) == keywords.end()) {
      throw TextError(call.at, fmt::format("`{}` has no argument `{}`", call.name, keyword),
                      did_you_mean(keyword, keywords));
    }
  }
  if (positional >= low && positional <= high) return;
  const std::string wanted =
      low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
  throw TextError(call.at, fmt::format("`{}` takes {} argument{}, got {}", call.name, wanted,
                                       high == 1 ? "" : "s", positional));
}

const Value* Operations::keyword(const Call& call, const std::string& name) const {
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (call.keywords[i] == name) return &call.args[i];
  }
  return nullptr;
}

bool Operations::columns(const Call& call) const {
  const Value* dim = keyword(call, "dim");
  if (dim == nullptr) return false;
  const auto* word = std::get_if<std::string>(&dim->data);
  if (word != nullptr && (*word == "cols" || *word == "rows")) return *word == "cols";
  throw TextError(call.at, "`dim` must be `rows` or `cols`");
}

int Operations::tensor(const Value& value, const Call& call, const Wording& what) {
  if (const auto* ref = std::get_if<TensorRef>(&value.data)) return ref->id;
  if (const auto* weight = std::get_if<WeightRef>(&value.data)) return weight_value(*weight, call);
  throw TextError(call.at, fmt::format("{} must be a tensor, got {}", what.text(), kind_of(value)));
}

int Operations::table(const Value& value, const Call& call, int rows, const Wording& what) {
  if (std::holds_alternative<Fraction>(value.data) ||
      std::holds_alternative<GroupValue>(value.data)) {
    return constant(Fraction(as_integer(value, call.at, what)), rows, 1, true, call);
  }
  const int id = tensor(value, call, what);
  if (!this->value(id).integer) {
    throw TextError(call.at,
                    fmt::format("{} must be a table of integers such as `ids`", what.text()),
                    "`topk` gives the values first: p, ids = topk(s, k)");
  }
  return id;
}

int Operations::constant(const Fraction& number, int rows, int columns, bool integer,
                         const Call& call) {
  Step step{integer ? StepKind::integer_constant : StepKind::constant};
  step.scalar = number;
  PlanValue result;
  result.rows = rows;
  result.width = columns;
  result.tags = builder_.broadcast_tags(rows);
  result.integer = integer;
  return emit(std::move(step), result, call);
}

Value Operations::guarded(const Value& value, const Value* previous, Position at) {
  if (!is_tensor(value)) return value;
  static const std::string nameless;
  const int id = std::get<TensorRef>(value.data).id;
  Step step{StepKind::guarded};
  step.operands = {id};
  if (previous != nullptr && is_tensor(*previous)) {
    const int before = std::get<TensorRef>(previous->data).id;
    if (before == id) return value;
    step.operands.push_back(before);
  }
  const Call call{nameless, {}, no_keywords, at, nameless};
  return {TensorRef{emit(std::move(step), this->value(id), call)}, value.rank_local};
}

std::optional<Value> Operations::call(const Call& call) {
  static const std::vector<std::string> pointwise_names = {
      "act", "silu", "gelu", "relu", "tanh", "quant", "sigmoid", "rsqrt", "exp", "log"};
  const std::string& name = call.name;
  if (std::ranges::find(pointwise_names, name) != pointwise_names.end()) return pointwise(call);
  if (name == "topk") return topk(call);
  if (name == "take") return take(call);
  if (name == "where") return where(call);
  if (name == "norm") return norm(call);
  if (name == "sum" || name == "max" || name == "amax") return statistic(call);
  if (name == "chunk") return chunk(call);
  if (name == "pad") return pad(call);
  if (name == "cat") return cat(call);
  if (name == "rows" || name == "width") {
    expect(call, 1, 1);
    const PlanValue& v = value(tensor(call.args[0], call, {"the argument of", name}));
    return name == "rows" ? make_integer(v.rows, v.uneven) : make_integer(v.width);
  }
  return std::nullopt;
}

}  // namespace reducecheck
