// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/prover.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/prove/region.hpp"
#include "sim/prove/roots.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

Prover::Prover(const Scenario& scenario, const Variant& variant, const ProveOptions& options)
    : scenario_(scenario),
      variant_(variant),
      options_(options),
      exact_(scenario, variant, options.seed) {}

const std::vector<Leaf>& Prover::run() {
  if (leaves_.empty()) explore({});
  return leaves_;
}

int Prover::answers(const Question& question) const {
  if (question.kind != Question::Kind::choice) return 2;
  for (const Switch& one : scenario_.switches) {
    if (one.name == question.name) return static_cast<int>(one.values.size());
  }
  return 0;
}

void Prover::explore(const std::vector<Fact>& known) {
  if (leaves_.size() >= options_.cases) {
    throw Undecided(fmt::format("more than {} cases", options_.cases));
  }
  Leaf leaf;
  leaf.facts = known;
  std::optional<Question> open;
  try {
    leaf.run = run_case(scenario_, &variant_, known, symbols_);
    if (!leaf.run->equal())
      open = judge(leaf);
    else
      leaf.verdict = Verdict::holds;
  } catch (const Split& split) {
    open = split.question;
  } catch (const Excluded&) {
    leaf.verdict = Verdict::holds;
    leaf.empty = true;
  } catch (const Undecided& undecided) {
    leaf.reason = undecided.what();
    if (undecided.at.line > 0) leaf.reason += fmt::format(" (line {})", undecided.at.line);
  } catch (const FractionError& error) {
    leaf.reason = fmt::format("a number is too large: {}", error.what());
  }
  if (!open) {
    leaves_.push_back(std::move(leaf));
    return;
  }
  for (int answer = 0; answer < answers(*open); ++answer) {
    std::vector<Fact> more = known;
    more.push_back({*open, answer});
    explore(more);
  }
}

/// A size at which the case is to be split because it is right there.
std::optional<Question> Prover::exception(const Leaf& leaf, const Configuration& at) const {
  std::vector<Question> questions;
  const auto equal = [](Polynomial left, Polynomial right) {
    if (right < left) std::swap(left, right);
    return Question{Question::Kind::equal, "", left, right};
  };
  const auto varies = [&](std::size_t i) {
    return at.axes[i] > 1 && scenario_.axes[i].sizes.size() != 1;
  };
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {  // `tp / ep` is 1 wherever they are equal
      if (!varies(i) || !varies(j) || at.axes[i] != at.axes[j]) continue;
      questions.push_back(equal(Polynomial::symbol(static_cast<Symbol>(j)),
                                Polynomial::symbol(static_cast<Symbol>(i))));
    }
  }
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    if (!varies(i)) continue;
    questions.push_back(equal(at.axes[i], Polynomial::symbol(static_cast<Symbol>(i))));
  }
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    const Axis& axis = scenario_.axes[i];
    if (axis.sizes.size() != 1) questions.push_back({Question::Kind::live, axis.name});
  }
  const auto open = std::find_if(questions.begin(), questions.end(), [&](const Question& one) {
    return std::none_of(leaf.facts.begin(), leaf.facts.end(),
                        [&](const Fact& fact) { return fact.question == one; });
  });
  return open == questions.end() ? std::nullopt : std::optional(*open);
}

/// A difference is a defect only where the exact interpreter is wrong too.
std::optional<Question> Prover::judge(Leaf& leaf) {
  // Configurations that must confirm it, where there are so many; of what no rule describes more,
  // because only they tell whether it is right at some sizes.
  const int wanted = leaf.run->has_unknown() ? 25 : 3;
  constexpr int tried = 200;
  int confirmed = 0;
  int looked = 0;
  std::optional<Question> open;
  std::optional<Configuration> in_error;
  std::string reason = "no configuration of this case is small enough for an exact run";
  for_each_configuration(
      scenario_, leaf.facts, options_.witness_ranks, [&](const Configuration& at) {
        if (++looked > tried) return false;
        std::optional<bool> here;
        try {
          const Scope scope(scenario_, at);
          here = lies_in(scenario_, leaf.facts, symbols_, scope, at);
        } catch (const TextError&) {
          return true;
        }
        if (here == false) return true;
        switch (exact_.at(at)) {
          case Exact::meaningless:
            if (!in_error) in_error = at;
            return true;
          case Exact::wrong:
            if (!leaf.witness) leaf.witness = at;
            return ++confirmed < wanted;
          case Exact::right: break;
        }
        if (here.has_value()) {
          open = exception(leaf, at);
          // Split only where the algebra says so too, or may: unknown tensors may be right
          // anywhere.
          if (open && !vanishes_at(*leaf.run, at) && !nested_exception(leaf, at))
            open = std::nullopt;
          reason = leaf.run->has_unknown()
                       ? "an operation here has no rule, and the exact run is right"
                       : "the exact run is right where the algebra differs";
          if (!leaf.run->mismatch.empty()) reason = "the exact run is right: " + leaf.run->mismatch;
          confirmed = -1;
          return false;
        }
        return true;
      });
  if (confirmed == 0 && in_error) {
    reason = "the text is in error: " + text_error(scenario_, variant_, *in_error);
  }
  if (!open && confirmed > 0) open = root(leaf);
  if (open) return open;
  if (confirmed > 0) {
    leaf.verdict = Verdict::defect;
  } else {
    leaf.reason = reason;
    leaf.witness.reset();
  }
  return std::nullopt;
}

/// A size of a failing case at which it is right all the same, where the algebra says so.
std::optional<Question> Prover::root(const Leaf& leaf) {
  if (never_vanishes(*leaf.run, leaf.facts)) return std::nullopt;
  constexpr std::int64_t ranks = 32;
  int nested = 30;  // runs of the case with its sizes known
  std::optional<Question> found;
  for_each_configuration(scenario_, leaf.facts, ranks, [&](const Configuration& at) {
    try {
      const Scope scope(scenario_, at);
      if (lies_in(scenario_, leaf.facts, symbols_, scope, at) != true) return true;
    } catch (const TextError&) {
      return true;
    }
    const bool zero = vanishes_at(*leaf.run, at) || (nested-- > 0 && nested_exception(leaf, at));
    if (zero) found = exception(leaf, at);
    return !found.has_value();
  });
  return found;
}

/// Forms inside functions may become equal at these sizes: the case is run with the sizes known, or
/// one of them, because of all at once it may ask more than the case has answered.
bool Prover::nested_exception(const Leaf& leaf, const Configuration& at) {
  std::vector<Fact> sizes;
  std::vector<Fact> known = leaf.facts;
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    if (at.axes[i] == 1) {
      const Question live{Question::Kind::live, scenario_.axes[i].name};
      const bool asked = std::any_of(known.begin(), known.end(),
                                     [&](const Fact& fact) { return fact.question == live; });
      if (!asked) known.push_back({live, 0});
      continue;
    }
    Polynomial left = at.axes[i];
    Polynomial right = Polynomial::symbol(static_cast<Symbol>(i));
    if (right < left) std::swap(left, right);
    sizes.push_back({{Question::Kind::equal, "", left, right}, 1});
  }
  if (equal_with(known, sizes, at)) return true;
  return sizes.size() > 1 && std::any_of(sizes.begin(), sizes.end(), [&](const Fact& one) {
           return equal_with(known, {one}, at);
         });
}

/// Whether the case is right with these sizes. What it asks then, such as whether a width divides
/// by a number, is answered as `at` answers it.
bool Prover::equal_with(const std::vector<Fact>& facts, const std::vector<Fact>& sizes,
                        const Configuration& at) {
  std::vector<Fact> known = facts;
  known.insert(known.end(), sizes.begin(), sizes.end());
  constexpr int questions = 8;
  for (int i = 0; i < questions; ++i) {
    try {
      return run_case(scenario_, &variant_, known, symbols_)->equal();
    } catch (const Split& split) {
      const auto answer = answer_at(scenario_, split.question, symbols_, Scope(scenario_, at), at);
      if (!answer) return false;
      known.push_back({split.question, *answer});
    } catch (const Undecided&) {
      return false;
    } catch (const Excluded&) {
      return false;
    }
  }
  return false;
}

}  // namespace reducecheck::prove
