// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/walk.hpp"

#include <algorithm>

#include "scenarios/unroll/limits.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

Walk::Walk(Names& names, Algebra& algebra, bool whole)
    : names_(names), algebra_(algebra), whole_(whole), frames_(1) {}

void Walk::run(const std::vector<const Program*>& text) {
  for (const Program* program : text) {
    for (const Stmt& statement : *program) {
      if (statement.kind == StmtKind::function) functions_[statement.name] = &statement;
    }
  }
  for (const reducecheck::Layout& layout : names_.scenario().inputs) {
    frames_.front()[layout.name] = make_tensor(input(layout));
  }
  for (const Program* program : text) block(*program);
}

Tensor Walk::output(const reducecheck::Layout& layout) {
  const auto found = frames_.front().find(layout.name);
  if (found == frames_.front().end()) throw Undecided("no value for `" + layout.name + "`");
  return tensor(found->second, layout.at);
}

std::optional<Symbolic> Walk::block(const Program& statements) {
  for (const Stmt& one : statements) {
    if (auto result = statement(one)) return result;
  }
  return std::nullopt;
}

std::optional<Symbolic> Walk::statement(const Stmt& s) {
  if (++steps_ > Limits::statements) throw Undecided("more statements than the limit", s.at);
  switch (s.kind) {
    case StmtKind::assign: assign(s.targets, evaluate(s.value), s.at); return std::nullopt;
    case StmtKind::augment: {
      const auto before = look_up(s.targets.front());
      if (!before) throw Undecided("`" + s.targets.front() + "` has no value", s.at);
      assign(s.targets, arithmetic(s.op, *before, evaluate(s.value), s.at), s.at);
      return std::nullopt;
    }
    case StmtKind::result:
      if (!guards_.empty()) throw Undecided("a return under a rank guard", s.at);
      return evaluate(s.value);
    case StmtKind::branch: return branch(s);
    case StmtKind::loop: return loop(s);
    case StmtKind::pass:
    case StmtKind::section:
    case StmtKind::function: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Symbolic> Walk::branch(const Stmt& s) {
  const Symbolic condition = evaluate(s.value);
  if (const auto* test = std::get_if<RankTest>(&condition.data)) return guarded_branch(s, *test);
  return block(names_.arithmetic().truth(condition, s.at) ? s.body : s.otherwise);
}

/// Both arms run; each variable then holds the one on some ranks and the other on the rest.
std::optional<Symbolic> Walk::guarded_branch(const Stmt& s, const RankTest& test) {
  const Variables before = frames_.back();
  guards_.push_back(test.axes);
  block(s.body);
  Variables then = std::move(frames_.back());
  frames_.back() = before;
  block(s.otherwise);
  guards_.pop_back();
  Variables result;
  for (const auto& [name, value] : then) {
    const auto other = frames_.back().find(name);
    if (other == frames_.back().end()) {
      check_absent(name, s.at);
      continue;
    }
    if (value == other->second) {
      result[name] = value;
    } else {
      result[name] = merged(value, other->second, test);
    }
  }
  for (const auto& [name, value] : frames_.back()) {
    if (!then.contains(name)) check_absent(name, s.at);
  }
  frames_.back() = std::move(result);
  return std::nullopt;
}

/// What only one arm assigns may have another meaning where the other arm ran.
void Walk::check_absent(const std::string& name, Position at) {
  Variables here;
  std::swap(here, frames_.back());
  const bool known = look_up(name).has_value();
  std::swap(here, frames_.back());
  if (known) throw Undecided("`" + name + "` is another variable in each arm of a rank guard", at);
}

/// then on coordinate 0, otherwise elsewhere: guard(then) + otherwise - guard(otherwise).
Symbolic Walk::merged(const Symbolic& then, const Symbolic& otherwise, const RankTest& test) {
  const Tensor first = operand(test.first ? then : otherwise, {});
  const Tensor rest = operand(test.first ? otherwise : then, {});
  if (Journey* journey = algebra_.journey()) {
    journey->moved("", test.axes, first);
    journey->moved("", test.axes, rest);
  }
  const Tensor there = algebra_.guarded(first, test.axes);
  const Tensor gone = algebra_.scaled(algebra_.guarded(rest, test.axes), -1);
  Tensor result = algebra_.sum(algebra_.sum(there, rest), gone);
  const bool alike = first.rows == rest.rows && first.cols == rest.cols;
  result.loose = first.loose || rest.loose || !alike;
  return make_tensor(std::move(result));
}

std::optional<Symbolic> Walk::loop(const Stmt& s) {
  for (const Symbolic& item : items_of(evaluate(s.value), s.at)) {
    assign(s.targets, item, s.at);
    if (auto result = block(s.body)) return result;
  }
  return std::nullopt;
}

/// Blocks that were joined are recorded one by one, where they were made.
void Walk::record(const Symbolic& value) {
  const auto* blocks = std::get_if<Blocks>(&value.data);
  if (record_ != nullptr && blocks != nullptr && (*blocks)->size() == 1) {
    record_->push_back((*blocks)->front());
  }
}

void Walk::assign(const std::vector<std::string>& targets, const Symbolic& value, Position at) {
  if (targets.size() == 1) {
    record(value);
    frames_.back()[targets.front()] = value;
    return;
  }
  const std::vector<Symbolic> items = items_of(value, at);
  if (items.size() != targets.size()) throw Undecided("another number of values", at);
  for (std::size_t i = 0; i < items.size(); ++i) {
    record(items[i]);
    frames_.back()[targets[i]] = items[i];
  }
}

std::optional<Symbolic> Walk::look_up(const std::string& name) {
  for (const Variables* frame : {&frames_.back(), &frames_.front()}) {
    const auto found = frame->find(name);
    if (found != frame->end()) return found->second;
  }
  if (auto value = names_.find(name)) return value;
  const bool slots = name.ends_with(".slots");
  const std::string weight = slots ? name.substr(0, name.size() - 6) : name;
  if (const WeightDecl* decl = names_.weight(weight)) return Symbolic{WeightOf{decl, 0, slots}};
  return std::nullopt;
}

Symbolic Walk::call_function(const Stmt& function, const Arguments& call) {
  if (static_cast<std::int64_t>(frames_.size()) > Limits::calls) {
    throw Undecided("calls too deep", call.at);
  }
  Variables variables;
  std::size_t positional = 0;
  for (std::size_t i = 0; i < call.values.size(); ++i) {
    if (!call.keywords[i].empty()) {
      variables[call.keywords[i]] = call.values[i];
    } else if (positional < function.parameters.size()) {
      variables[function.parameters[positional++].name] = call.values[i];
    } else {
      throw Undecided("too many arguments", call.at);
    }
  }
  frames_.push_back(std::move(variables));
  for (const Parameter& parameter : function.parameters) {
    if (frames_.back().contains(parameter.name)) continue;
    if (parameter.fallback.kind == ExprKind::absent) throw Undecided("too few arguments", call.at);
    frames_.back()[parameter.name] = evaluate(parameter.fallback);
  }
  auto result = block(function.body);
  frames_.pop_back();
  return result.value_or(Symbolic{Nothing{}});
}

const std::vector<Tensor>& Walk::blocks(const Symbolic& value, Position at) {
  const auto* blocks = std::get_if<Blocks>(&value.data);
  if (blocks == nullptr) throw Undecided("a tensor is needed here", at);
  return **blocks;
}

Tensor Walk::tensor(const Symbolic& value, Position at) {
  Tensor result = operand(value, at);
  check_shape(result, at);
  return result;
}

void Walk::check_shape(const Tensor& x, Position at) {
  if (x.loose) throw Undecided("a value that has another shape on other ranks", at);
}

Tensor Walk::operand(const Symbolic& value, Position at) {
  if (const auto* weight = std::get_if<WeightOf>(&value.data)) return weight_value(*weight);
  if (!is_tensor(value)) return algebra_.number(names_.arithmetic().number(value, at));
  const std::vector<Tensor>& parts = blocks(value, at);
  if (parts.size() == 1) return parts.front();
  Polynomial cols;
  for (const Tensor& part : parts) cols = cols + part.cols;
  return algebra_.unknown("cat", parts, parts.front().rows, cols);
}

Dimension Walk::held(const Expr& e) {
  Dimension dimension = names_.dimension(e);
  if (whole_) dimension.split.clear();
  return dimension;
}

Layout Walk::features(const Axes& split) const {
  Layout layout;
  for (const int axis : split) layout.logical.push_back({Digit::Kind::axis, axis, axis});
  return layout;
}

/// `tokens / dp // tp, hidden / tp`: the owners, then cuts from the outside in.
Tensor Walk::input(const reducecheck::Layout& layout) {
  const Expr* rows = &layout.rows;
  std::vector<GroupOf> cuts;
  const auto group = [&] {
    return names_.arithmetic().group(names_.evaluate(rows->children[1]), rows->at);
  };
  while (rows->kind == ExprKind::binary && rows->op == BinaryOp::floor_divide) {
    cuts.insert(cuts.begin(), group());
    rows = &rows->children[0];
  }
  Axes owners;
  if (rows->kind == ExprKind::binary && rows->op == BinaryOp::divide) {
    owners = names_.arithmetic().live(group());
    rows = &rows->children[0];
  }
  if (layout.name == names_.scenario().inputs.front().name) {
    algebra_.facts().rows_are_owned_over(owners);
  }
  Symbolic count = names_.evaluate(*rows);
  bool own_counts = false;
  if (std::holds_alternative<Segments>(count.data)) {
    const std::vector<Symbolic> counts = items_of(count, layout.at);
    own_counts =
        !owners.empty() && std::any_of(counts.begin(), counts.end(),
                                       [&](const Symbolic& n) { return !(n == counts.front()); });
    count = counts.front();
  }
  Atom atom{AtomKind::input, layout.name};
  Tensor x;
  x.rows = names_.arithmetic().number(count, layout.at) * algebra_.size(owners);
  const Expr& e = layout.features;
  Layout cols;
  if (e.kind == ExprKind::call && e.children[0].name == "index") {
    IdTable table;
    table.kind = IdTable::Kind::input;
    table.name = layout.name;
    table.range = names_.arithmetic().number(names_.evaluate(e.children[1]), e.at);
    atom.kind = AtomKind::ids;
    atom.tables = {algebra_.arena().intern(table)};
  } else {
    const Dimension width = held(e);
    x.cols = width.extent * algebra_.size(width.split).inverse();
    atom.has_cols = !width.extent.is_one();
    cols = features(width.split);
  }
  x.add({algebra_.arena().intern(atom), {}, {}, atom.has_cols ? cols : Layout{}}, 1);
  if (own_counts) {
    if (owners.size() > 1)
      throw Undecided("owners over several axes with their own rows", layout.at);
    x = algebra_.owned_rows(x, owners.front());
    if (whole_) x = algebra_.gathered(x, owners, Algebra::Dimension::rows);
  }
  if (whole_) return x;
  if (!own_counts) x = algebra_.cut(x, owners, Algebra::Dimension::rows);
  for (const GroupOf& cut : cuts) {
    x = algebra_.cut(x, names_.arithmetic().live(cut), Algebra::Dimension::rows);
  }
  return x;
}

}  // namespace reducecheck::prove
