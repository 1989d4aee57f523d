// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "sim/diagnose/replayed.hpp"

namespace reducecheck::diagnosing {
namespace {

constexpr double failure = 1e-12;          // of a preference by chance, over all hypotheses
constexpr std::size_t most_doubled = 160;  // single faults that pairs are made of
constexpr std::size_t most_pairs = 200;    // that are replayed or compared with every element
constexpr std::size_t most_factors = 48;

struct Hypothesis {
  Faults faults;
  double left = 0;        // of the squares
  std::size_t place = 0;  // in the order of likelihood
};

class Decider {
 public:
  Decider(const Case& one, const DecideOptions& options)
      : one_(one), options_(options), outputs_(different_outputs(one)), evidence_(one, outputs_) {
    if (one.one_format) replayer_ = make_replayer(one);
    made_.outputs = outputs_;
    made_.right = misfit_of(one, {}, outputs_);
  }

  Decision run() {
    if (right_replays()) return finish(Decision::Answer::right, {}, Method::replay);
    rank_singles();
    if (!options_.order.empty() && by_known_order()) return made_;
    by_any_order();
    return made_;
  }

 private:
  Decision finish(Decision::Answer answer, const Faults& faults, Method method) {
    made_.answer = answer;
    made_.method = method;
    made_.faults = faults;
    made_.chosen = misfit_of(one_, faults, outputs_);
    made_.terms = evidence_.terms_together();
    made_.shares = evidence_.shares_of(outputs_.front());
    return made_;
  }

  /// The orders to try: the one that is known, or all.
  std::vector<OrderBook*> orders() {
    if (books_.empty()) {
      for (const OrderFacts& facts : known_orders()) {
        const bool named = facts.name == options_.order;
        if (options_.order.empty() ? facts.reduce_scatter : !named) continue;
        books_.push_back(std::make_unique<OrderBook>(
            facts.name, named ? options_.settings : std::map<std::string, std::string>{},
            one_.elements, one_.format));
      }
    }
    std::vector<OrderBook*> all;
    for (const auto& book : books_) all.push_back(book.get());
    return all;
  }

  bool replays(const Faults& faults) {
    if (replayer_ == nullptr) {
      if (!options_.order.empty()) made_.order_not_used = "the tensors are of several formats";
      return false;
    }
    for (OrderBook* const order : orders()) {
      const std::optional<Realisation> way = replayer_->find(faults, *order);
      if (!way) {
        if (!options_.order.empty()) made_.order_not_used = order->refusal();
        continue;
      }
      made_.order = order->name();
      made_.way = realisation_text(one_, faults, *way);
      return true;
    }
    return false;
  }

  bool right_replays() { return made_.right.count == 0 && replays({}); }

  void add(const Fault& fault) {
    const Faults faults = {fault};
    singles_.push_back({faults, evidence_.left_by(faults), singles_.size()});
  }

  void rank_singles() {
    singles_.clear();
    // A second sum over a part of an axis is less likely than a number of the same size.
    std::vector<Fault> unlikely;
    for (const Fault& fault : single_faults(one_)) {
      const bool part =
          fault.kind == FaultKind::summed_again && !one_.ranks->whole_axes(fault.axes);
      if (part) {
        unlikely.push_back(fault);
      } else {
        add(fault);
      }
    }
    for (const std::vector<int>& terms : term_sets(one_)) {
      const auto estimate = evidence_.factor_of(terms);
      if (!estimate || std::abs(estimate->value - 1) <= estimate->half_width) continue;
      const double width = std::min(estimate->half_width, estimate->certain);
      std::vector<Fraction> factors = {Fraction(1, one_.ranks->size_of(one_.group))};
      for (const Fraction& factor : simple_numbers(estimate->value, width, most_factors)) {
        if (!(factor == factors.front())) factors.push_back(factor);
      }
      for (const Fraction& factor : factors) {
        if (factor == Fraction(0) || factor == Fraction(1)) continue;
        add({FaultKind::scaled, terms, 0, {}, factor});
      }
    }
    for (const Fault& fault : unlikely) add(fault);
    std::ranges::stable_sort(singles_, {}, &Hypothesis::left);
  }

  [[nodiscard]] double decisive() const {
    return 2 * std::log(static_cast<double>(singles_.size() + 1) / failure);
  }

  /// Whether `better` is so much likelier than `worse` that chance does not explain it.
  [[nodiscard]] bool far(double better, double worse) const {
    return evidence_.preference(better, worse) > decisive();
  }

  bool by_known_order() {
    std::vector<Hypothesis> fitting = replayed(singles_);
    if (fitting.empty()) fitting = replayed(pairs());
    if (fitting.empty()) return false;
    settle(fitting, Method::replay);
    return true;
  }

  /// Of ranked hypotheses those that an order gives the bits of, up to the first that is far less
  /// likely than one that does.
  std::vector<Hypothesis> replayed(const std::vector<Hypothesis>& ranked) {
    std::vector<Hypothesis> fitting;
    for (const Hypothesis& each : ranked) {
      if (!fitting.empty() && far(fitting.front().left, each.left)) break;
      if (fits_some(each.faults) && replays(each.faults)) fitting.push_back(each);
    }
    if (!fitting.empty()) replays(fitting.front().faults);  // its way is what is told
    return fitting;
  }

  /// Whether a few elements are within the bound.
  bool fits_some(const Faults& faults) {
    constexpr std::size_t few = 32;
    Explained explained(one_, faults);
    for (const int rank : {outputs_.front(), outputs_.back()}) {
      for (std::size_t i = 0; i < std::min(few, one_.usable.size()); ++i) {
        if (!explained.fits(rank, one_.usable[i])) return false;
      }
    }
    return true;
  }

  /// Two faults at once, the likelier first.
  std::vector<Hypothesis> pairs() {
    const std::size_t count = std::min(most_doubled, singles_.size());
    Eigen::MatrixXd added(static_cast<Eigen::Index>(evidence_.rows()),
                          static_cast<Eigen::Index>(count));
    for (std::size_t i = 0; i < count; ++i) {
      added.col(static_cast<Eigen::Index>(i)) = evidence_.added_by(singles_[i].faults);
    }
    const Eigen::MatrixXd common = added.transpose() * added;
    const double none = evidence_.left_by({});
    std::vector<Hypothesis> all;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j) {
        const Fault& a = singles_[i].faults.front();
        const Fault& b = singles_[j].faults.front();
        if (!independent(a, b)) continue;
        // |r - a - b|^2 = |r - a|^2 + |r - b|^2 - |r|^2 + 2 a b
        const double cross = common(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
        all.push_back({{a, b}, singles_[i].left + singles_[j].left - none + 2 * cross, all.size()});
      }
    }
    std::ranges::stable_sort(all, {}, &Hypothesis::left);
    if (all.size() > most_pairs) all.resize(most_pairs);
    for (Hypothesis& each : all) each.left = evidence_.left_by(each.faults);
    std::ranges::stable_sort(all, {}, &Hypothesis::left);
    return all;
  }

  /// The simplest of what explains the outputs is chosen.
  void settle(std::vector<Hypothesis> fitting, Method method) {
    std::ranges::stable_sort(fitting, {}, &Hypothesis::place);
    const Faults chosen = fitting.front().faults;
    made_.same.clear();
    made_.different.clear();
    for (std::size_t i = 1; i < fitting.size(); ++i) {
      const Faults& other = fitting[i].faults;
      const bool alike = same_coefficients(one_, other, chosen);
      // Another number for the same terms is the same statement, less simple.
      const bool number = other.size() == 1 && other.front().kind == FaultKind::scaled &&
                          other.front().terms == chosen.front().terms;
      if (alike) made_.same.push_back(other);
      if (!alike && !number) made_.different.push_back(other);
    }
    if (method == Method::replay) replays(chosen);
    finish(Decision::Answer::wrong, chosen, method);
  }

  void by_any_order() {
    made_.different.clear();
    const bool excluded = made_.right.count > 0;
    if (!excluded && !far(singles_.front().left, evidence_.left_by({}))) {
      finish(Decision::Answer::right, {}, Method::bound);
      made_.seen_shares = shares_seen(one_, outputs_);
      return;
    }
    evidence_.weigh_by(singles_.front().faults);
    rank_singles();
    std::vector<Hypothesis> fitting = explaining(singles_);
    if (fitting.empty() || incomplete(fitting.front().left)) {
      std::vector<Hypothesis> two = explaining(pairs());
      if (!two.empty() && (fitting.empty() || far(two.front().left, fitting.front().left))) {
        fitting = std::move(two);
      }
    }
    if (fitting.empty()) return unexplained();
    std::ranges::stable_sort(fitting, {}, &Hypothesis::place);
    const std::vector<Hypothesis> confirmed =
        options_.order.empty() ? in_some_order(fitting) : std::vector<Hypothesis>{};
    const bool bits = !confirmed.empty();
    settle(bits ? confirmed : fitting, bits       ? Method::replay
                                       : excluded ? Method::bound
                                                  : Method::least_squares);
    if (bits || excluded) return;
    made_.answer = Decision::Answer::undecided;
    made_.reason =
        "the order of the sums is not known, and in some order rounding alone could explain every "
        "element; the fit speaks for a defect";
  }

  /// Of the likeliest hypotheses those that some order gives the bits of.
  std::vector<Hypothesis> in_some_order(const std::vector<Hypothesis>& fitting) {
    constexpr std::size_t tried = 12;
    std::vector<Hypothesis> confirmed;
    for (std::size_t i = 0; i < std::min(tried, fitting.size()); ++i) {
      if (replays(fitting[i].faults)) confirmed.push_back(fitting[i]);
    }
    return confirmed;
  }

  /// Whether coefficients of their own for every share would explain far more.
  bool incomplete(double left) const {
    double all = 0;
    for (const int rank : outputs_) {
      const std::optional<double> own = evidence_.left_by_shares(rank);
      if (!own) return false;
      all += *own;
    }
    const auto free = static_cast<double>(one_.shares.size() * outputs_.size());
    return evidence_.preference(all, left) > decisive() + 2 * free;
  }

  /// Of ranked hypotheses those within the bound everywhere, as in replayed().
  std::vector<Hypothesis> explaining(const std::vector<Hypothesis>& ranked) {
    std::vector<Hypothesis> fitting;
    for (const Hypothesis& each : ranked) {
      if (far(fitting.empty() ? ranked.front().left : fitting.front().left, each.left)) break;
      if (misfit_of(one_, each.faults, outputs_).count == 0) fitting.push_back(each);
    }
    return fitting;
  }

  void unexplained() {
    finish(Decision::Answer::undecided, singles_.front().faults, Method::least_squares);
    made_.reason = "no single or double fault explains every element";
  }

  const Case& one_;
  const DecideOptions& options_;
  std::vector<int> outputs_;
  Evidence evidence_;
  std::unique_ptr<Replayer> replayer_;
  std::vector<std::unique_ptr<OrderBook>> books_;
  std::vector<Hypothesis> singles_;
  Decision made_;
};

}  // namespace

Decision decide(const Case& one, const DecideOptions& options) {
  return Decider(one, options).run();
}

}  // namespace reducecheck::diagnosing
