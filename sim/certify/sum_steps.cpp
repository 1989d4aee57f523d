// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/sum_steps.hpp"

#include <fmt/format.h>

#include <bit>

namespace reducecheck {
namespace {

int push(SumSteps& sum, SumStep step) {
  sum.steps.push_back(step);
  return sum.leaves + static_cast<int>(sum.steps.size()) - 1;
}

/// Appends the additions of `tree` over these operands; returns where the sum is.
int append_tree(SumSteps& sum, const SumTree& tree, SumRounding rounding,
                std::vector<int> operands) {
  const Format format = rounding == SumRounding::once ? Format::fp32 : sum.format;
  for (const SumTree::Addition& addition : tree.additions) {
    const int left = operands[static_cast<std::size_t>(addition.left)];
    const int right = operands[static_cast<std::size_t>(addition.right)];
    operands.push_back(push(sum, {left, right, format}));
  }
  const bool converts = format != sum.format && !tree.additions.empty();
  return converts ? push(sum, {operands.back(), SumStep::none, sum.format})
                  : (tree.additions.empty() ? operands.front() : operands.back());
}

/// The chains of the branches in a set, before and after their sum over the ranks.
struct Expression {
  std::vector<BranchChain::Step> steps;
  int result = 0;
};

/// `right` appended to `left`, its own results renumbered, and then one step over both.
Expression joined(const Expression& left, const Expression& right, int branches) {
  Expression both = left;
  const int moved = static_cast<int>(left.steps.size());
  const auto place = [&](int operand) { return operand < branches ? operand : operand + moved; };
  for (BranchChain::Step step : right.steps) {
    step.left = place(step.left);
    if (step.right != SumStep::none) step.right = place(step.right);
    both.steps.push_back(step);
  }
  both.steps.push_back({BranchChain::Kind::add, left.result, place(right.result)});
  both.result = branches + static_cast<int>(both.steps.size()) - 1;
  return both;
}

/// All ways to add the branches of `set`: with `reduced`, each over the ranks on its way.
std::vector<Expression> expressions(unsigned set, bool reduced, int branches) {
  std::vector<Expression> all;
  if (reduced) {
    for (Expression one : expressions(set, false, branches)) {
      one.steps.push_back({BranchChain::Kind::all_reduce, one.result, SumStep::none});
      one.result = branches + static_cast<int>(one.steps.size()) - 1;
      all.push_back(std::move(one));
    }
  } else if ((set & (set - 1)) == 0) {
    all.push_back({{}, std::countr_zero(set)});
  }
  const unsigned lowest = set & (~set + 1);
  for (unsigned part = (set - 1) & set; part != 0; part = (part - 1) & set) {
    if ((part & lowest) == 0) continue;  // the same as its complement
    for (const Expression& left : expressions(part, reduced, branches)) {
      for (const Expression& right : expressions(set & ~part, reduced, branches)) {
        all.push_back(joined(left, right, branches));
      }
    }
  }
  return all;
}

}  // namespace

SumSteps steps_of(const SumTree& tree, SumRounding rounding, Format format) {
  SumSteps sum{format, tree.ranks, {}};
  std::vector<int> operands;
  for (int r = 0; r < tree.ranks; ++r) operands.push_back(r);
  append_tree(sum, tree, rounding, std::move(operands));
  return sum;
}

std::vector<BranchChain> branch_chains(int branches) {
  if (branches < 1 || branches > most_chained_branches) return {};
  std::vector<BranchChain> chains;
  for (Expression& one : expressions((1U << branches) - 1, true, branches)) {
    chains.push_back({branches, std::move(one.steps)});
  }
  return chains;
}

std::string chain_text(const BranchChain& chain, std::span<const std::string> branches) {
  std::vector<std::string> texts(branches.begin(), branches.end());
  const auto operand = [&](int o) { return texts[static_cast<std::size_t>(o)]; };
  for (const BranchChain::Step& step : chain.steps) {
    if (step.kind == BranchChain::Kind::all_reduce) {
      texts.push_back(fmt::format("all_reduce({})", operand(step.left)));
      continue;
    }
    const auto side = [&](int o) {
      const bool sum =
          o >= chain.branches &&
          chain.steps[static_cast<std::size_t>(o - chain.branches)].kind == BranchChain::Kind::add;
      return sum ? fmt::format("({})", operand(o)) : operand(o);
    };
    texts.push_back(fmt::format("{} + {}", side(step.left), side(step.right)));
  }
  return texts.back();
}

SumSteps steps_of(const BranchChain& chain, const SumTree& tree, SumRounding rounding,
                  Format format) {
  SumSteps sum{format, chain.branches * tree.ranks, {}};
  std::vector<std::vector<int>> held;  // by each rank, or one for all after a reduction
  for (int b = 0; b < chain.branches; ++b) {
    held.emplace_back();
    for (int r = 0; r < tree.ranks; ++r) held.back().push_back(b * tree.ranks + r);
  }
  for (const BranchChain::Step& step : chain.steps) {
    const std::vector<int>& left = held[static_cast<std::size_t>(step.left)];
    std::vector<int> result;
    if (step.kind == BranchChain::Kind::all_reduce) {
      result.push_back(append_tree(sum, tree, rounding, left));
    } else {
      const std::vector<int>& right = held[static_cast<std::size_t>(step.right)];
      for (std::size_t i = 0; i < left.size(); ++i) {
        result.push_back(push(sum, {left[i], right[i], format}));
      }
    }
    held.push_back(std::move(result));
  }
  return sum;
}

}  // namespace reducecheck
