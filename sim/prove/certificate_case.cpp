// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/certificate_case.hpp"

#include <algorithm>
#include <array>

namespace reducecheck::prove {

using nlohmann::json;

namespace {

const char* word(AtomKind kind) {
  static constexpr std::array words = {
      "one",    "input",      "vector",  "matrix",   "matmul",     "mlp",      "experts",
      "table",  "function",   "product", "sum_cols", "sum_rows",   "max_cols", "max_all",
      "column", "top_values", "ids",     "mask",     "first_part", "parts",    "unknown"};
  return words.at(static_cast<std::size_t>(kind));
}

const char* word(IdTable::Kind kind) {
  static constexpr std::array words = {"top",    "input",   "constant", "binary",
                                       "choose", "look_up", "unknown"};
  return words.at(static_cast<std::size_t>(kind));
}

const char* word(Digit::Kind kind) {
  static constexpr std::array words = {"cut", "ceil", "copies", "pad", "slice", "dispatch"};
  return words.at(static_cast<std::size_t>(kind));
}

}  // namespace

json to_json(const Polynomial& polynomial, const SymbolTable& symbols) {
  std::map<std::map<std::string, int>, json> sorted;
  for (const auto& [monomial, coefficient] : polynomial.terms()) {
    std::map<std::string, int> powers;
    for (Symbol s = 0; s < symbols.size(); ++s) {
      if (monomial.exponent(s) != 0) powers[symbols.at(s).name] = monomial.exponent(s);
    }
    sorted[powers] =
        json::array({coefficient.numerator(), coefficient.denominator(), json(powers)});
  }
  json result = json::array();
  for (const auto& [powers, term] : sorted) result.push_back(term);
  return result;
}

json CaseWriter::written() {
  for (const Tensor& value : run_.values) reach(value);
  for (const Compared& output : run_.outputs) reach(output.held);
  int next = 0;
  for (const int index : reached_) place_[index] = next++;
  json atoms = json::array();
  for (const int index : reached_) atoms.push_back(atom(run_.arena.atom(index)));
  json values = json::array();
  for (const Tensor& value : run_.values) values.push_back(tensor(value));
  json outputs = json::object();
  for (const Compared& output : run_.outputs) outputs[output.output] = tensor(output.held);
  return {{"claim", "holds"}, {"atoms", atoms}, {"values", values}, {"outputs", outputs}};
}

void CaseWriter::reach(const Tensor& tensor) {
  for (const auto& [addend, coefficient] : tensor.terms) {
    reach_atom(addend.atom);
    for (const Role& role : addend.roles) {
      if (const auto of = named(role).tensor) reach_atom(*of);
    }
  }
}

/// Where an atom is a part, its second child is the name of the part and no atom.
std::size_t CaseWriter::children_of(const Atom& atom) {
  const bool part = atom.kind == AtomKind::first_part || atom.kind == AtomKind::parts;
  return part ? 1 : atom.children.size();
}

void CaseWriter::reach_atom(int index) {
  if (!reached_.insert(index).second) return;
  const Atom& atom = run_.arena.atom(index);
  for (std::size_t i = 0; i < children_of(atom); ++i) reach_atom(atom.children[i]);
  for (const int form : atom.forms) reach_form(form);
  for (const int table : atom.tables) reach_table(table);
}

void CaseWriter::reach_form(int form) {
  for (const auto& [atom, coefficient] : run_.arena.form(form)) reach_atom(atom);
}

void CaseWriter::reach_table(int index) {
  const IdTable& table = run_.arena.table(index);
  for (const int form : table.forms) reach_form(form);
  for (const int child : table.children) reach_table(child);
}

/// The tensor whose parts or slices the role names, and where the prover has an atom for the cut
/// that made them, that atom.
CaseWriter::Named CaseWriter::named(const Role& role) const {
  const bool part = role.kind == Role::Kind::part || role.kind == Role::Kind::guarded;
  if (!part && role.kind != Role::Kind::maximum) return {};
  const int index = part ? role.id / 2 : role.id;
  const Atom& atom = run_.arena.atom(index);
  if (atom.kind != AtomKind::unknown || !atom.name.starts_with("parts")) return {index, nullptr};
  return {run_.arena.tensor(atom.tensors.front()).terms.front().first.atom, &atom};
}

json CaseWriter::number(const Polynomial& of) const {
  return to_json(of, *run_.symbols);
}

json CaseWriter::form(int index) const {
  json result = json::object();
  for (const auto& [atom, coefficient] : run_.arena.form(index)) {
    result[std::to_string(place_.at(atom))] = number(coefficient);
  }
  return result;
}

json CaseWriter::table(int index) const {
  const IdTable& of = run_.arena.table(index);
  json result = {{"kind", word(of.kind)}, {"range", number(of.range)}};
  if (!of.name.empty()) result["name"] = of.name;
  if (!of.number.is_zero()) result["number"] = number(of.number);
  // Of what has no rule these are nodes of the prover.
  const bool known = of.kind != IdTable::Kind::unknown;
  if (known && !of.numbers.empty()) result["numbers"] = of.numbers;
  for (const int one : of.forms) result["forms"].push_back(form(one));
  for (const int child : of.children) result["children"].push_back(table(child));
  return result;
}

json CaseWriter::atom(const Atom& of) const {
  json result = {{"kind", word(of.kind)},
                 {"has", std::string(of.has_rows ? "r" : "") + (of.has_cols ? "f" : "")}};
  if (!of.name.empty()) result["name"] = of.name;
  if (of.layer != 0) result["layer"] = of.layer;
  if (!of.number.is_zero()) result["number"] = number(of.number);
  for (std::size_t i = 0; i < children_of(of); ++i) {
    result["children"].push_back(place_.at(of.children[i]));
  }
  for (const int one : of.forms) result["forms"].push_back(form(one));
  for (const int one : of.tables) result["tables"].push_back(table(one));
  return result;
}

json CaseWriter::role(const Role& of) const {
  const auto kind = [&]() -> const char* {
    switch (of.kind) {
      case Role::Kind::part: return "part";
      case Role::Kind::once: return "once";
      case Role::Kind::guarded: return "guarded";
      case Role::Kind::maximum: return "maximum";
      case Role::Kind::varying: break;
    }
    return "varying";
  };
  json result = json::array({of.axis < 0 ? "" : axis(of.axis), kind()});
  const auto [tensor, cut] = named(of);
  if (tensor) result.push_back(place_.at(*tensor));
  if (of.kind == Role::Kind::part || of.kind == Role::Kind::guarded) {
    result.push_back(of.id % 2 == 0 ? "inner" : "owner");
  }
  if (cut == nullptr) return result;
  // The digits before the one that made the parts, and which cut it was.
  json before = json::array();
  const Addend& where = run_.arena.tensor(cut->tensors.front()).terms.front().first;
  for (const Digit& digit : where.rows.logical) {
    before.push_back(digit.radix < 0 ? word(digit.kind) : axis(digit.radix));
  }
  result.push_back(before);
  result.push_back(cut->name.substr(5));
  return result;
}

/// A digit that its own axis holds is that axis; all others say what they are.
json CaseWriter::layout(const Layout& of) const {
  json result = json::array();
  for (const Digit& digit : of.logical) {
    if (digit.kind == Digit::Kind::axis && digit.held() && digit.holder == digit.radix) {
      result.push_back(axis(digit.radix));
      continue;
    }
    json one = json::array({word(digit.kind)});
    if (digit.radix >= 0) one.push_back(axis(digit.radix));
    if (digit.held()) one.push_back(axis(digit.holder));
    for (const Polynomial* bound : {&digit.from, &digit.to, &digit.of}) {
      if (!bound->is_zero()) one.push_back(number(*bound));
    }
    result.push_back(one);
  }
  if (!of.local.empty()) result.push_back(json::array({"local", json(of.local)}));
  return result;
}

json CaseWriter::tensor(const Tensor& of) const {
  std::map<json, json> sorted;
  for (const auto& [addend, coefficient] : of.terms) {
    std::vector<json> roles;
    for (const Role& one : addend.roles) roles.push_back(role(one));
    std::sort(roles.begin(), roles.end());
    const json rows = layout(addend.rows);
    const json cols = layout(addend.cols);
    const int place = place_.at(addend.atom);
    sorted[json::array({place, roles, rows, cols})] = {{"atom", place},
                                                       {"roles", roles},
                                                       {"rows", rows},
                                                       {"cols", cols},
                                                       {"coefficient", number(coefficient)}};
  }
  json terms = json::array();
  for (const auto& [key, term] : sorted) terms.push_back(term);
  json result = {{"rows", number(of.rows)}, {"cols", number(of.cols)}, {"terms", terms}};
  if (of.uneven) result["uneven"] = true;
  return result;
}

}  // namespace reducecheck::prove
