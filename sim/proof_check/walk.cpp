// SPDX-License-Identifier: Apache-2.0
#include "sim/proof_check/walk.hpp"

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck::proof_check {
namespace {

const Json* table_of(const Rules& rules, const Value& value) {
  const auto* x = std::get_if<Tensor>(&value.is);
  if (x == nullptr || x->terms.size() != 1) return nullptr;
  const Json& atom = rules.at(x->terms.begin()->first.atom);
  return atom.at("kind") == "ids" ? &atom.at("tables")[0] : nullptr;
}

}  // namespace

void Walk::run(const std::vector<const Program*>& text, const Json* claims) {
  claims_ = claims;
  whole_ = claims == nullptr;
  for (const Program* program : text) {
    for (const Stmt& one : *program) {
      if (one.kind == StmtKind::function) functions_[one.name] = &one;
    }
  }
  for (const Layout& layout : scenario_.inputs) frames_[0][layout.name] = {laid(layout)};
  for (const Program* program : text) block(*program);
  require(whole_ || claims_->is_null() || claimed_ == claims_->size(),
          "a claimed value that the text does not compute");
}

void Walk::claim(const Value& value) {
  const auto* x = std::get_if<Tensor>(&value.is);
  if (x == nullptr || whole_ || claims_->is_null()) return;  // null: an empty case
  require(claimed_ < claims_->size(), "a value is not claimed");
  const std::string place = std::to_string(claimed_);
  require((*claims_)[claimed_++] == to_json(*x), "value " + place + " is not what the rules give");
}

Tensor Walk::output(const Layout& layout) {
  require(frames_[0].contains(layout.name), "no value for " + layout.name);
  return tensor(frames_[0].at(layout.name));
}

/// `tokens / dp // tp, hidden / tp`, whole in the reference.
Tensor Walk::laid(const Layout& layout) {
  const Expr* rows = &layout.rows;
  std::vector<Axes> cuts;
  while (rows->kind == ExprKind::binary &&
         (rows->op == BinaryOp::floor_divide || rows->op == BinaryOp::divide)) {
    cuts.insert(cuts.begin(), live(frame(rows->children[1])));
    const bool owners = rows->op == BinaryOp::divide;
    rows = &rows->children[0];
    if (owners) break;
    require(cuts.size() < 8, "outside the checker's rules: many cuts");
  }
  const bool owned = rows != &layout.rows && layout.rows.kind == ExprKind::binary && [&] {
    const Expr* e = &layout.rows;
    while (e->op == BinaryOp::floor_divide) e = &e->children[0];
    return e->kind == ExprKind::binary && e->op == BinaryOp::divide;
  }();
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
/// A weight that a variant places otherwise must be the same weight.
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
  for (const WeightDecl& own :
       variant_ == nullptr ? std::vector<WeightDecl>{} : variant_->weights) {
    for (const WeightDecl& shared : scenario_.weights) {
      if (own.name != shared.name) continue;
      bool same = own.kind == shared.kind && own.dimensions.size() == shared.dimensions.size();
      const bool listed = own.kind == WeightKind::experts || own.kind == WeightKind::table;
      for (std::size_t i = listed ? 1 : 0; same && i < own.dimensions.size(); ++i) {
        same =
            dimension(own.dimensions[i], true).first == dimension(shared.dimensions[i], true).first;
      }
      require(same, "outside the checker's rules: another weight of the name " + own.name);
    }
  }
}

void Walk::block(const Program& statements) {
  for (const Stmt& one : statements) statement(one);
}

void Walk::statement(const Stmt& one) {
  require(++steps_ <= Limits::statements, "outside the checker's rules: a text so long");
  switch (one.kind) {
    case StmtKind::assign: assign(one.targets, evaluate(one.value)); return;
    case StmtKind::augment: {
      const Value before = named(one.targets[0]);
      assign(one.targets, binary(one.op, before, evaluate(one.value)));
      return;
    }
    case StmtKind::result:
      require(guards_.empty(), "outside the checker's rules: a return under a rank guard");
      throw Returned{evaluate(one.value)};
    case StmtKind::branch: {
      const Value condition = evaluate(one.value);
      if (const auto* guard = std::get_if<Guard>(&condition.is)) {
        const Names before = frames_.back();
        guards_.push_back(guard->axes);
        block(one.body);
        const Names there = std::exchange(frames_.back(), before);
        block(one.otherwise);
        guards_.pop_back();
        const Names elsewhere = std::exchange(frames_.back(), {});
        for (const auto& [name, value] : there) {
          const auto other = elsewhere.find(name);
          if (other != elsewhere.end()) frames_.back()[name] = merged(*guard, value, other->second);
        }
        return;
      }
      block(truth(condition) ? one.body : one.otherwise);
      return;
    }
    case StmtKind::loop: {
      const Value items = evaluate(one.value);
      require(std::holds_alternative<List>(items.is), "outside the checker's rules: this loop");
      for (const Value& item : std::get<List>(items.is)) {
        assign(one.targets, item);
        block(one.body);
      }
      return;
    }
    default: return;
  }
}

void Walk::assign(const std::vector<std::string>& names, const Value& value) {
  if (names.size() == 1) {
    claim(value);
    frames_.back()[names[0]] = value;
    return;
  }
  const auto* items = std::get_if<List>(&value.is);
  require(items != nullptr && items->size() == names.size(), "another number of values");
  for (std::size_t i = 0; i < names.size(); ++i) {
    claim((*items)[i]);
    frames_.back()[names[i]] = (*items)[i];
  }
}

Value Walk::evaluate(const Expr& e) {
  const auto child = [&](std::size_t i) { return evaluate(e.children[i]); };
  switch (e.kind) {
    case ExprKind::number: return {number(e.number)};
    case ExprKind::text: return {e.name};
    case ExprKind::truth: return {!(e.number == Fraction(0))};
    case ExprKind::name: return named(e.name);
    case ExprKind::call: return call(e);
    case ExprKind::negate: {
      const Value value = child(0);
      const auto* x = std::get_if<Tensor>(&value.is);
      if (x != nullptr) return {rules_.scaled(*x, number(-1))};
      return {plus({}, scalar(value), -1)};
    }
    case ExprKind::logical_not: {
      const Value value = child(0);
      const auto* guard = std::get_if<Guard>(&value.is);
      if (guard != nullptr) return {Guard{guard->axes, !guard->first}};
      return {!truth(value)};
    }
    case ExprKind::binary: {
      const Value left = child(0);
      const bool is_or = e.op == BinaryOp::logical_or;
      if (!is_or && e.op != BinaryOp::logical_and) return binary(e.op, left, child(1));
      if (!std::holds_alternative<Guard>(left.is)) return truth(left) == is_or ? left : child(1);
      const Value right = child(1);
      return truth(right) == is_or ? right : left;
    }
    case ExprKind::conditional:
      return choose(child(1), [&](bool truth) { return child(truth ? 0 : 2); });
    case ExprKind::index: {
      const Value value = child(0);
      const auto place = integer(scalar(child(1)));
      require(place.has_value(), "outside the checker's rules: an index that depends on sizes");
      if (const auto* own = std::get_if<Weight>(&value.is)) {
        return {Weight{own->decl, static_cast<int>(*place)}};
      }
      const auto* items = std::get_if<List>(&value.is);
      const auto count = items == nullptr ? 0 : static_cast<std::int64_t>(items->size());
      const std::int64_t at = *place < 0 ? *place + count : *place;
      require(at >= 0 && at < count, "outside the checker's rules: this index");
      return (*items)[static_cast<std::size_t>(at)];
    }
    case ExprKind::list:
    case ExprKind::tuple: {
      List items;
      for (std::size_t i = 0; i < e.children.size(); ++i) items.push_back(child(i));
      return {items};
    }
    case ExprKind::none:
    case ExprKind::absent: return {};
    case ExprKind::slice: break;
  }
  refuse("outside the checker's rules: rows or items cut out");
}

Value Walk::choose(const Value& condition, const std::function<Value(bool)>& arm) {
  const auto* guard = std::get_if<Guard>(&condition.is);
  if (guard == nullptr) return arm(truth(condition));
  guards_.push_back(guard->axes);
  const Value there = arm(true);
  const Value elsewhere = arm(false);
  guards_.pop_back();
  return merged(*guard, there, elsewhere);
}

/// The one on the first rank and the other elsewhere.
Value Walk::merged(const Guard& guard, const Value& there, const Value& elsewhere) {
  const auto* x = std::get_if<Tensor>(&there.is);
  const auto* y = std::get_if<Tensor>(&elsewhere.is);
  if (x != nullptr && y != nullptr && to_json(*x) == to_json(*y)) return there;
  if (x == nullptr && y == nullptr && there.is.index() == elsewhere.is.index()) {
    if (const auto* p = std::get_if<Polynomial>(&there.is)) {
      if (*p == std::get<Polynomial>(elsewhere.is)) return there;
    } else if (const auto* b = std::get_if<bool>(&there.is)) {
      if (*b == std::get<bool>(elsewhere.is)) return there;
    }
  }
  const Tensor on = tensor(guard.first ? there : elsewhere);
  const Tensor off = tensor(guard.first ? elsewhere : there);
  const Tensor both = rules_.sum(rules_.guarded(on, guard.axes), off);
  return {rules_.sum(both, rules_.guarded(off, guard.axes), -1)};
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
    return axes.empty() ? Value{number(0)} : Value{Guard{axes}};
  }
  const WeightDecl* decl = weight(name);
  require(decl != nullptr, "outside the checker's rules: the name " + name);
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
    require(scalar(value) == number(1), "outside the checker's rules: the group " + name);
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
    require(scalar(group) == number(1), "outside the checker's rules: a group is needed");
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

/// As a tensor; numbers are constants and weights are values.
Tensor Walk::tensor(const Value& value) {
  if (const auto* x = std::get_if<Tensor>(&value.is)) return *x;
  const auto* own = std::get_if<Weight>(&value.is);
  if (own == nullptr) return rules_.constant(scalar(value));
  const WeightDecl& decl = *own->decl;
  const std::string layer = own->layer == 0 ? "" : "[" + std::to_string(own->layer) + "]";
  if (decl.kind == WeightKind::scalar) return rules_.constant(symbol(decl.name + layer));
  const bool vector = decl.kind == WeightKind::vector;
  require(vector || decl.kind == WeightKind::linear, "outside the checker's rules: this weight");
  const Json what = {
      {"kind", vector ? "vector" : "matrix"}, {"name", decl.name}, {"layer", own->layer}};
  const auto [out, cols] = dimension(decl.dimensions.back(), whole_);
  const auto [in, rows] =
      vector ? std::pair(number(1), Axes{}) : dimension(decl.dimensions[0], whole_);
  Addend addend{rules_.node(what, !vector, vector || out != number(1))};
  addend.rows = rows;
  addend.cols = cols;
  return {in * inverse(rules_.size(rows)), out * inverse(rules_.size(cols)), {{addend, number(1)}}};
}

Json Walk::table(const Value& ids) {
  if (const Json* known = table_of(rules_, ids)) return *known;
  Json constant = {{"kind", "constant"}, {"range", Json::array()}};
  const Polynomial value = scalar(ids);
  if (!value.empty()) constant["number"] = to_json(value);
  return constant;
}

}  // namespace reducecheck::proof_check
