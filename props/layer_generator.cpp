// SPDX-License-Identifier: Apache-2.0
#include "props/layer_generator.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "scenarios/frame/load.hpp"

namespace reducecheck::props {
namespace {

int tp_group(const LayerSpec& s) {
  return s.family == Family::factored ? s.ep * s.tp : s.tp;
}
int ep_group(const LayerSpec& s) {
  return s.family == Family::fast_deploy ? s.dp * s.tp : s.ep;
}
int ranks_of(const LayerSpec& s) {
  return s.dp * s.tp * (s.family == Family::fast_deploy ? 1 : s.ep);
}

template <class Enum>
rc::Gen<Enum> any_of(int count) {
  return rc::gen::map(rc::gen::inRange(0, count), [](int i) { return static_cast<Enum>(i); });
}

const char* name_of(Family family) {
  constexpr const char* names[] = {"orthogonal", "factored", "fast_deploy"};
  return names[static_cast<int>(family)];
}
const char* name_of(Branches branches) {
  constexpr const char* names[] = {"routed", "shared", "both"};
  return names[static_cast<int>(branches)];
}
const char* name_of(Bias bias) {
  constexpr const char* names[] = {"none", "after_the_sum", "divided", "guarded"};
  return names[static_cast<int>(bias)];
}
const char* name_of(Scale scale) {
  constexpr const char* names[] = {"none", "output", "weights"};
  return names[static_cast<int>(scale)];
}

}  // namespace

LayerSpec effective(LayerSpec s) {
  if (s.layers < 2) s.dense_first = false;
  if (s.branches == Branches::routed) s.gated = false;
  if (s.branches == Branches::shared) s.scale = Scale::none, s.shuffle = 0;
  if (s.branches != Branches::both) s.merged = false;
  if (s.dp == 1) s.uneven = false;
  if (s.family == Family::fast_deploy) {
    s.ep = 1;
    // There is no sum over tp that a bias could go into.
    if (s.branches == Branches::routed && s.bias != Bias::none) s.bias = Bias::after_the_sum;
  }
  return s;
}

LayerSizes common_sizes(const std::vector<LayerSpec>& specs) {
  LayerSizes sizes;
  int dp = 1;
  for (const LayerSpec& spec : specs) {
    const LayerSpec s = effective(spec);
    sizes.inter = std::lcm(sizes.inter, 2 * tp_group(s));
    sizes.experts = std::lcm(sizes.experts, 2 * ep_group(s));
    sizes.extra = std::lcm(sizes.extra, tp_group(s));
    dp = std::max(dp, s.dp);
  }
  // Two choices a token, four for each expert, over all owners.
  const int wanted = (2 * sizes.experts + dp - 1) / dp;
  sizes.tokens = (wanted + sizes.extra - 1) / sizes.extra * sizes.extra;
  return sizes;
}

LayerSizes smallest_sizes(const LayerSpec& spec) {
  return common_sizes({spec});
}

std::string scenario_text(const LayerSpec& spec) {
  return scenario_text(spec, smallest_sizes(spec));
}

Scenario loaded(const std::string& text) {
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(text, "layer.toml", diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, "layer.toml", text));
  return *std::move(scenario);
}

Scenario scenario_of(const LayerSpec& spec, const LayerSizes& sizes) {
  return loaded(scenario_text(spec, sizes));
}
Scenario scenario_of(const LayerSpec& spec) {
  return scenario_of(spec, smallest_sizes(spec));
}

std::vector<std::pair<std::string, std::string>> features(const LayerSpec& spec) {
  const LayerSpec s = effective(spec);
  const auto size = [](int n) { return n > 1 ? ">1" : "1"; };
  const auto truth = [](bool value) { return value ? "yes" : "no"; };
  return {{"family", name_of(s.family)},
          {"dp", size(s.dp)},
          {"tp", size(tp_group(s))},
          {"ep", s.branches == Branches::shared ? "unused" : size(ep_group(s))},
          {"branches", name_of(s.branches)},
          {"gated", truth(s.gated)},
          {"bias", name_of(s.bias)},
          {"scale", name_of(s.scale)},
          {"residual", truth(s.residual)},
          {"normed", truth(s.normed)},
          {"sums", s.branches != Branches::both ? "one"
                   : s.merged                   ? "merged"
                                                : "per_branch"},
          {"cut", truth(s.cut)},
          {"uneven", truth(s.uneven)},
          {"layers", std::to_string(s.layers)},
          {"dense_first", truth(s.dense_first)},
          {"axes_reversed", truth(s.axes_reversed)},
          {"shuffled", truth(s.shuffle != 0)}};
}

void showValue(const LayerSpec& spec, std::ostream& out) {
  out << scenario_text(spec);
}

rc::Gen<LayerSpec> layers(int ranks) {
  const auto flag = rc::gen::map(rc::gen::inRange(0, 2), [](int i) { return i == 1; });
  const auto any = rc::gen::build<LayerSpec>(
      rc::gen::set(&LayerSpec::family, any_of<Family>(3)),
      rc::gen::set(&LayerSpec::dp, rc::gen::inRange(1, 3)),
      rc::gen::set(&LayerSpec::tp, rc::gen::inRange(1, 5)),
      rc::gen::set(&LayerSpec::ep, rc::gen::inRange(1, 5)),
      rc::gen::set(&LayerSpec::branches, any_of<Branches>(3)),
      rc::gen::set(&LayerSpec::gated, flag), rc::gen::set(&LayerSpec::bias, any_of<Bias>(4)),
      rc::gen::set(&LayerSpec::scale, any_of<Scale>(3)), rc::gen::set(&LayerSpec::residual, flag),
      rc::gen::set(&LayerSpec::normed, flag), rc::gen::set(&LayerSpec::merged, flag),
      rc::gen::set(&LayerSpec::cut, flag), rc::gen::set(&LayerSpec::uneven, flag),
      rc::gen::set(&LayerSpec::layers, rc::gen::inRange(1, 3)),
      rc::gen::set(&LayerSpec::dense_first, flag), rc::gen::set(&LayerSpec::axes_reversed, flag),
      rc::gen::set(&LayerSpec::shuffle, rc::gen::inRange(0, 4)));
  // Shrinking only makes sizes smaller, so it never leaves the bound again.
  return rc::gen::suchThat(any, [ranks](const LayerSpec& s) { return ranks_of(s) <= ranks; });
}

}  // namespace reducecheck::props
