// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: what is known of the sizes and switches in one case of the proof.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/prove/polynomial.hpp"

namespace reducecheck::prove {

/// Something that a program's meaning may depend on. Answers are numbered from 0.
struct Question {
  enum class Kind {
    live,     // is axis `name` larger than 1?  0: it is 1, 1: at least 2
    choice,   // the value of switch `name`: its place in the list
    less,     // left < right                   0: no, 1: yes
    equal,    // left == right
    divides,  // left divides right, both integers
  };

  Kind kind = Kind::live;
  std::string name{};
  Polynomial left{};  // monomials
  Polynomial right{};

  friend bool operator==(const Question&, const Question&) = default;
};

struct Fact {
  Question question;
  int answer = 0;
};

/// Thrown where the meaning depends on `question` and the case does not answer it: the case is
/// then split. (An exception, because it may arise in the middle of any expression; nothing that
/// was built on the way is kept.)
struct Split {
  Question question;
};

/// The answers of one case and what follows from them. Sizes that a fact pins down are replaced
/// everywhere: `tp == 1` leaves no trace of tp, and `ep == tp` makes one symbol of two.
class Facts {
 public:
  /// The axes of `scenario` become the first symbols, in their order; those with a single listed
  /// size have that size. Throws: Undecided where a fact cannot be taken in.
  Facts(const Scenario& scenario, SymbolTable& symbols, const std::vector<Fact>& known);

  /// The polynomial with everything that is pinned down replaced.
  [[nodiscard]] Polynomial reduced(const Polynomial& polynomial) const;

  /// The size of an axis.
  [[nodiscard]] Polynomial axis_size(int axis) const;

  /// Whether an axis is larger than 1. Throws: Split.
  [[nodiscard]] bool live(int axis) const;

  /// The chosen value of a switch. Throws: Split.
  [[nodiscard]] SwitchValue choice(const Switch& of) const;

  /// Comparisons of numbers. Throws: Split; Undecided for sums of several symbols and rank-local
  /// numbers.
  [[nodiscard]] bool less(const Polynomial& left, const Polynomial& right) const;
  [[nodiscard]] bool equal(const Polynomial& left, const Polynomial& right) const;

  /// From now on `left < right` is known, because of what the numbers are.
  void know_less(const Polynomial& left, const Polynomial& right);

  /// Whether `divisor` divides `number`. Sizes that nobody set are divided by every axis, because
  /// the language chooses them so. Throws: Split, Undecided.
  [[nodiscard]] bool divides(const Polynomial& divisor, const Polynomial& number) const;

  /// The axes along which ranks own other rows: `tokens` says how many each owner has.
  void rows_are_owned_over(const std::vector<int>& axes) { owner_axes_ = axes; }

  /// Whether the facts exclude each other, as far as intervals of single sizes tell.
  [[nodiscard]] bool contradictory() const { return contradictory_; }

 private:
  struct Bounds {
    Fraction low = 1;
    std::optional<Fraction> high;
  };

  void learn(const Fact& fact);
  void learn_live(const Fact& fact);
  void learn_less(const Question& question, bool truth);
  void replace(Symbol symbol, const Polynomial& with);
  void learn_equal(const Question& question);
  void ask_live(const Polynomial& monomial) const;
  [[nodiscard]] bool may_be_zero(const Polynomial& monomial) const;
  [[nodiscard]] Bounds bounds(const Polynomial& monomial) const;
  [[nodiscard]] std::optional<int> answer(const Question& question) const;
  [[nodiscard]] bool divided_by_axes(Symbol size, const Monomial& powers) const;
  [[nodiscard]] int axis_index(const std::string& name) const;

  const Scenario& scenario_;
  SymbolTable& symbols_;
  std::vector<Fact> facts_;
  std::vector<int> live_;  // of each axis: -1 unknown, 0, 1
  std::vector<std::pair<Symbol, Polynomial>> replaced_;
  std::map<Symbol, Bounds> bounds_;
  std::vector<int> owner_axes_;
  bool contradictory_ = false;
};

/// `tp > 1`, `use_ep == true`, `2048 < tokens`: the answer as a person writes it.
std::string to_string(const Fact& fact, const Scenario& scenario, const SymbolTable& symbols);

}  // namespace reducecheck::prove
