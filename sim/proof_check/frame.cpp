// SPDX-License-Identifier: Apache-2.0
// Names of the frame and what they stand for.
#include "scenarios/unroll/scope.hpp"
#include "sim/proof_check/walk.hpp"

namespace reducecheck::proof_check {

/// `tokens / dp // tp, hidden / tp`, whole in the reference.
Tensor Walk::laid(const Layout& layout) {
  const Expr* rows = &layout.rows;
  std::vector<Axes> cuts;
  const auto is = [&](BinaryOp op) { return rows->kind == ExprKind::binary && rows->op == op; };
  const auto take = [&] {
    cuts.insert(cuts.begin(), live(frame(rows->children[1])));
    rows = &rows->children[0];
  };
  while (is(BinaryOp::floor_divide)) take();
  const bool owned = is(BinaryOp::divide);
  if (owned) take();
  Tensor x{scalar(frame(*rows)), number(1), {}};
  if (owned) x.rows = x.rows * rules_.size(cuts.front());
  const Expr& width = layout.features;
  Json what = {{"kind", "input"}, {"name", layout.name}};
  Addend addend;
  bool cols = false;
  if (width.kind == ExprKind::call) {
    const Polynomial range = scalar(frame(width.children[1]));
    const Json ids = {{"kind", "input"}, {"name", layout.name}, {"range", to_json(range)}};
    what = {{"kind", "ids"}, {"name", layout.name}, {"tables", {ids}}};
    cols = true;
  } else {
    const auto [extent, split] = dimension(width, whole_);
    x.cols = extent * inverse(rules_.size(split));
    cols = extent != number(1);
    if (cols) addend.cols = split;
  }
  addend.atom = rules_.node(what, true, cols);
  x.add(addend, number(1));
  for (const Axes& group : cuts) {
    if (!whole_) x = rules_.cut(x, group, true);
  }
  return x;
}

/// Excludes what `where` excludes; a part that compares a name with numbers bounds the sample only.
void Walk::check_frame() {
  std::vector<const Expr*> parts = {&scenario_.where};
  const std::function<bool(const Expr&)> numbers = [&](const Expr& e) {
    const bool list = e.kind == ExprKind::list || e.kind == ExprKind::tuple;
    return list ? std::all_of(e.children.begin(), e.children.end(), numbers)
                : e.kind == ExprKind::number;
  };
  while (!parts.empty()) {
    const Expr& e = *parts.back();
    parts.pop_back();
    if (e.kind == ExprKind::absent) continue;
    if (e.kind == ExprKind::binary && e.op == BinaryOp::logical_and) {
      parts.push_back(&e.children[1]);
      parts.push_back(&e.children[0]);
      continue;
    }
    const bool sample = e.kind == ExprKind::binary && e.children[0].kind == ExprKind::name &&
                        numbers(e.children[1]);
    if (!sample && !truth(frame(e))) throw Empty{};
  }
  if (variant_ != nullptr) same_weights();
}

/// A weight that a variant places otherwise must be the same weight.
void Walk::same_weights() {
  for (const WeightDecl& own : variant_->weights) {
    for (const WeightDecl& shared : scenario_.weights) {
      if (own.name != shared.name) continue;
      bool same = own.kind == shared.kind && own.dimensions.size() == shared.dimensions.size();
      const bool listed = own.kind == WeightKind::experts || own.kind == WeightKind::table;
      for (std::size_t i = listed ? 1 : 0; same && i < own.dimensions.size(); ++i) {
        same =
            dimension(own.dimensions[i], true).first == dimension(shared.dimensions[i], true).first;
      }
      within_rules(same, "another weight of the name " + own.name);
    }
  }
}

Value Walk::frame(const Expr& e) {
  auto outside = std::exchange(frames_, std::vector<Names>(1));
  Value value = evaluate(e);
  frames_ = std::move(outside);
  return value;
}

Value Walk::named(const std::string& written) {
  for (const Names* names : {&frames_.back(), &frames_.front()}) {
    if (const auto found = names->find(written); found != names->end()) return found->second;
  }
  std::string name = written;
  for (const Alias& alias : scenario_.aliases) {
    if (alias.name == written) name = alias.target;
  }
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (auto value = declared(name)) return known_[name] = *value;
  for (const bool rank : {false, true}) {
    if (!name.ends_with(rank ? "_rank" : "_size")) continue;
    const Value group = named(name.substr(0, name.size() - 5));
    if (!std::holds_alternative<Group>(group.is)) continue;
    if (!rank) return group;
    const Axes axes = live(group);
    return axes.empty() ? Value{number(0)} : Value{Rank{axes}};
  }
  const WeightDecl* decl = weight(name);
  within_rules(decl != nullptr, "the name " + name);
  return {Weight{decl}};
}

std::optional<Value> Walk::declared(const std::string& name) {
  for (const Axis& axis : scenario_.axes) {
    if (axis.name == name) return Value{Group{{name}}};
  }
  for (const Switch& one : scenario_.switches) {
    if (one.name != name) continue;
    const SwitchValue& value = facts_.choice(one);
    if (const auto* n = std::get_if<std::int64_t>(&value)) return Value{number(*n)};
    if (const bool* b = std::get_if<bool>(&value)) return Value{*b};
    return Value{std::get<std::string>(value)};
  }
  for (const NamedExpr& group : scenario_.groups) {
    if (group.name != name) continue;
    const Value value = frame(group.value);
    if (std::holds_alternative<Group>(value.is)) return value;
    within_rules(scalar(value) == number(1), "the group " + name);
    return Value{Group{}};
  }
  for (const NamedExpr& size : scenario_.sizes) {
    if (size.name == name) return frame(size.value);
  }
  const auto& sizes = built_in_sizes();
  if (std::find(sizes.begin(), sizes.end(), name) == sizes.end()) return std::nullopt;
  return Value{symbol(name)};
}

const WeightDecl* Walk::weight(const std::string& name) const {
  for (const auto* weights :
       {variant_ == nullptr ? nullptr : &variant_->weights, &scenario_.weights}) {
    if (weights == nullptr) continue;
    for (const WeightDecl& decl : *weights) {
      if (decl.name == name) return &decl;
    }
  }
  return nullptr;
}

Polynomial Walk::scalar(const Value& value) {
  if (const auto* p = std::get_if<Polynomial>(&value.is)) return facts_.reduced(*p);
  if (const auto* b = std::get_if<bool>(&value.is)) return number(*b ? 1 : 0);
  if (const auto* group = std::get_if<Group>(&value.is)) return rules_.size(group->axes);
  refuse("outside the checker's rules: a number is needed where none is");
}

bool Walk::truth(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value.is)) return *b;
  if (std::holds_alternative<std::monostate>(value.is)) return false;
  if (const auto* s = std::get_if<std::string>(&value.is)) return !s->empty();
  return !facts_.equal(scalar(value), {});
}

Axes Walk::live(const Value& group) {
  if (!std::holds_alternative<Group>(group.is)) {
    within_rules(scalar(group) == number(1), "a group is needed");
    return {};
  }
  Axes axes;
  for (const std::string& axis : std::get<Group>(group.is).axes) {
    if (facts_.live(axis)) axes.push_back(axis);
  }
  return axes;
}

std::pair<Polynomial, Axes> Walk::dimension(const Expr& e, bool whole) {
  if (e.kind != ExprKind::binary || e.op != BinaryOp::divide) return {scalar(frame(e)), {}};
  const Polynomial extent = scalar(frame(e.children[0]));
  const Axes split = live(frame(e.children[1]));
  if (!facts_.divides(rules_.size(split), extent)) throw Empty{};
  return {extent, whole ? Axes{} : split};
}

}  // namespace reducecheck::proof_check
