// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/case_run.hpp"

#include <algorithm>

#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

/// The reference's value, laid out as the output must be.
Tensor required_of(const Tensor& reference, const Tensor& layout, const Arena& arena) {
  Tensor result{layout.rows, layout.cols, {}, layout.uneven};
  const Addend& place = layout.terms.front().first;
  for (const auto& [addend, coefficient] : reference.terms) {
    if (!addend.rows.whole() || !addend.cols.whole() || addend.varying()) {
      throw Undecided("the reference ends in rows or features that have no rule");
    }
    const Atom& atom = arena.atom(addend.atom);
    Addend laid = addend;
    if (atom.has_rows) laid.rows = place.rows;
    if (atom.has_cols) laid.cols = place.cols;
    result.add(laid, coefficient);
  }
  return result;
}

bool same_shape(const Tensor& a, const Tensor& b, const Facts& facts) {
  return facts.equal(a.rows, b.rows) && facts.equal(a.cols, b.cols);
}

}  // namespace

bool CaseRun::equal() const {
  return mismatch_class.empty() &&
         std::all_of(outputs.begin(), outputs.end(),
                     [](const Compared& c) { return c.shape && c.difference.terms.empty(); });
}

bool CaseRun::has_unknown() const {
  for (const Compared& output : outputs) {
    for (const auto& [addend, coefficient] : output.difference.terms) {
      if (addend.varying()) return true;
    }
  }
  return false;
}

std::unique_ptr<CaseRun> run_case(const Scenario& scenario, const Variant* variant,
                                  const std::vector<Fact>& known, SymbolTable& symbols,
                                  Follow follow, ArgumentsTaken arguments) {
  auto result = std::make_unique<CaseRun>();
  result->symbols = &symbols;
  Facts facts(scenario, symbols, known);
  if (facts.contradictory()) throw Excluded{};
  Algebra reference_algebra(result->arena, facts, symbols);
  reference_algebra.assume(scenario.assume);
  Names reference_names(scenario, nullptr, facts, symbols);
  reference_names.check_where();
  Walk reference(reference_names, reference_algebra, true);
  reference.run({&scenario.reference});
  for (const reducecheck::Layout& layout : scenario.outputs) {
    const Tensor value = reference.output(layout);
    reference_algebra.used(value);
    result->outputs.push_back({layout.name, {}, value, {}});
  }
  result->reference_uses = std::move(reference_algebra).uses();

  Algebra algebra(result->arena, facts, symbols);
  algebra.assume(scenario.assume);
  if (arguments == ArgumentsTaken::mended) algebra.mend_arguments(result->reference_uses);
  if (follow != Follow::no) {
    result->journey = std::make_unique<Journey>(result->arena, follow == Follow::open);
    algebra.follow(*result->journey);
  }
  Names names(scenario, variant, facts, symbols);
  Walk walk(names, algebra, false);
  walk.record_into(result->values);
  try {
    std::vector<const Program*> text;
    if (variant != nullptr) text.push_back(&variant->program);
    text.push_back(&scenario.distributed);
    walk.run(text);
    for (std::size_t i = 0; i < scenario.outputs.size(); ++i) {
      Compared& output = result->outputs[i];
      output.required =
          required_of(output.required, walk.input(scenario.outputs[i]), result->arena);
      output.held = walk.output(scenario.outputs[i]);
      algebra.used(output.held);
      if (result->journey) result->journey->output(output.output, output.held);
      output.shape = output.held.uneven == output.required.uneven &&
                     same_shape(output.held, output.required, facts);
      output.difference = output.held;
      accumulate(output.difference, output.required, -1);
    }
  } catch (const Mismatch& mismatch) {
    result->mismatch_class = mismatch.defect_class;
    result->mismatch = mismatch.detail;
  }
  result->uses = std::move(algebra).uses();
  return result;
}

}  // namespace reducecheck::prove
