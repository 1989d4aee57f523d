// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {
namespace {

bool is_leaf(AtomKind kind) {
  return kind == AtomKind::input || kind == AtomKind::vector || kind == AtomKind::mlp ||
         kind == AtomKind::experts || kind == AtomKind::table;
}

}  // namespace

void Algebra::used(const Tensor& x, const std::string& consumer) {
  pass(x, consumer);
  for (const auto& [addend, coefficient] : x.terms) {
    use_atom(addend.atom, coefficient, addend.roles, "");
  }
}

void Algebra::pass(const Tensor& x, const std::string& consumer) {
  ++place_;
  if (journey_ != nullptr && !consumer.empty()) journey_->used(consumer, x);
}

void Algebra::use_atom(int atom, const Polynomial& coefficient, const std::vector<Role>& roles,
                       const std::string& lost_in) {
  const Atom& node = arena_.atom(atom);
  if (is_leaf(node.kind)) {
    uses_.push_back({node.name, node.layer, coefficient, roles, place_, lost_in});
  }
  // Of `w(x)` the weight is what counts, and what came before it is its argument.
  if (node.kind == AtomKind::matmul) {
    const Atom& matrix = arena_.atom(node.children[1]);
    uses_.push_back({matrix.name, matrix.layer, coefficient, roles, place_, lost_in});
  }
  if (node.kind == AtomKind::product || node.kind == AtomKind::column) {
    for (const int child : node.children) use_atom(child, coefficient, roles, lost_in);
  }
  if (node.kind == AtomKind::first_part) {
    std::vector<Role> first = roles;
    first.push_back({static_cast<int>(node.layer), Role::Kind::guarded, node.children[1]});
    use_atom(node.children[0], coefficient, first, lost_in);
  }
  // What moved or summed it left it without a description: say what it was before.
  if (node.kind == AtomKind::unknown && node.layer == moved_unknown) {
    for (const int tensor : node.tensors) {
      for (const auto& [addend, inner] : arena_.tensor(tensor).terms) {
        const std::string& first = lost_in.empty() ? node.name : lost_in;
        use_atom(addend.atom, coefficient * inner, addend.roles,
                 addend.varying() ? lost_in : first);
      }
    }
  }
}

}  // namespace reducecheck::prove
