// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/consumer.hpp"

#include <algorithm>
#include <tuple>

#include "sim/judge/function_argument.hpp"

namespace reducecheck {
namespace {

/// A function by which two programs are compared: its name, or a weight with its layer.
using FunctionKey = std::tuple<std::string, int, std::int64_t>;

std::optional<FunctionKey> checkpoint(const Step& step) {
  switch (step.kind) {
    case StepKind::linear:
    case StepKind::mlp:
    case StepKind::experts: return FunctionKey{"weight", step.source, step.layer};
    case StepKind::pointwise: return FunctionKey{step.function, -1, 0};
    case StepKind::quantise: return FunctionKey{"quant", -1, 0};
    case StepKind::norm: return FunctionKey{"norm", -1, 0};
    case StepKind::topk: return FunctionKey{"topk", -1, 0};
    default: return std::nullopt;
  }
}

bool by_element(const Step& step) {
  return step.kind == StepKind::pointwise || step.kind == StepKind::quantise;
}

/// What the reference gives to each function, for each token.
class Applications {
 public:
  Applications(const Plan& plan, const Interpreter<Prime>& values) : plan_(plan), values_(values) {
    std::set<int> seen;
    for (const Execution& execution : plan.reference.executions[0]) {
      if (seen.insert(execution.step).second) add(execution);
    }
  }

  /// The rows of the step's argument that the reference does not give to the same function.
  [[nodiscard]] std::vector<int> wrong_rows(const Step& step) const {
    std::vector<int> wrong;
    const auto key = checkpoint(step);
    if (!key || !steps_.contains(*key)) return wrong;
    const PlanValue& x = value(step.operands[0]);
    const auto& tags = plan_.tag_lists[static_cast<std::size_t>(x.tags)];
    for (int row = 0; row < x.rows; ++row) {
      const RowTag& tag = tags[static_cast<std::size_t>(row)];
      const auto token = token_of(tag);
      if (tag.kind == RowTag::Kind::mixed || (token && is_wrong(step, *key, *token, row))) {
        wrong.push_back(row);
      }
    }
    return wrong;
  }

  [[nodiscard]] const std::vector<Execution>& steps(const FunctionKey& key) const {
    return steps_.at(key);
  }

 private:
  struct Argument {
    int value = -1;
    int row = 0;
    std::uint64_t scale = 1;
  };

  [[nodiscard]] const PlanValue& value(int id) const {
    return plan_.values[static_cast<std::size_t>(id)];
  }

  [[nodiscard]] std::uint64_t element_key(const Step& step, int row, int column) const {
    return argument_key(plan_, values_, step, row, column);
  }

  void add(const Execution& execution) {
    const Step& step = plan_.steps[static_cast<std::size_t>(execution.step)];
    const auto key = checkpoint(step);
    if (!key) return;
    steps_[*key].push_back(execution);
    const PlanValue& x = value(step.operands[0]);
    const auto& tags = plan_.tag_lists[static_cast<std::size_t>(x.tags)];
    for (int row = 0; row < x.rows; ++row) {
      const auto token = token_of(tags[static_cast<std::size_t>(row)]);
      if (!token) continue;
      rows_[{*key, *token}].push_back({step.operands[0], row, scale(step, row)});
      for (int j = 0; by_element(step) && j < x.width; ++j) {
        elements_[{*key, *token}].insert(element_key(step, row, j));
      }
      if (step.kind == StepKind::norm) add_root(step, row, *token);
    }
  }

  /// A program may write a norm out.
  void add_root(const Step& step, int row, const Token& token) {
    const FunctionKey key{"rsqrt", -1, 0};
    steps_[key];
    elements_[{key, token}].insert(root_key(plan_, values_, step, row));
  }

  /// By what rows are multiplied before they are compared: what a norm that is free of scale takes
  /// for one row is one row then.
  [[nodiscard]] std::uint64_t scale(const Step& step, int row) const {
    const bool free = plan_.scale_free_norm && step.kind == StepKind::norm;
    return free ? norm_factor(plan_, values_, step, row) : 1;
  }

  [[nodiscard]] bool is_wrong(const Step& step, const FunctionKey& key, const Token& token,
                              int row) const {
    const PlanValue& x = value(step.operands[0]);
    if (by_element(step)) {
      const auto known = elements_.find({key, token});
      if (known == elements_.end()) return false;
      for (int j = 0; j < x.width; ++j) {
        if (!known->second.contains(element_key(step, row, j))) return true;
      }
      return false;
    }
    const auto known = rows_.find({key, token});
    if (known == rows_.end()) return false;
    const std::int64_t column = step.kind == StepKind::linear ? step.numbers[0] : 0;
    const std::uint64_t* mine = values_.numbers(step.operands[0]) + row * x.width;
    const std::uint64_t by = scale(step, row);
    return std::ranges::none_of(known->second, [&](const Argument& place) {
      const PlanValue& other = value(place.value);
      if (column + x.width > other.width) return false;
      if (step.kind != StepKind::linear && x.width != other.width) return false;
      const std::uint64_t* theirs = values_.numbers(place.value) + place.row * other.width + column;
      return std::equal(mine, mine + x.width, theirs, [&](std::uint64_t a, std::uint64_t b) {
        return Prime::multiply(a, by) == Prime::multiply(b, place.scale);
      });
    });
  }

  const Plan& plan_;
  const Interpreter<Prime>& values_;
  std::map<FunctionKey, std::vector<Execution>> steps_;
  std::map<std::pair<FunctionKey, Token>, std::vector<Argument>> rows_;
  std::map<std::pair<FunctionKey, Token>, std::set<std::uint64_t>> elements_;
};

WrongValue wrong_argument(const Plan& plan, const Step& step, std::vector<int> rows) {
  WrongValue wrong;
  wrong.value = step.operands[0];
  wrong.rows = std::move(rows);
  const PlanValue& x = plan.values[static_cast<std::size_t>(wrong.value)];
  wrong.column = step.kind == StepKind::linear ? step.numbers[0] : x.features.begin;
  wrong.comparable = step.kind == StepKind::linear || x.features.total > 0;
  return wrong;
}

Consumer consuming_output(const Plan& plan, const Run& run, const std::vector<WrongOutput>& wrong) {
  Consumer consumer;
  consumer.output = wrong[0].output;
  consumer.detail = wrong[0].detail;
  const auto o = static_cast<std::size_t>(consumer.output);
  consumer.reference = {plan.reference.outputs[o][0]};
  consumer.reference_sections = {0};
  for (const WrongOutput& w : wrong) {
    if (w.output != consumer.output) continue;
    const auto rank = static_cast<std::size_t>(w.rank);
    const Requirement& required = plan.required[o][rank];
    const auto& tags = plan.tag_lists[static_cast<std::size_t>(required.tags)];
    const int value = run.outputs[o][rank];
    const auto same = std::ranges::find_if(consumer.values, [&](const WrongValue& other) {
      return other.value == value && other.required == tags &&
             other.column == required.features.begin;
    });
    if (same != consumer.values.end()) {
      same->ranks.push_back(w.rank);
      continue;
    }
    const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
    const bool rows_fit = shape.rows == static_cast<int>(tags.size());
    consumer.values.push_back({value,
                               {w.rank},
                               w.rows,
                               rows_fit ? tags : std::vector<RowTag>{},
                               required.features.begin,
                               shape.width == required.width});
  }
  return consumer;
}

}  // namespace

Consumer find_consumer(const Plan& plan, const Run& run, const Interpreter<Prime>& values,
                       const std::vector<WrongOutput>& wrong) {
  const Applications applications(plan, values);
  std::map<int, std::set<int>> ranks;  // of each step
  for (std::size_t rank = 0; rank < run.executions.size(); ++rank) {
    for (const Execution& execution : run.executions[rank]) {
      ranks[execution.step].insert(static_cast<int>(rank));
    }
  }
  Consumer consumer;
  for (const auto& [index, on] : ranks) {
    const Step& step = plan.steps[static_cast<std::size_t>(index)];
    if (consumer.step >= 0) {
      // The same call on other ranks may be a step of its own; later calls are only consequences.
      const Step& first = plan.steps[static_cast<std::size_t>(consumer.step)];
      if (step.kind != first.kind || step.at != first.at || step.section != first.section ||
          step.layer != first.layer) {
        continue;
      }
    }
    std::vector<int> rows = applications.wrong_rows(step);
    if (rows.empty()) continue;
    if (consumer.step < 0) {
      consumer.step = index;
      for (const Execution& other : applications.steps(*checkpoint(step))) {
        consumer.reference.push_back(plan.steps[static_cast<std::size_t>(other.step)].operands[0]);
        consumer.reference_sections.push_back(other.section);
      }
    }
    WrongValue argument = wrong_argument(plan, step, std::move(rows));
    argument.ranks.assign(on.begin(), on.end());
    consumer.values.push_back(std::move(argument));
  }
  return consumer.step >= 0 ? consumer : consuming_output(plan, run, wrong);
}

}  // namespace reducecheck
