// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/judge/function_argument.hpp"
#include "sim/judge/tangent.hpp"
#include "sim/run/gated_mlp.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

/// A first event of an addend in a later section than the one that produced it.
struct Deferral {
  int step = -1;  // of the event
  int source = -1;

  auto operator<=>(const Deferral&) const = default;
};

/// The tangents of every value of a plan whose values `values` holds (a run with `seed`). Weights
/// of the reference are cut into the same shares as those of the variant.
class TangentRun {
 public:
  TangentRun(const Plan& plan, const Interpreter<Prime>& values, std::uint64_t seed)
      : TangentRun(plan, values, seed, false) {}

  /// The same, where the result of every function that stops addends is an addend of its own: one
  /// for each application in the reference, and one for what the reference applies to nothing such.
  [[nodiscard]] TangentRun with_functions() const { return {plan_, values_, seed_, true}; }

  [[nodiscard]] const Tangent& of(int value) const {
    return tangents_[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] const Addend& addend(int id) const {
    return addends_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const std::set<Deferral>& deferrals() const { return deferrals_; }

  /// The weight or input of an addend's `source`, or the function.
  [[nodiscard]] const Source& source(int index) const;
  [[nodiscard]] bool is_function(int source) const {
    return source >= static_cast<int>(plan_.sources.size());
  }

  /// The axes over which the shares of an addend's weight are split, from the variant's calls.
  [[nodiscard]] Group split(int source) const;

  /// The value of a scalar weight, by source.
  [[nodiscard]] const std::map<int, std::uint64_t>& scalars() const { return scalars_; }

 private:
  TangentRun(const Plan& plan, const Interpreter<Prime>& values, std::uint64_t seed,
             bool functions);

  void step(int index);
  void leaf(const Step& step);
  void linear(const Step& step);
  void gated(const Step& step);
  void experts(const Step& step);
  void expert(const Step& step, std::int64_t logical, std::int64_t wanted, TangentBuilder& out);
  void table(const Step& step);
  void elementwise(const Step& step);
  void product(const Step& step);
  void matmul(const Step& step);
  void scaled_by(const Step& step, std::uint64_t factor);
  void select(const Step& step);
  void statistic(const Step& step);
  void norm(const Step& step);
  void move_rows(const Step& step);
  void guarded(const Step& step);
  void sum(int index);
  void combine(int index);
  void gather(const Step& step);
  void stop(const Step& step);
  void index_applications();
  [[nodiscard]] int application(const Step& step, const std::string& function) const;
  void begin_function(const Step& step, int result, TangentBuilder& out);

  int id(const Addend& addend);
  [[nodiscard]] std::uint64_t key(const Step& step, std::int64_t expert, std::uint64_t part) const;
  [[nodiscard]] int cut(const Step& step) const;
  [[nodiscard]] const PlanValue& shape(int value) const {
    return plan_.values[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] std::uint64_t number(int value, int row, int column) const;
  void set(int value, Tangent tangent) {
    tangents_[static_cast<std::size_t>(value)] = std::move(tangent);
  }
  void taint_like(const Step& step, TangentBuilder& out);
  void add_rows(TangentBuilder& out, const Tangent& in, int from, int count, int to,
                int column = 0);
  void pass_event(TangentBuilder& out, int event);
  void defer(const History& history, int addend, int step);

  const Plan& plan_;
  const Interpreter<Prime>& values_;
  std::uint64_t seed_;
  std::vector<Tangent> tangents_;
  std::vector<Addend> addends_;
  std::map<Addend, int> ids_;
  std::vector<Event> events_;
  std::set<Deferral> deferrals_;
  std::map<int, int> cuts_;  // shares of each source
  std::map<int, Group> splits_;
  std::map<int, std::uint64_t> scalars_;
  bool with_functions_ = false;
  std::string root_ = "rsqrt";     // what that function is called: `norm` if the reference has one
  std::vector<Source> functions_;  // their sources follow those of the plan
  /// The first step of the reference that gives a function this argument for a token.
  std::map<std::tuple<std::string, Token, std::uint64_t>, int> applications_;
  Contractor<Prime> contractor_;
};

}  // namespace reducecheck
