// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/atom.hpp"

#include <algorithm>
#include <tuple>

#include "sim/domain/hash.hpp"

namespace reducecheck::prove {
namespace {

/// What identifies a node, taken in word by word.
class NodeWords {
 public:
  void take(std::int64_t word) { hash_ = mix(hash_ ^ static_cast<std::uint64_t>(word)); }
  void take(const std::string& text) { take(static_cast<std::int64_t>(name_hash(text))); }
  void take(const Polynomial& number) {
    for (const auto& [monomial, coefficient] : number.terms()) {
      if (!monomial.is_one()) take(static_cast<std::int64_t>(monomial.hash()));
      take(coefficient.numerator());
      take(coefficient.denominator());
    }
  }
  /// Of digits what nearly always tells them apart.
  void take(const Layout& layout) {
    take(static_cast<std::int64_t>(layout.logical.size()));
    for (const Digit& digit : layout.logical) {
      take(static_cast<std::int64_t>(digit.kind));
      take(std::int64_t{digit.radix} << 32 ^ digit.holder);
    }
    take(layout.local);
  }
  void take(const Addend& addend) {
    take(addend.atom);
    for (const Role& role : addend.roles) {
      take(std::int64_t{role.axis} << 32 ^ static_cast<std::int64_t>(role.kind));
      take(role.id);
    }
    take(addend.rows);
    take(addend.cols);
  }
  template <class Integer>
  void take(const std::vector<Integer>& list) {
    take(static_cast<std::int64_t>(list.size()));
    for (const Integer one : list) take(std::int64_t{one});
  }

  [[nodiscard]] std::size_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace

std::size_t NodeHash::operator()(const Atom& node) const {
  NodeWords words;
  words.take(static_cast<std::int64_t>(node.kind));
  words.take(node.name);
  words.take(node.layer);
  for (const auto* list : {&node.children, &node.forms, &node.tables, &node.tensors}) {
    words.take(*list);
  }
  words.take(node.number);
  return words.hash();
}

std::size_t NodeHash::operator()(const Form& node) const {
  NodeWords words;
  for (const auto& [atom, coefficient] : node) {
    words.take(atom);
    words.take(coefficient);
  }
  return words.hash();
}

std::size_t NodeHash::operator()(const Tensor& node) const {
  NodeWords words;
  words.take(node.rows);
  words.take(node.cols);
  for (const auto& [addend, coefficient] : node.terms) {
    words.take(addend);
    words.take(coefficient);
  }
  return words.hash();
}

std::size_t NodeHash::operator()(const IdTable& node) const {
  NodeWords words;
  words.take(static_cast<std::int64_t>(node.kind));
  words.take(node.name);
  words.take(node.number);
  words.take(node.range);
  words.take(node.children);
  words.take(node.forms);
  words.take(node.numbers);
  return words.hash();
}

bool operator<(const Addend& a, const Addend& b) {
  if (a.atom != b.atom) return a.atom < b.atom;
  return std::tie(a.roles, a.rows, a.cols) < std::tie(b.roles, b.rows, b.cols);
}

bool Addend::has_maximum() const {
  return std::any_of(roles.begin(), roles.end(),
                     [](const Role& role) { return role.kind == Role::Kind::maximum; });
}

bool Addend::has_role(int axis) const {
  return std::any_of(roles.begin(), roles.end(),
                     [&](const Role& role) { return role.axis == axis; });
}

void Tensor::add(const Addend& addend, const Polynomial& coefficient) {
  if (coefficient.is_zero()) return;
  auto& list = terms.own(1);
  const auto place =
      std::lower_bound(list.begin(), list.end(), addend,
                       [](const auto& term, const Addend& wanted) { return term.first < wanted; });
  if (place == list.end() || !(place->first == addend)) {
    list.insert(place, {addend, coefficient});
    return;
  }
  place->second = place->second + coefficient;
  if (place->second.is_zero()) list.erase(place);
}

}  // namespace reducecheck::prove
