// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

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
                                    "requires", output, describe(tag)));
  }
  [[nodiscard]] int width() const { return width_; }

 private:
  std::map<std::pair<int, int>, int> rows_;
  int width_ = 0;
  bool one_row_ = false;
};

std::vector<int> all_rows(int count) {
  std::vector<int> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

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

template <class D>
std::vector<WrongOutput> wrong_outputs(const Plan& plan, const Run& run,
                                       const Interpreter<D>& values) {
  std::vector<WrongOutput> wrong;
  if (run.finding) return wrong;
  for (std::size_t o = 0; o < run.outputs.size(); ++o) {
    const int truth = plan.reference.outputs[o][0];
    const ReferenceRows reference(plan, truth);
    std::map<std::tuple<int, int, std::int64_t>, WrongOutput> seen;  // replicated outputs
    for (std::size_t rank = 0; rank < run.outputs[o].size(); ++rank) {
      const int id = run.outputs[o][rank];
      const Requirement& required = plan.required[o][rank];
      const auto [found, is_new] = seen.try_emplace({id, required.tags, required.features.begin});
      WrongOutput& result = found->second;
      if (is_new) {
        const PlanValue& value = plan.values[static_cast<std::size_t>(id)];
        const auto& wanted = tags_of(plan, required.tags);
        result.detail = wrong_shape(plan, value, required);
        if (!result.detail.empty()) {
          result.rows = all_rows(value.rows);
        } else if (required.features.begin + required.width > reference.width()) {
          throw TextError({}, fmt::format("the reference's `{}` has {} features, the layout requires "
                                          "{}", plan.output_names[o], reference.width(),
                                          required.features.total));
        } else {
          const auto width = static_cast<std::size_t>(value.width);
          for (std::size_t r = 0; r < wanted.size(); ++r) {
            const auto at = static_cast<std::size_t>(reference.row(wanted[r], plan.output_names[o]));
            const auto* expected = values.numbers(truth) +
                                   at * static_cast<std::size_t>(reference.width()) +
                                   required.features.begin;
            const auto* actual = values.numbers(id) + r * width;
            if (std::equal(actual, actual + width, expected)) continue;
            result.rows.push_back(static_cast<int>(r));
            const RowTag& tag = tags_of(plan, value.tags)[r];
            if (result.detail.empty() && !(tag == wanted[r])) {
              result.detail = fmt::format("row {}: {} where {} is required", r, describe(tag),
                                          describe(wanted[r]));
            }
          }
        }
      }
      if (result.rows.empty() && result.detail.empty()) continue;
      wrong.push_back({static_cast<int>(o), static_cast<int>(rank), result.rows, result.detail});
    }
  }
  return wrong;
}

template std::vector<WrongOutput> wrong_outputs<Prime>(const Plan&, const Run&,
                                                       const Interpreter<Prime>&);
template std::vector<WrongOutput> wrong_outputs<Mod64>(const Plan&, const Run&,
                                                       const Interpreter<Mod64>&);

}  // namespace reducecheck
