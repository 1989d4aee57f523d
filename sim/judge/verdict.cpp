// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "scenarios/unroll/value.hpp"

namespace reducecheck {
namespace {

const std::vector<RowTag>& tags_of(const Plan& plan, int list) {
  return plan.tag_lists[static_cast<std::size_t>(list)];
}

std::string describe(const RowTag& tag) {
  switch (tag.kind) {
    case RowTag::Kind::token: return fmt::format("token ({}, {})", tag.owner, tag.index);
    case RowTag::Kind::broadcast: return "no token";
    case RowTag::Kind::padding:
    case RowTag::Kind::stained: return "padding";
    case RowTag::Kind::garbage: return "uninitialised memory";
    case RowTag::Kind::mixed: return "a mix of tokens";
  }
  return "?";
}

/// The row of each token in the reference's output.
class ReferenceRows {
 public:
  ReferenceRows(const Plan& plan, int value) {
    const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
    const std::vector<RowTag>& tags = tags_of(plan, shape.tags);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      rows_.try_emplace({tags[i].owner, tags[i].index}, static_cast<int>(i));
    }
    width_ = shape.width;
    one_row_ = tags.size() == 1 && tags[0].kind == RowTag::Kind::broadcast;
  }

  [[nodiscard]] int row(const RowTag& tag, const std::string& output) const {
    if (one_row_) return 0;
    const auto found = rows_.find({tag.owner, tag.index});
    if (found != rows_.end()) return found->second;
    throw TextError({}, fmt::format("the reference's `{}` has no row for {}, which the layout "
                                    "requires",
                                    output, describe(tag)));
  }
  [[nodiscard]] int width() const { return width_; }

 private:
  std::map<std::pair<int, int>, int> rows_;
  int width_ = 0;
  bool one_row_ = false;
};

/// A sentence when the shape is not the required one.
std::string wrong_shape(const Plan& plan, const PlanValue& value, const Requirement& required) {
  const auto& wanted = tags_of(plan, required.tags);
  if (value.rows != static_cast<int>(wanted.size())) {
    return fmt::format("{} rows where {} are required", value.rows, wanted.size());
  }
  if (value.width != required.width) {
    return fmt::format("{} features where {} are required", value.width, required.width);
  }
  return "";
}

}  // namespace

OutputJudge::OutputJudge(const Plan& plan, const Run& run) {
  for (std::size_t o = 0; o < run.outputs.size(); ++o) {
    const int truth = plan.reference.outputs[o][0];
    const ReferenceRows reference(plan, truth);
    std::map<std::tuple<int, int, std::int64_t>, std::size_t> seen;  // replicated outputs
    for (std::size_t rank = 0; rank < run.outputs[o].size(); ++rank) {
      const int id = run.outputs[o][rank];
      const Requirement& required = plan.required[o][rank];
      const auto [found, is_new] =
          seen.try_emplace({id, required.tags, required.features.begin}, comparisons_.size());
      if (!is_new) {
        comparisons_[found->second].ranks.push_back(static_cast<int>(rank));
        continue;
      }
      const PlanValue& value = plan.values[static_cast<std::size_t>(id)];
      Comparison c{static_cast<int>(o), {static_cast<int>(rank)}, id, truth};
      c.width = static_cast<std::size_t>(value.width);
      c.truth_width = static_cast<std::size_t>(reference.width());
      c.column = static_cast<std::size_t>(required.features.begin);
      c.wrong_shape = wrong_shape(plan, value, required);
      if (required.features.begin + required.width > reference.width()) {
        throw TextError(
            {}, fmt::format("the reference's `{}` has {} features, the layout requires {}",
                            plan.output_names[o], reference.width(), required.features.total));
      }
      const auto& wanted = tags_of(plan, required.tags);
      const auto& held = tags_of(plan, value.tags);
      for (std::size_t r = 0; r < held.size(); ++r) {
        if (r >= wanted.size()) {
          c.rows.push_back(0);
          continue;
        }
        c.rows.push_back(static_cast<std::size_t>(reference.row(wanted[r], plan.output_names[o])));
        if (held[r] == wanted[r]) continue;
        c.misplaced.resize(held.size());
        c.misplaced[r] = fmt::format("row {}: {} where {} is required", r, describe(held[r]),
                                     describe(wanted[r]));
      }
      comparisons_.push_back(std::move(c));
    }
  }
}

template <class D>
bool OutputJudge::row_is_right(const Comparison& c, std::size_t row, const Interpreter<D>& values) {
  const auto* actual = values.numbers(c.value) + row * c.width;
  const auto* expected = values.numbers(c.truth) + c.rows[row] * c.truth_width + c.column;
  return std::equal(actual, actual + c.width, expected);
}

template <class D>
bool OutputJudge::holds(const Interpreter<D>& values) const {
  return std::ranges::all_of(comparisons_, [&](const Comparison& c) {
    if (!c.wrong_shape.empty()) return false;
    for (std::size_t row = 0; row < c.rows.size(); ++row) {
      if (!row_is_right(c, row, values)) return false;
    }
    return true;
  });
}

template <class D>
std::vector<WrongOutput> OutputJudge::wrong(const Interpreter<D>& values) const {
  std::vector<WrongOutput> wrong;
  for (const Comparison& c : comparisons_) {
    WrongOutput result{c.output, 0, {}, c.wrong_shape};
    for (std::size_t row = 0; row < c.rows.size(); ++row) {
      if (c.wrong_shape.empty() && row_is_right(c, row, values)) continue;
      result.rows.push_back(static_cast<int>(row));
      if (result.detail.empty() && !c.misplaced.empty()) result.detail = c.misplaced[row];
    }
    if (result.rows.empty() && result.detail.empty()) continue;
    for (const int rank : c.ranks) {
      result.rank = rank;
      wrong.push_back(result);
    }
  }
  std::ranges::stable_sort(wrong, {}, [](const WrongOutput& w) {
    return std::pair{w.output, w.rank};
  });
  return wrong;
}

template bool OutputJudge::holds<Prime>(const Interpreter<Prime>&) const;
template bool OutputJudge::holds<Mod64>(const Interpreter<Mod64>&) const;
template std::vector<WrongOutput> OutputJudge::wrong<Prime>(const Interpreter<Prime>&) const;
template std::vector<WrongOutput> OutputJudge::wrong<Mod64>(const Interpreter<Mod64>&) const;

}  // namespace reducecheck
