// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/frame_reader.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using Kind = TomlNode::Kind;

const std::vector<std::string>& verdicts() {
  static const std::vector<std::string> ids = {
      "holds",
      "missing_reduce",
      "double_reduce",
      "wrong_group",
      "replicated_branch_in_sum",
      "addend_in_sum",
      "once_guard_wrong",
      "deferred_reduce",
      "token_layout",
      "scale_placement",
      "ownership_count",
      "nonlinear_on_unreduced",
      "mismatched_collective",
      "missing_branch",
      "extra_branch",
      "unclassified",
      "grad_missing_reduce",
      "grad_overscale",
      "loss_normalisation",
      "grad_stats",
  };
  return ids;
}

/// What may stand in the brackets of a verdict; empty if that is not known.
std::vector<std::string> branches_of(const Reading& reading) {
  if (reading.names_are_hidden) return {};
  const Scenario& scenario = reading.scenario;
  // Besides weights and inputs: memory never written, and functions that are lost or extra.
  std::vector<std::string> names = {"uninitialised", "act",   "silu",    "gelu",  "relu",
                                    "tanh",          "quant", "sigmoid", "rsqrt", "exp",
                                    "log",           "norm",  "topk",    "max",   "amax"};
  for (const WeightDecl& weight : scenario.weights) names.push_back(weight.name);
  for (const Layout& input : scenario.inputs) names.push_back(input.name);
  for (const Variant& variant : scenario.variants) {
    for (const WeightDecl& weight : variant.weights) names.push_back(weight.name);
  }
  return names;
}

/// Reads `double_reduce(shared, experts) when tp > 1`. Class and branches are words and not an
/// expression: what a verdict may say must not grow with the language of programs.
class VerdictReader {
 public:
  VerdictReader(const SourceText& source, const std::vector<std::string>& branches,
                Diagnostics& diagnostics)
      : source_(source), text_(source.text), branches_(branches), diagnostics_(diagnostics) {}

  std::optional<ExpectedVerdict> run() {
    skip_blank();
    ExpectedVerdict result{here(), word(), {}, Expr{ExprKind::absent}};
    if (!known(result)) return std::nullopt;
    if (take('(') && !read_branches(result)) return std::nullopt;
    skip_blank();
    if (at_ == text_.size()) return result;
    const Position rest = here();
    if (word() != "when") {
      diagnostics_.error(rest, "after the class there may only be `when` and a condition",
                         "for example `double_reduce(shared) when tp > 1`");
      return std::nullopt;
    }
    skip_blank();
    if (at_ == text_.size()) {
      diagnostics_.error(here(), "a condition is missing after `when`", "for example `tp > 1`");
      return std::nullopt;
    }
    result.when = read_expression(part(source_, at_), diagnostics_);
    return result;
  }

 private:
  [[nodiscard]] Position here() const { return part(source_, at_).start; }

  void skip_blank() { at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size()); }

  bool take(char c) {
    skip_blank();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (continues_name(text_[at_]) || text_[at_] == '.')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  bool known(const ExpectedVerdict& result) {
    if (result.verdict.empty()) {
      diagnostics_.error(result.at, "wanted `holds` or the class of a defect",
                         "for example `double_reduce(shared) when tp > 1`");
      return false;
    }
    if (std::ranges::find(verdicts(), result.verdict) != verdicts().end()) return true;
    std::string hint = did_you_mean(result.verdict, verdicts());
    if (hint.empty()) hint = "wanted `holds` or the id of a class, such as `missing_reduce`";
    diagnostics_.error(result.at, fmt::format("unknown class {}", back_quoted(result.verdict)),
                       std::move(hint));
    return false;
  }

  bool read_branches(ExpectedVerdict& result) {
    if (result.verdict == "holds") {
      diagnostics_.error(here(), "`holds` has no branches", "write `holds` alone");
      return false;
    }
    do {
      skip_blank();
      const Position place = here();
      std::string name = word();
      if (name.empty()) {
        diagnostics_.error(place, "wanted the name of a weight or an input");
        return false;
      }
      if (!branches_.empty() && std::ranges::find(branches_, name) == branches_.end()) {
        diagnostics_.error(place, fmt::format("{} is no weight and no input", back_quoted(name)),
                           did_you_mean(name, branches_));
      }
      result.branches.push_back(std::move(name));
    } while (take(','));
    if (take(')')) return true;
    diagnostics_.error(here(), "wanted `,` or `)` after a branch");
    return false;
  }

  const SourceText& source_;
  std::string_view text_;
  const std::vector<std::string>& branches_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

void read_verdict(const TomlNode& node, const std::string& path,
                  const std::vector<std::string>& branches, Expectation& into,
                  Diagnostics& diagnostics) {
  if (!expect_kind(node, Kind::text, path, "a string or a list of strings",
                   "buggy = \"double_reduce(shared) when tp > 1\"", diagnostics)) {
    return;
  }
  auto verdict = VerdictReader(node.text, branches, diagnostics).run();
  if (verdict) into.verdicts.push_back(std::move(*verdict));
}

}  // namespace

void read_expectations(const TomlNode& table, Reading& reading) {
  Diagnostics& diagnostics = reading.diagnostics;
  const std::vector<std::string> branches = branches_of(reading);
  std::vector<std::string> variants;
  for (const Variant& variant : reading.scenario.variants) variants.push_back(variant.name);
  for (const TomlNode& child :
       named_children(&table, "expect", "expect = { fixed = \"holds\" }", diagnostics)) {
    const std::string path = "expect." + child.key;
    if (std::ranges::find(variants, child.key) == variants.end()) {
      diagnostics.error(child.key_at, fmt::format("there is no variant {}", back_quoted(child.key)),
                        did_you_mean(child.key, variants));
    }
    Expectation result{child.key, child.key_at, {}};
    if (child.kind != Kind::array) {
      read_verdict(child, path, branches, result, diagnostics);
    } else if (child.children.empty() || child.children.size() > FrameLimits::names) {
      diagnostics.error(child.at,
                        fmt::format("{} has {} entries; wanted 1 to {}", back_quoted(path),
                                    child.children.size(), FrameLimits::names));
    } else {
      for (const TomlNode& item : child.children) {
        read_verdict(item, path, branches, result, diagnostics);
      }
    }
    reading.scenario.expectations.push_back(std::move(result));
  }
}

}  // namespace reducecheck
