// SPDX-License-Identifier: Apache-2.0
// The names of a scenario in one configuration: axes, derived groups, switches, sizes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/value.hpp"

namespace reducecheck {

/// One choice of all axis sizes and switches, in the order of the scenario.
struct Configuration {
  std::vector<std::int64_t> axes;
  std::vector<SwitchValue> switches;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// Sizes that replace both the defaults and the scenario's own, such as a model's dimensions.
using SizeOverrides = std::map<std::string, std::int64_t>;

/// The built-in sizes of the language; they exist without being declared.
const std::vector<std::string>& built_in_sizes();

/// Whether a placement, layout or text of `scenario` splits the width `name`: its default is then
/// a multiple of every group.
bool splits_width(const Scenario& scenario, const std::string& name);

/// Every name that the frame of `scenario` gives a value in `configuration`.
/// Throws: TextError where a derived group or a size cannot be evaluated.
class Scope {
 public:
  Scope(const Scenario& scenario, const Configuration& configuration,
        const SizeOverrides& overrides = {});

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const Mesh& mesh() const { return mesh_; }

  /// The value of `name` on `rank` (rank -1: where no rank is meant, `X_rank` is then an error).
  [[nodiscard]] std::optional<Value> find(const std::string& name, int rank) const;

  /// The value of an expression over the frame's names.
  [[nodiscard]] Value evaluate(const Expr& expression, int rank = -1) const;

  /// The value of an integer size.
  [[nodiscard]] std::int64_t size(const std::string& name) const;

  /// The sizes of the derived groups, in the order of the file.
  [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> derived() const;

  /// All names, for did-you-mean.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  void add_groups();
  void add_switches(const Configuration& configuration);
  void add_plain_sizes(const SizeOverrides& overrides);
  void add_sizes();
  void add_named(const NamedExpr& named);
  void add_mentioned(const Expr& expression);
  [[nodiscard]] const NamedExpr* find_named(const std::string& name) const;
  [[nodiscard]] const std::string& target_of(const std::string& written) const;
  std::int64_t default_tokens() const;

  const Scenario& scenario_;
  Mesh mesh_;
  std::map<std::string, Value> values_;
  std::vector<std::string> in_progress_;  // names being evaluated, against cycles
};

/// A function of configuration values: rank, size, block, chunk of a list, range, len, min, max,
/// sum of a list, ceil_div. Nothing if `name` is none of these or the arguments are tensors.
std::optional<Value> call_config_function(const std::string& name, const std::vector<Value>& args,
                                          const Mesh& mesh, int rank, Position at);

}  // namespace reducecheck
