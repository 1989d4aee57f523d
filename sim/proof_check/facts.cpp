// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "scenarios/unroll/scope.hpp"
#include "sim/proof_check/numbers.hpp"

namespace reducecheck::proof_check {

namespace {

void names_in(const Expr& e, std::set<std::string>& into) {
  if (e.kind == ExprKind::name) into.insert(e.name);
  for (const Expr& child : e.children) names_in(child, into);
}

/// Sizes left of a `/`.
void split_in(const Expr& e, std::set<std::string>& into) {
  const bool divided = e.kind == ExprKind::binary && e.op == BinaryOp::divide;
  if (divided) names_in(e.children[0], into);
  for (const Expr& child : e.children) split_in(child, into);
}

}  // namespace

Facts::Facts(const Scenario& scenario)
    : scenario_(scenario), sizes_(built_in_sizes().begin(), built_in_sizes().end()) {
  for (const Axis& axis : scenario.axes) {
    if (axis.sizes.size() == 1) replace(axis.name, number(axis.sizes.front()));
  }
  std::vector<const std::vector<WeightDecl>*> placements = {&scenario.weights};
  for (const Variant& variant : scenario.variants) placements.push_back(&variant.weights);
  for (const auto* weights : placements) {
    for (const WeightDecl& weight : *weights) {
      for (const Expr& e : weight.dimensions) split_in(e, split_);
    }
  }
  for (const auto* layouts : {&scenario.inputs, &scenario.outputs}) {
    for (const Layout& layout : *layouts) split_in(layout.features, split_);
  }
  for (const char* name : {"tokens", "k", "E"}) split_.erase(name);
  for (const Expr* e = &scenario.inputs.front().rows; e->kind == ExprKind::binary;
       e = &e->children[0]) {
    if (e->op == BinaryOp::divide) names_in(e->children[1], owners_);
  }
  // Owners by another name than that of an axis may be any axes.
  const auto other = [&](const std::string& n) { return sizes_.contains(n) || !is_size(n); };
  if (std::ranges::any_of(owners_, other)) owners_.insert("");
}

std::optional<int> Facts::answer(const Json& question) const {
  const auto known = std::ranges::find(answers_, question, &std::pair<Json, int>::first);
  return known == answers_.end() ? std::nullopt : std::optional(known->second);
}

bool Facts::is_size(const std::string& name) const {
  return sizes_.contains(name) || std::ranges::count(scenario_.axes, name, &Axis::name) > 0;
}

bool Facts::positive(const std::string& symbol) const {
  const std::string scalar = symbol.substr(0, symbol.find('['));  // of a layer
  return is_size(symbol) || std::ranges::count(scenario_.assume.positive, scalar) > 0;
}

/// One side of a proposition: an integer of at least 1 times natural powers of sizes.
Polynomial Facts::proposed(const Json& written) const {
  require(written.size() == 1 && written[0].is_array() && written[0].size() == 3 &&
              written[0][0].is_number_integer() && written[0][2].is_object(),
          "a proposition that is no product of sizes");
  Polynomial result = number(written[0][0].get<std::int64_t>());
  for (const auto& [name, power] : written[0][2].items()) {
    require(is_size(name), "a proposition about what is no size");
    require(power.is_number_integer() && power > 0 && power <= 100, "a proposition about no power");
    result = result * symbol(name, power.get<int>());
  }
  require(to_json(result) == written && Fraction(0) < result.begin()->second,
          "a proposition that is not in its canonical form");
  return result;
}

int Facts::answers(const Json& question) const {
  require(question.is_array() && question.size() >= 2 && question[0].is_string(),
          "a question that is none");
  const std::string kind = question[0].get<std::string>();
  if (kind == "live" || kind == "switch") {
    require(question.size() == 2 && question[1].is_string(), "a question that is none");
    for (const Axis& axis : scenario_.axes) {
      if (kind == "live" && question[1] == axis.name && axis.sizes.size() != 1) return 2;
    }
    for (const Switch& one : scenario_.switches) {
      if (kind == "switch" && question[1] == one.name) return static_cast<int>(one.values.size());
    }
    refuse("a question about an axis or switch that is none");
  }
  const bool compares = kind == "less" || kind == "equal" || kind == "divides";
  require(compares && question.size() == 3, "a question that is none");
  static_cast<void>(proposed(question[1]));
  static_cast<void>(proposed(question[2]));
  return 2;
}

std::string Facts::said(const Json& question, int answer) const {
  const std::string kind = question[0].get<std::string>();
  const auto name = [&] { return question[1].get<std::string>(); };
  if (kind == "live") return name() + (answer == 1 ? " > 1" : " == 1");
  if (kind != "switch") {
    const std::string sides =
        text(proposed(question[1])) + " " + kind + " " + text(proposed(question[2]));
    return (answer == 1 ? "" : "not ") + sides;
  }
  const auto found = std::ranges::find(scenario_.switches, name(), &Switch::name);
  const SwitchValue& value = found->values[static_cast<std::size_t>(answer)];
  return std::visit([&](const auto& of) { return name() + " == " + Json(of).dump(); }, value);
}

void Facts::learn(const Json& question, int answer) {
  answers_.emplace_back(question, answer);
  const std::string kind = question[0].get<std::string>();
  if (kind == "live" && answer == 0) replace(question[1].get<std::string>(), number(1));
  if (kind == "live" && answer == 1) bound(number(1), symbol(question[1].get<std::string>()), true);
  if (kind == "less") bound(proposed(question[1]), proposed(question[2]), answer == 1);
  if (kind != "equal" || answer == 0) return;
  const Polynomial ratio = proposed(question[1]) * inverse(proposed(question[2]));
  for (auto axis = scenario_.axes.rbegin(); axis != scenario_.axes.rend(); ++axis) {
    const auto found = ratio.begin()->first.find(axis->name);
    if (found == ratio.begin()->first.end() || std::abs(found->second) != 1) continue;
    const Polynomial rest = ratio * symbol(axis->name, -found->second);
    replace(axis->name, found->second == 1 ? inverse(rest) : rest);
    return;
  }
}

void Facts::replace(const std::string& axis, const Polynomial& by) {
  const auto before = std::exchange(replaced_, {{axis, by}});
  for (const auto& [name, value] : before) replaced_.emplace_back(name, reduced(value));
}

/// `c < s` or `s < c` of one size s and a number c; sizes are integers.
void Facts::bound(const Polynomial& a, const Polynomial& b, bool truth) {
  const auto low = integer(a);
  const auto high = integer(b);
  const Polynomial& size = low ? b : a;
  const bool single = size.begin()->second == Fraction(1) && size.begin()->first.size() == 1 &&
                      size.begin()->first.begin()->second == 1;
  if (!single || (!low && !high)) return;
  Range& range = ranges_[size.begin()->first.begin()->first];
  const Fraction end = low ? *low + (truth ? 1 : 0) : *high - (truth ? 1 : 0);
  if (low.has_value() == truth) {
    range.low = std::max(range.low, end);
  } else {
    range.high = range.high ? std::min(*range.high, end) : end;
  }
  if (range.high && *range.high < range.low) throw Empty{};
}

Polynomial Facts::reduced(Polynomial p) const {
  for (const auto& [name, by] : replaced_) {
    Polynomial result;
    for (const auto& [powers, value] : p) {
      Polynomial term = {{powers, value}};
      const auto found = powers.find(name);
      const int power = found == powers.end() ? 0 : found->second;
      for (int i = 0; i < std::abs(power); ++i) {
        term = term * symbol(name, power > 0 ? -1 : 1) * (power > 0 ? by : inverse(by));
      }
      result = plus(result, term);
    }
    p = result;
  }
  return p;
}

bool Facts::live(const std::string& axis) const {
  const auto is = [&](const Axis& one) { return one.name == axis; };
  const Axis& one = *std::find_if(scenario_.axes.begin(), scenario_.axes.end(), is);
  if (one.sizes.size() == 1) return one.sizes.front() > 1;
  const auto known = answer(Json::array({"live", axis}));
  require(known.has_value(), "the case does not say whether " + axis + " > 1");
  return *known == 1;
}

const SwitchValue& Facts::choice(const Switch& of) const {
  if (of.values.size() == 1) return of.values.front();
  const auto known = answer(Json::array({"switch", of.name}));
  require(known.has_value(), "the case does not say the value of " + of.name);
  return of.values[static_cast<std::size_t>(*known)];
}

Facts::Range Facts::range(const Polynomial& monomial) const {
  Range result{monomial.begin()->second, monomial.begin()->second};
  for (const auto& [name, power] : monomial.begin()->first) {
    const auto known = ranges_.find(name);
    const Range one = known == ranges_.end() ? Range{} : known->second;
    for (int i = 0; i < power; ++i) {
      result.low = result.low * one.low;
      if (result.high && one.high) result.high = *result.high * *one.high;
      if (!one.high) result.high.reset();
    }
  }
  return result;
}

/// The two sides as a fraction in lowest terms: below and above.
static std::pair<Polynomial, Polynomial> cancelled(const Polynomial& a, const Polynomial& b) {
  const Polynomial ratio = a * inverse(b);
  const auto& [powers, value] = *ratio.begin();
  Polynomial above = number(value.numerator());
  Polynomial below = number(value.denominator());
  for (const auto& [name, power] : powers) {
    (power > 0 ? above : below) = (power > 0 ? above : below) * symbol(name, std::abs(power));
  }
  return {above, below};
}

bool Facts::holds(const std::string& kind, Polynomial a, Polynomial b) const {
  a = reduced(std::move(a));
  b = reduced(std::move(b));
  if (a == b) return kind == "equal";
  for (const auto& [powers, value] : plus(a, b, -1)) {
    for (const auto& [name, power] : powers) static_cast<void>(proposed(to_json(symbol(name))));
  }
  within_rules(a.size() <= 1 && b.size() <= 1, "a comparison of sums");
  const Fraction left = a.empty() ? 0 : a.begin()->second;
  const Fraction right = b.empty() ? 0 : b.begin()->second;
  if (left < Fraction(0) && right < Fraction(0)) {
    return holds(kind, plus({}, b, -1), plus({}, a, -1));
  }
  if (!(Fraction(0) < left && Fraction(0) < right)) return kind == "less" && left < right;
  std::tie(a, b) = cancelled(a, b);
  const Range below = range(a);
  const Range above = range(b);
  if (below.high && *below.high < above.low) return kind == "less";
  if (above.high && *above.high < below.low) return false;
  if (kind == "less" && above.high && !(below.low < *above.high)) return false;
  const Json question = Json::array({kind, to_json(a), to_json(b)});
  const Json turned = Json::array({kind, to_json(b), to_json(a)});
  const auto known = answer(question);
  const auto other = answer(turned);
  if (known) return *known == 1;
  if (other && (kind == "equal" || *other == 1)) return kind == "equal" && *other == 1;
  const auto smaller = [&](const Polynomial& x, const Polynomial& y) {
    return answer(Json::array({"less", to_json(x), to_json(y)})) == 1;
  };
  if (kind == "equal" && (smaller(a, b) || smaller(b, a))) return false;
  refuse("the case does not decide " + text(a) + (kind == "less" ? " < " : " == ") + text(b));
}

bool Facts::less(const Polynomial& a, const Polynomial& b) const {
  return holds("less", a, b);
}

bool Facts::equal(const Polynomial& a, const Polynomial& b) const {
  return holds("equal", a, b);
}

/// Whether the language chooses the size, which nobody set, so that all these axes divide it:
/// widths that some placement splits, the number of experts, and tokens but for their owners.
bool Facts::chosen_for(const std::string& size, const Monomial& axes) const {
  for (const auto& [axis, power] : axes) {
    if (sizes_.contains(axis)) return false;
    if (size == "tokens" && owners_.contains(axis)) return false;
  }
  return size == "E" || (size == "tokens" && !owners_.contains("")) || split_.contains(size);
}

bool Facts::divides(const Polynomial& divisor, const Polynomial& of) const {
  if (reduced(of).empty()) return true;
  const auto [above, below] = cancelled(reduced(of), reduced(divisor));
  if (below == number(1)) return true;
  const auto& powers = below.begin()->first;
  const auto once = [](const auto& one) { return one.second == 1; };
  const auto free = [&](const auto& size) { return chosen_for(size.first, powers); };
  const auto& factors = above.begin()->first;
  if (below.begin()->second == Fraction(1) && std::all_of(powers.begin(), powers.end(), once) &&
      std::any_of(factors.begin(), factors.end(), free)) {
    return true;
  }
  const auto known = answer(Json::array({"divides", to_json(below), to_json(above)}));
  if (known) return *known == 1;
  const auto whole = integer(above);
  if (whole && Fraction(*whole) < range(below).low) return false;
  refuse("the case does not decide whether " + text(below) + " divides " + text(above));
}

}  // namespace reducecheck::proof_check
