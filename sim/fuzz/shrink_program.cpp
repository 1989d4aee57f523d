// SPDX-License-Identifier: Apache-2.0
#include "sim/fuzz/shrink_program.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "sim/repair/tree.hpp"

namespace reducecheck {
namespace {

constexpr int most_trials = 4'000;

class Shrinking {
 public:
  Shrinking(Scenario scenario, const std::function<bool(const Scenario&)>& persists)
      : best_(std::move(scenario)), persists_(persists) {}

  void fix_sizes(const Configuration& at) {
    for (std::size_t i = 0; i < at.axes.size(); ++i) {
      take(best_, [&](Scenario& s) { s.axes[i].sizes = {at.axes[i]}; });
    }
    for (std::size_t i = 0; i < at.switches.size(); ++i) {
      take(best_, [&](Scenario& s) { s.switches[i].values = {at.switches[i]}; });
    }
  }

  /// One pass over everything that could go; whether anything did.
  bool pass() {
    bool smaller = false;
    for (const bool reference : {false, true}) {
      smaller = statements(reference) || smaller;
      smaller = variables(reference) || smaller;
      smaller = expressions(reference) || smaller;
    }
    smaller = drop_from(&Scenario::weights) || smaller;
    smaller = drop_from(&Scenario::switches) || smaller;
    return drop_from(&Scenario::groups) || smaller;
  }

  Scenario take_best() { return std::move(best_); }

 private:
  /// Makes the change if the property persists.
  template <class Change>
  bool take(const Scenario& from, Change change) {
    if (++trials_ > most_trials) return false;
    Scenario candidate = from;
    change(candidate);
    Diagnostics diagnostics;
    if (!load_scenario(print_scenario(candidate), "smaller", diagnostics)) return false;
    if (!persists_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  static Program& text(Scenario& scenario, bool reference) {
    return reference ? scenario.reference : scenario.distributed;
  }

  static void count_statements(const Program& program, std::size_t& count) {
    for (const Stmt& s : program) {
      ++count;
      count_statements(s.body, count);
      count_statements(s.otherwise, count);
    }
  }

  /// The statement of that number goes; of an `if`, its body may stay.
  static bool drop(Program& program, std::size_t& number, bool keep_body) {
    for (std::size_t i = 0; i < program.size(); ++i) {
      const auto at = program.begin() + static_cast<std::ptrdiff_t>(i);
      if (number-- == 0) {
        const Program body = keep_body ? at->body : Program{};
        program.insert(program.erase(at), body.begin(), body.end());
        return true;
      }
      if (drop(at->body, number, keep_body) || drop(at->otherwise, number, keep_body)) return true;
    }
    return false;
  }

  bool statements(bool reference) {
    bool smaller = false;
    std::size_t count = 0;
    count_statements(text(best_, reference), count);
    for (std::size_t i = count; i-- > 0;) {
      for (const bool keep_body : {false, true}) {
        const bool gone = take(best_, [&](Scenario& s) {
          std::size_t number = i;
          drop(text(s, reference), number, keep_body);
        });
        smaller = smaller || gone;
        if (gone) break;
      }
    }
    return smaller;
  }

  static void substitute(Expr& e, const std::string& name, const Expr& value) {
    if (e.kind == ExprKind::name && e.name == name) {
      e = value;
      return;
    }
    for (Expr& child : e.children) substitute(child, name, value);
  }

  static void substitute(Stmt& s, const std::string& name, const Expr& value) {
    substitute(s.value, name, value);
    for (Stmt& inner : s.body) substitute(inner, name, value);
    for (Stmt& inner : s.otherwise) substitute(inner, name, value);
  }

  /// The value in place of a variable, up to where it gets another one.
  bool variables(bool reference) {
    bool smaller = false;
    for (std::size_t i = text(best_, reference).size(); i-- > 0;) {
      const Stmt gone = text(best_, reference)[i];
      if (gone.kind != StmtKind::assign || gone.targets.size() != 1) continue;
      smaller = take(best_,
                     [&](Scenario& scenario) {
                       Program& program = text(scenario, reference);
                       program.erase(program.begin() + static_cast<std::ptrdiff_t>(i));
                       for (std::size_t j = i; j < program.size(); ++j) {
                         substitute(program[j], gone.targets[0], gone.value);
                         if (std::ranges::find(program[j].targets, gone.targets[0]) !=
                             program[j].targets.end()) {
                           return;
                         }
                       }
                     }) ||
                smaller;
    }
    return smaller;
  }

  bool expressions(bool reference) {
    bool smaller = false;
    Variant none;
    for (std::size_t i = 0; i < repair::places(none, text(best_, reference)).size();) {
      const Expr now = *repair::places(none, text(best_, reference))[i].expression;
      bool replaced = false;
      for (std::size_t child = now.kind == ExprKind::call ? 1 : 0;
           child < now.children.size() && !replaced; ++child) {
        replaced = take(best_, [&](Scenario& s) {
          *repair::places(none, text(s, reference))[i].expression = now.children[child];
        });
      }
      smaller = smaller || replaced;
      if (!replaced) ++i;
    }
    return smaller;
  }

  template <class Item>
  bool drop_from(std::vector<Item> Scenario::*list) {
    bool smaller = false;
    for (std::size_t i = (best_.*list).size(); i-- > 0;) {
      smaller = take(best_,
                     [&](Scenario& s) {
                       (s.*list).erase((s.*list).begin() + static_cast<std::ptrdiff_t>(i));
                     }) ||
                smaller;
    }
    return smaller;
  }

  Scenario best_;
  const std::function<bool(const Scenario&)>& persists_;
  int trials_ = 0;
};

}  // namespace

Scenario shrunk_program(Scenario scenario, const Configuration& at,
                        const std::function<bool(const Scenario&)>& persists) {
  Shrinking shrinking(std::move(scenario), persists);
  shrinking.fix_sizes(at);
  while (shrinking.pass()) {
  }
  return shrinking.take_best();
}

}  // namespace reducecheck
