// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: what one case of a certificate claims.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "sim/prove/case_run.hpp"

namespace reducecheck::prove {

/// Terms by the names of their symbols, so that the order of the prover's symbols is not seen.
nlohmann::json to_json(const Polynomial& polynomial, const SymbolTable& symbols);

/// Writes the nodes of one case, numbered among those that its values reach, children first.
class CaseWriter {
 public:
  explicit CaseWriter(const CaseRun& run) : run_(run) {}

  nlohmann::json written();

 private:
  void reach(const Tensor& tensor);
  void reach_atom(int index);
  void reach_form(int form);
  void reach_table(int index);
  struct Named {
    std::optional<int> tensor{};
    const Atom* cut = nullptr;
  };
  [[nodiscard]] Named named(const Role& role) const;
  [[nodiscard]] static std::size_t children_of(const Atom& atom);
  [[nodiscard]] std::string axis(int symbol) const { return run_.symbols->at(symbol).name; }
  [[nodiscard]] nlohmann::json number(const Polynomial& of) const;
  [[nodiscard]] nlohmann::json form(int index) const;
  [[nodiscard]] nlohmann::json table(int index) const;
  [[nodiscard]] nlohmann::json atom(const Atom& of) const;
  [[nodiscard]] nlohmann::json role(const Role& of) const;
  [[nodiscard]] nlohmann::json layout(const Layout& of) const;
  [[nodiscard]] nlohmann::json tensor(const Tensor& of) const;

  const CaseRun& run_;
  std::set<int> reached_;
  std::map<int, int> place_;  // of each that is reached, in the table
};

}  // namespace reducecheck::prove
