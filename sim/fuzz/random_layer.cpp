// SPDX-License-Identifier: Apache-2.0
#include "sim/fuzz/random_layer.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "sim/mutate/mutant.hpp"

namespace reducecheck {
namespace {

using Words = std::vector<std::string>;

/// A branch as the two programs write it.
struct Branch {
  std::string reference;
  std::string distributed;
};

class LayerWriter {
 public:
  explicit LayerWriter(FuzzDraw& draw) : draw_(draw) {}

  std::string text() {
    choose_mesh();
    reference_ = "h = x\n";
    distributed_ = sequence_ ? "h = all_gather(x, tp)\n" : "h = x\n";
    const std::uint64_t blocks = 1 + draw_.below(3);
    for (std::uint64_t i = 0; i < blocks; ++i) block();
    reference_ += "y = h\n";
    distributed_ += sequence_ ? "y = chunk(h, tp)\n" : "y = h\n";
    const std::string rows =
        "tokens" + std::string(owners_ ? " / dp" : "") + (sequence_ ? " // tp" : "") + ", hidden";
    return fmt::format(
        "title = 'a random layer'\nsource = 'none'\nmesh = {{ axes = [{}]{} }}\n{}"
        "input = {{ x = '{}' }}\noutput = {{ y = '{}' }}\n[weights]\ns = 'scalar'\n{}"
        "[program]\nreference = '''\n{}'''\ndistributed = '''\n{}'''\n",
        fmt::join(axes_, ", "), axes_.size() > 1 ? ", both = 'tp * ep'" : "",
        switch_ ? "switch = { merge = [false, true] }\n" : "", rows, rows, weights_, reference_,
        distributed_);
  }

 private:
  void choose_mesh() {
    const Words names = {"'tp'", "'ep'", "'dp'"};
    axes_.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(1 + draw_.below(3)));
    owners_ = axes_.size() == 3 && draw_.chance(50);
    sequence_ = draw_.chance(25);
    switch_ = draw_.chance(40);
    groups_ = {"tp"};
    if (axes_.size() > 1) groups_.insert(groups_.end(), {"ep", "both"});
    if (axes_.size() > 2 && !owners_) groups_.emplace_back("dp");
  }

  std::string weight(const char* letter, const std::string& placement) {
    const std::string name = fmt::format("{}{}", letter, ++weight_count_);
    weights_ += fmt::format("{} = '{}'\n", name, placement);
    return name;
  }

  Branch same(std::string text) { return {text, std::move(text)}; }

  /// A branch that is a part of a sum over `group`.
  Branch partial(const std::string& group) {
    switch (draw_.below(3)) {
      case 0: return same(weight("m", fmt::format("mlp(inter / {})", group)) + "(h)");
      case 1: return experts(group);
      default: {
        const std::string up = weight("u", fmt::format("linear(hidden, inter / {})", group));
        const std::string down = weight("d", fmt::format("linear(inter / {}, hidden)", group));
        return same(fmt::format("{}({}({}(h)))", down, draw_.chance(50) ? "act" : "gelu", up));
      }
    }
  }

  Branch experts(const std::string& group) {
    std::string placement = fmt::format("experts(E / {}, inter)", group);
    if (group == "both") placement = "experts(E / ep, inter / tp)";
    if (group != "both" && draw_.chance(50))
      placement = fmt::format("experts(E, inter / {})", group);
    const std::string gate = weight("g", "linear(hidden, E)");
    const std::string name = weight("e", placement);
    const std::string route = fmt::format("p{0}, i{0} = topk({1}(h), k)\n", weight_count_, gate);
    reference_ += route;
    distributed_ += route;
    return same(fmt::format("{}(h, i{}, p{})", name, weight_count_, weight_count_));
  }

  /// Beside the branch what must be added once, inside its sum.
  Branch with_bias(Branch branch, const std::string& group) {
    if (!draw_.chance(30)) return branch;
    const std::string name = weight("b", "vector(hidden)");
    branch.reference += " + " + name;
    branch.distributed += draw_.chance(50)
                              ? fmt::format(" + {} / {}", name, group)
                              : fmt::format(" + ({} if rank({}) == 0 else 0)", name, group);
    return branch;
  }

  /// A branch that every rank has whole.
  Branch whole() {
    switch (draw_.below(3)) {
      case 0: return same("h");
      case 1: return same(weight("r", "linear(hidden, hidden)") + "(h)");
      default: return same(weight("b", "vector(hidden)"));
    }
  }

  Branch scaled(Branch branch) {
    if (!draw_.chance(25)) return branch;
    const Words factors = {" * s", " / 2", " * 3"};
    const std::string& factor = factors[draw_.below(factors.size())];
    return {branch.reference + factor, branch.distributed + factor};
  }

  void block() {
    const std::string group = groups_[draw_.below(groups_.size())];
    Words parts;
    Words wholes;
    Words truth;
    for (std::uint64_t left = 1 + draw_.below(3); left > 0; --left) {
      const Branch one = with_bias(scaled(partial(group)), group);
      truth.push_back(one.reference);
      parts.push_back(one.distributed);
    }
    if (draw_.chance(50)) {
      const Branch one = scaled(whole());
      truth.push_back(one.reference);
      wholes.push_back(one.distributed);
    }
    reference_ += fmt::format("t = {}\n", fmt::join(truth, " + "));
    write_sum(group, parts);
    for (const std::string& one : wholes) distributed_ += fmt::format("t = t + {}\n", one);
    const Words ends = {"t", "norm(t)", "t + h", "act(t)"};
    const std::string end = fmt::format("h = {}\n", ends[draw_.below(ends.size())]);
    reference_ += end;
    distributed_ += end;
  }

  void write_sum(const std::string& group, const Words& parts) {
    const std::string merged = fmt::format("all_reduce({}, {})", fmt::join(parts, " + "), group);
    std::string each;
    for (const std::string& part : parts) {
      each += fmt::format("{}all_reduce({}, {})", each.empty() ? "" : " + ", part, group);
    }
    switch (draw_.below(5)) {
      case 0: distributed_ += fmt::format("t = {}\n", merged); return;
      case 1: distributed_ += fmt::format("t = {}\n", each); return;
      case 2:
        distributed_ += fmt::format("t = {0}\nif {1} > 1: t = all_reduce(t, {1})\n",
                                    fmt::join(parts, " + "), group);
        return;
      case 3:
        distributed_ +=
            fmt::format("t = {} if {} else {}\n", merged, switch_ ? "merge" : "tp > 2", each);
        return;
      default:
        if (group != "both") break;
        distributed_ +=
            fmt::format("t = all_reduce(all_reduce({}, tp), ep)\n", fmt::join(parts, " + "));
        return;
    }
    distributed_ +=
        fmt::format("t = all_gather(reduce_scatter({0}, {1}, dim=cols), {1}, dim=cols)\n",
                    fmt::join(parts, " + "), group);
  }

  FuzzDraw& draw_;
  Words axes_;
  Words groups_;
  bool owners_ = false;    // rows differ along dp
  bool sequence_ = false;  // rows are cut over tp
  bool switch_ = false;
  int weight_count_ = 0;
  std::string weights_;
  std::string reference_;
  std::string distributed_;
};

}  // namespace

Scenario right_layer(FuzzDraw& draw) {
  const std::string text = LayerWriter(draw).text();
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(text, "random", diagnostics);
  if (!scenario) {
    fmt::print(stderr, "a random layer is no scenario:\n{}", render(diagnostics, "random", text));
    std::abort();
  }
  return *std::move(scenario);
}

Scenario random_program(std::uint64_t seed, std::uint64_t index) {
  FuzzDraw draw(seed, index);
  Scenario scenario = right_layer(draw);
  const std::uint64_t faults = draw.chance(40) ? 0 : draw.chance(75) ? 1 : 2;
  for (std::uint64_t i = 0; i < faults; ++i) {
    std::vector<Mutant> mutants = mutants_of(scenario, scenario.variants[0].name).list;
    if (!mutants.empty()) scenario = std::move(mutants[draw.below(mutants.size())].scenario);
  }
  return scenario;
}

}  // namespace reducecheck
