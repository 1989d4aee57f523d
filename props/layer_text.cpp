// SPDX-License-Identifier: Apache-2.0
// The text of a layer: the reference on one rank, and the same layer as an engine would write it.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "props/layer_generator.hpp"

namespace reducecheck::props {
namespace {

bool has_routed(const LayerSpec& s) {
  return s.branches != Branches::shared;
}
bool has_shared(const LayerSpec& s) {
  return s.branches != Branches::routed;
}

/// Lines of program text at a depth.
class Lines {
 public:
  void add(const std::string& line) { text_ += std::string(depth_ * 4, ' ') + line + '\n'; }
  void open(const std::string& head) { add(head + ':'), ++depth_; }
  void close() { --depth_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t depth_ = 0;
};

class LayerText {
 public:
  explicit LayerText(const LayerSpec& spec) : s_(spec), i_(spec.layers > 1 ? "[i]" : "") {}

  std::string reference() {
    write([this] { reference_block(); });
    return lines_.text();
  }

  std::string distributed() {
    lines_.open("def reduce(v)");
    lines_.add(s_.cut ? "return reduce_scatter(v, tp)" : "return all_reduce(v, tp)");
    lines_.close();
    write([this] { distributed_block(); });
    return lines_.text();
  }

 private:
  template <class Block>
  void write(Block block) {
    lines_.add("h = x");
    if (s_.layers > 1) lines_.open(fmt::format("for i in range({})", s_.layers));
    lines_.add(s_.normed ? "n = norm(h)" : "n = h");
    block();
    lines_.add(s_.residual ? "h = h + out" : "h = out");
    if (s_.layers > 1) lines_.close();
    lines_.add("y = h");
  }

  /// `dense` in layer 0 and `block` in the others, where the layer has both.
  template <class Block>
  void after_dense(const std::string& dense, Block block) {
    if (!s_.dense_first) return block();
    lines_.open("if i == 0");
    lines_.add("out = " + dense);
    lines_.close();
    lines_.open("else");
    block();
    lines_.close();
  }

  void route(const std::string& x) {
    lines_.add(fmt::format("p, ids = topk(gate{}({}), k)", i_, x));
    if (s_.scale == Scale::weights) lines_.add("p = p * rsf");
  }
  void scale_routed() {
    if (s_.scale == Scale::output) lines_.add("routed = rsf * routed");
  }
  void share(const std::string& x) {
    const std::string gate = s_.gated ? fmt::format("sigmoid(sgate{}({})) * ", i_, x) : "";
    lines_.add(fmt::format("common = {}shared{}({})", gate, i_, x));
  }
  void add_bias(bool inside) {
    if (s_.bias != Bias::none && !inside) lines_.add(fmt::format("out = out + b{}", i_));
  }

  void reference_block() {
    after_dense(fmt::format("dense{}(n)", i_), [this] {
      if (has_routed(s_)) {
        route("n");
        lines_.add(fmt::format("routed = experts{}(n, ids, p)", i_));
        scale_routed();
      }
      if (has_shared(s_)) share("n");
      lines_.add(s_.branches == Branches::both     ? "out = routed + common"
                 : s_.branches == Branches::routed ? "out = routed"
                                                   : "out = common");
      add_bias(false);
    });
  }

  void distributed_block() {
    if (s_.cut) lines_.add("full = all_gather(n, tp)");
    const std::string full = s_.cut ? "full" : "n";
    after_dense(fmt::format("reduce(dense{}({}))", i_, full), [this, full] {
      if (has_routed(s_)) {
        if (s_.family == Family::fast_deploy) {
          dispatched();
        } else {
          route(full);
          lines_.add(fmt::format("routed = experts{}({}, ids, p)", i_, full));
        }
        scale_routed();
      }
      if (has_shared(s_)) share(full);
      lines_.add("out = " + (s_.family == Family::fast_deploy ? complete_sum() : partial_sum()));
      add_bias(s_.bias != Bias::after_the_sum);
    });
  }

  void dispatched() {
    const std::string mine = s_.cut ? "n" : "mine";
    if (!s_.cut) lines_.add("mine = chunk(n, tp)");
    route(mine);
    lines_.add(fmt::format("rx, rids, rp = dispatch({}, ids, p, experts{}, ep)", mine, i_));
    lines_.add(fmt::format("routed = combine(experts{0}(rx, rids, rp), ids, experts{0}, ep)", i_));
  }

  /// The bias as an operand of a sum over tp.
  [[nodiscard]] std::string inner_bias() const {
    if (s_.bias == Bias::divided) return fmt::format(" + b{} / tp", i_);
    if (s_.bias == Bias::guarded) return fmt::format(" + (b{} if rank(tp) == 0 else 0)", i_);
    return "";
  }

  /// Both branches are partial sums over tp; the routed one over ep as well.
  [[nodiscard]] std::string partial_sum() const {
    const std::string routed =
        s_.family == Family::orthogonal ? "all_reduce(routed, ep)" : "routed";
    const std::string bias = inner_bias();
    if (s_.branches == Branches::routed) return fmt::format("reduce({}{})", routed, bias);
    if (s_.branches == Branches::shared) return fmt::format("reduce(common{})", bias);
    if (s_.merged) return fmt::format("reduce({} + common{})", routed, bias);
    return fmt::format("reduce({}) + reduce(common{})", routed, bias);
  }

  /// The routed branch is complete on the rows of this rank; the shared one is partial over tp.
  [[nodiscard]] std::string complete_sum() const {
    const std::string routed = s_.cut ? "routed" : "all_gather(routed, tp)";
    const std::string common = "common" + inner_bias();
    if (s_.branches == Branches::routed) return routed;
    if (s_.branches == Branches::shared) return fmt::format("reduce({})", common);
    if (!s_.merged) return fmt::format("{} + reduce({})", routed, common);
    if (s_.cut) return fmt::format("reduce(all_gather(routed, tp) / tp + {})", common);
    return fmt::format("all_gather(routed + reduce_scatter({}, tp), tp)", common);
  }

  LayerSpec s_;
  std::string i_;
  Lines lines_;
};

std::string list_text(const std::vector<int>& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

std::string mesh_text(const LayerSpec& s) {
  std::vector<std::pair<std::string, int>> axes = {{"dp", s.dp}};
  if (s.family == Family::factored) axes.insert(axes.end(), {{"ep", s.ep}, {"moe_tp", s.tp}});
  if (s.family == Family::orthogonal) axes.insert(axes.end(), {{"tp", s.tp}, {"ep", s.ep}});
  if (s.family == Family::fast_deploy) axes.emplace_back("tp", s.tp);
  if (s.axes_reversed) std::ranges::reverse(axes);
  std::string names;
  std::string sizes;
  int ranks = 1;
  for (const auto& [name, size] : axes) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
    sizes += fmt::format(", {} = {}", name, size);
    ranks *= size;
  }
  const std::string group = s.family == Family::factored      ? ", tp = \"ep * moe_tp\""
                            : s.family == Family::fast_deploy ? ", ep = \"dp * tp\""
                                                              : "";
  return fmt::format("mesh   = {{ axes = [{}]{}, ranks = {}{} }}\n", names, sizes, ranks, group);
}

/// The experts in the order of their slots.
std::vector<int> slots(const LayerSpec& s, const LayerSizes& sizes) {
  std::vector<int> experts(static_cast<std::size_t>(sizes.experts));
  std::iota(experts.begin(), experts.end(), 0);
  std::minstd_rand random(static_cast<unsigned>(s.shuffle));
  for (std::size_t i = experts.size(); i > 1; --i) {
    std::swap(experts[i - 1], experts[random() % i]);
  }
  return experts;
}

std::string sizes_text(const LayerSpec& s, const LayerSizes& sizes) {
  const std::string tokens = s.uneven ? list_text({sizes.tokens, sizes.tokens + sizes.extra})
                                      : std::to_string(sizes.tokens);
  std::string text = fmt::format("sizes  = {{ hidden = {}, inter = {}, tokens = {}", sizes.hidden,
                                 sizes.inter, tokens);
  if (has_routed(s)) text += fmt::format(", E = {}, k = 2", sizes.experts);
  if (s.shuffle != 0) text += fmt::format(", slots = {}", list_text(slots(s, sizes)));
  return text + " }\n";
}

std::string weights_text(const LayerSpec& s) {
  std::string text;
  const auto add = [&](const char* name, const std::string& kind) {
    text += fmt::format("{} = \"{}\"\n", name, kind);
  };
  if (has_routed(s)) {
    const std::string held = s.shuffle != 0 ? "chunk(slots, ep)" : "E / ep";
    const std::string features = s.family == Family::orthogonal ? "inter / tp"
                                 : s.family == Family::factored ? "inter / moe_tp"
                                                                : "inter";
    add("gate", "linear(hidden, E)");
    add("experts", fmt::format("experts({}, {})", held, features));
  }
  if (has_shared(s)) add("shared", "mlp(inter / tp)");
  if (s.gated) add("sgate", "linear(hidden, 1)");
  if (s.dense_first) add("dense", "mlp(inter / tp)");
  if (s.bias != Bias::none) add("b", "vector(hidden)");
  if (s.scale != Scale::none) add("rsf", "scalar");
  return text;
}

}  // namespace

std::string scenario_text(const LayerSpec& spec, const LayerSizes& sizes) {
  const LayerSpec s = effective(spec);
  const std::string rows = s.cut ? "tokens / dp // tp, hidden" : "tokens / dp, hidden";
  std::string text = "title  = \"A generated layer\"\nsource = \"none\"\n";
  text += mesh_text(s) + sizes_text(s, sizes);
  text += fmt::format("input  = {{ x = \"{0}\" }}\noutput = {{ y = \"{0}\" }}\n", rows);
  text += "\n[weights]\n" + weights_text(s);
  text += "\n[program]\nreference = '''\n" + LayerText(s).reference() + "'''\n";
  text += "\n[variant]\nlayer = '''\n" + LayerText(s).distributed() + "'''\n";
  return text;
}

}  // namespace reducecheck::props
