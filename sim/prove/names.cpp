// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/names.hpp"

#include <algorithm>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

Names::Names(const Scenario& scenario, const Variant* variant, Facts& facts, SymbolTable& symbols)
    : scenario_(scenario),
      variant_(variant),
      facts_(facts),
      symbols_(symbols),
      arithmetic_(facts, symbols) {}

const NamedExpr* Names::find_named(const std::string& name) const {
  for (const auto* list : {&scenario_.groups, &scenario_.sizes}) {
    for (const NamedExpr& named : *list) {
      if (named.name == name) return &named;
    }
  }
  return nullptr;
}

bool Names::same_function(const WeightDecl& a, const WeightDecl& b) {
  if (a.kind != b.kind || a.dimensions.size() != b.dimensions.size()) return false;
  const bool numbered = a.kind == WeightKind::experts || a.kind == WeightKind::table;
  for (std::size_t i = numbered ? 1 : 0; i < a.dimensions.size(); ++i) {
    const Polynomial extent = dimension(a.dimensions[i]).extent;
    if (!(extent == dimension(b.dimensions[i]).extent)) return false;
  }
  return true;
}

const WeightDecl* Names::weight(const std::string& name) {
  const auto named = [&](const WeightDecl& decl) { return decl.name == name; };
  const auto in = [&](const std::vector<WeightDecl>& weights) {
    const auto found = std::find_if(weights.begin(), weights.end(), named);
    return found == weights.end() ? nullptr : &*found;
  };
  const WeightDecl* own = variant_ == nullptr ? nullptr : in(variant_->weights);
  const WeightDecl* base = in(scenario_.weights);
  if (own == nullptr) return base;
  if (base != nullptr && !same_function(*own, *base)) {
    throw Undecided("a weight of another width than the reference's", own->at);
  }
  return own;
}

std::optional<Symbolic> Names::find(const std::string& written) {
  const std::string* target = &written;
  for (const Alias& alias : scenario_.aliases) {
    if (alias.name == written) target = &alias.target;
  }
  const std::string& name = *target;
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  auto value = declared(name);
  if (!value) value = group_suffix(name);
  if (value) known_.emplace(name, *value);
  return value;
}

std::optional<Symbolic> Names::declared(const std::string& name) {
  for (std::size_t i = 0; i < scenario_.axes.size(); ++i) {
    if (scenario_.axes[i].name == name) return Symbolic{GroupOf{{static_cast<int>(i)}}};
  }
  for (const Switch& one : scenario_.switches) {
    if (one.name != name) continue;
    const SwitchValue value = facts_.choice(one);
    if (const bool* truth = std::get_if<bool>(&value)) return Symbolic{*truth};
    if (const auto* n = std::get_if<std::int64_t>(&value)) return Symbolic{Polynomial(*n)};
    return Symbolic{std::get<std::string>(value)};
  }
  if (const NamedExpr* named = find_named(name)) {
    if (std::find(in_progress_.begin(), in_progress_.end(), name) != in_progress_.end()) {
      throw Undecided("a name defined by itself", named->at);
    }
    in_progress_.push_back(name);
    Symbolic value = evaluate(named->value);
    in_progress_.pop_back();
    const auto is_group = [&](const NamedExpr& g) { return &g == named; };
    if (std::any_of(scenario_.groups.begin(), scenario_.groups.end(), is_group)) {
      return Symbolic{arithmetic_.group(value, named->at)};
    }
    return value;
  }
  const auto& sizes = built_in_sizes();
  if (std::find(sizes.begin(), sizes.end(), name) == sizes.end()) return std::nullopt;
  return Symbolic{Polynomial::symbol(symbols_.add(name, SymbolKind::size))};
}

std::optional<Symbolic> Names::group_suffix(const std::string& name) {
  for (const std::string suffix : {"_size", "_rank"}) {
    if (!name.ends_with(suffix)) continue;
    const auto value = find(name.substr(0, name.size() - suffix.size()));
    if (!value || !std::holds_alternative<GroupOf>(value->data)) continue;
    if (suffix == "_size") return value;
    return Symbolic{arithmetic_.rank(std::get<GroupOf>(value->data))};
  }
  return std::nullopt;
}

Symbolic Names::evaluate(const Expr& e) {
  const auto child = [&](std::size_t i) { return evaluate(e.children[i]); };
  switch (e.kind) {
    case ExprKind::number: return {Polynomial(e.number)};
    case ExprKind::text: return {e.name};
    case ExprKind::truth: return {!(e.number == Fraction(0))};
    case ExprKind::none: return {Nothing{}};
    case ExprKind::name:
      if (auto value = find(e.name)) return *value;
      throw Undecided("unknown name `" + e.name + "`", e.at);
    case ExprKind::negate: return arithmetic_.negated(child(0), e.at);
    case ExprKind::logical_not: return arithmetic_.logical_not(child(0), e.at);
    case ExprKind::binary:
      if (e.op == BinaryOp::logical_and || e.op == BinaryOp::logical_or) {
        const Symbolic left = child(0);
        if (arithmetic_.truth(left, e.at) == (e.op == BinaryOp::logical_or)) return left;
        return child(1);
      }
      return arithmetic_.apply(e.op, child(0), child(1), e.at);
    case ExprKind::conditional: return child(arithmetic_.truth(child(1), e.at) ? 0 : 2);
    case ExprKind::list:
    case ExprKind::tuple: {
      std::vector<Symbolic> items;
      for (std::size_t i = 0; i < e.children.size(); ++i) items.push_back(child(i));
      return make_list(std::move(items));
    }
    case ExprKind::call: {
      std::vector<Symbolic> arguments;
      for (std::size_t i = 1; i < e.children.size(); ++i) arguments.push_back(child(i));
      if (auto value = call(e.children[0].name, arguments, e.at)) return *value;
      break;
    }
    case ExprKind::index:
    case ExprKind::slice:
    case ExprKind::absent: break;
  }
  throw Undecided("an expression of the frame that has no rule", e.at);
}

namespace {

bool is_number(const Expr& e) {
  if (e.kind == ExprKind::list || e.kind == ExprKind::tuple) {
    return std::all_of(e.children.begin(), e.children.end(), is_number);
  }
  return e.kind == ExprKind::number;
}

/// `tp in (1, 2, 4)`, `tp <= 8`: which sizes the sweep tries.
bool bounds_the_sample(const Expr& e) {
  return e.kind == ExprKind::binary && e.children[0].kind == ExprKind::name &&
         is_number(e.children[1]);
}

void conjuncts(const Expr& e, std::vector<const Expr*>& into) {
  if (e.kind == ExprKind::binary && e.op == BinaryOp::logical_and) {
    conjuncts(e.children[0], into);
    conjuncts(e.children[1], into);
  } else if (e.kind != ExprKind::absent) {
    into.push_back(&e);
  }
}

}  // namespace

void Names::check_where() {
  std::vector<const Expr*> parts;
  conjuncts(scenario_.where, parts);
  for (const Expr* part : parts) {
    if (bounds_the_sample(*part)) continue;
    if (!arithmetic_.truth(evaluate(*part), part->at)) throw Excluded{};
  }
}

const Dimension& Names::dimension(const Expr& e) {
  const auto known = dimensions_.find(&e);
  if (known != dimensions_.end()) return known->second;
  return dimensions_.emplace(&e, found_dimension(e)).first->second;
}

Dimension Names::found_dimension(const Expr& e) {
  if (e.kind != ExprKind::binary || e.op != BinaryOp::divide) {
    return {arithmetic_.number(evaluate(e), e.at), {}};
  }
  const Polynomial extent = arithmetic_.number(evaluate(e.children[0]), e.at);
  const GroupOf group = arithmetic_.group(evaluate(e.children[1]), e.children[1].at);
  const Axes split = arithmetic_.live(group);
  Polynomial size = 1;
  for (const int axis : split) size = size * facts_.axis_size(axis);
  if (!facts_.divides(size, extent)) throw Excluded{};
  return {extent, split};
}

std::vector<Segment> Names::numbers(const WeightDecl& decl) {
  const Expr& e = decl.dimensions.front();
  if (e.kind == ExprKind::binary && e.op == BinaryOp::divide) {
    const Dimension& held = dimension(e);
    if (held.split.empty()) return {{Segment::Kind::range, nullptr, held.extent}};
    return {{Segment::Kind::block, nullptr, held.extent, held.split}};
  }
  const Symbolic value = evaluate(e);
  if (const auto* list = std::get_if<Segments>(&value.data)) return **list;
  return {{Segment::Kind::range, nullptr, arithmetic_.number(value, e.at)}};
}

Symbolic Names::extremum(bool largest, const std::vector<Symbolic>& arguments, Position at) {
  std::vector<Symbolic> items = arguments;
  if (const auto* list = std::get_if<Segments>(&arguments.front().data)) {
    if ((*list)->size() == 1 && (*list)->front().kind == Segment::Kind::repeat) {
      return *(*list)->front().value;
    }
    items = items_of(arguments.front(), at);
  }
  if (items.empty()) throw Undecided("an extremum of nothing", at);
  Polynomial best = arithmetic_.number(items.front(), at);
  for (const Symbolic& item : items) {
    const Polynomial one = arithmetic_.number(item, at);
    if (largest ? facts_.less(best, one) : facts_.less(one, best)) best = one;
  }
  return {best};
}

Symbolic Names::range(const std::vector<Symbolic>& arguments, Position at) {
  const Polynomial end = arithmetic_.number(arguments.back(), at);
  const Polynomial begin = arguments.size() == 2 ? arithmetic_.number(arguments[0], at) : 0;
  const auto first = begin.integer();
  const auto last = end.integer();
  const auto is_list = [](std::int64_t from, std::int64_t to) {
    const auto items = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    return from >= to || items <= Limits::list_length;
  };
  if (first && last && is_list(*first, *last)) {
    std::vector<Symbolic> items;
    for (std::int64_t i = *first; i < *last; ++i) items.push_back({Polynomial(i)});
    return make_list(std::move(items));
  }
  if (!begin.is_zero()) throw Undecided("a range between sizes", at);
  return {
      std::make_shared<const std::vector<Segment>>(1, Segment{Segment::Kind::range, nullptr, end})};
}

/// `block(n, g)` or `chunk(list, g)`.
Symbolic Names::share(Segment::Kind kind, const std::vector<Symbolic>& arguments, Position at) {
  Segment segment{kind};
  segment.group = arithmetic_.live(arithmetic_.group(arguments[1], at));
  Polynomial size = 1;
  for (const int axis : segment.group) size = size * facts_.axis_size(axis);
  if (kind == Segment::Kind::block) {
    segment.count = arithmetic_.number(arguments[0], at);
    if (!facts_.divides(size, segment.count)) throw Excluded{};
    if (segment.group.empty()) segment.kind = Segment::Kind::range;
  } else {
    for (const Symbolic& item : items_of(arguments[0], at)) {
      const auto number = arithmetic_.number(item, at).integer();
      if (!number) throw Undecided("a list of numbers is needed here", at);
      segment.items.push_back(*number);
    }
  }
  return {std::make_shared<const std::vector<Segment>>(1, segment)};
}

std::optional<Symbolic> Names::call(const std::string& name, const std::vector<Symbolic>& arguments,
                                    Position at) {
  if (arguments.empty() || std::any_of(arguments.begin(), arguments.end(), is_tensor)) {
    return std::nullopt;
  }
  const bool list = std::holds_alternative<Segments>(arguments[0].data);
  const std::size_t count = arguments.size();
  if (name == "rank" && count == 1) {
    return Symbolic{arithmetic_.rank(arithmetic_.group(arguments[0], at))};
  }
  if (name == "size" && count == 1) return Symbolic{arithmetic_.number(arguments[0], at)};
  if (name == "ceil_div" && count == 2) {
    return Symbolic{arithmetic_.ceil_div(arithmetic_.number(arguments[0], at),
                                         arithmetic_.number(arguments[1], at))};
  }
  if (name == "block" && count == 2) return share(Segment::Kind::block, arguments, at);
  if (name == "chunk" && list && count == 2) return share(Segment::Kind::chunk, arguments, at);
  if (name == "range" && count <= 2) return range(arguments, at);
  if (name == "min" || name == "max") return extremum(name == "max", arguments, at);
  if (name == "len" && list) {
    return Symbolic{Polynomial(static_cast<std::int64_t>(items_of(arguments[0], at).size()))};
  }
  if (name == "sum" && list) {
    Polynomial total;
    for (const Symbolic& item : items_of(arguments[0], at)) {
      total = total + arithmetic_.number(item, at);
    }
    return Symbolic{total};
  }
  return std::nullopt;
}

}  // namespace reducecheck::prove
