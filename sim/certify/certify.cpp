// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/certify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"
#include "sim/certify/judged_output.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

using Names = std::vector<std::string>;

std::string shape_text(const DumpTensor& tensor) {
  return fmt::format("{} [{}]", spelling(tensor.type), fmt::join(tensor.shape, ", "));
}

/// The tensors of a kind of a version, on any rank.
Names names_of(const CertifiedVersion& version, DumpKind kind) {
  std::set<std::string> names;
  for (const TensorFile& file : version.dump.ranks) {
    for (const auto& [text, tensor] : file.tensors) {
      const std::optional<DumpName> name = parse_dump_name(text);
      if (name && name->kind == kind) names.insert(text);
    }
  }
  return {names.begin(), names.end()};
}

Names without(const Names& names, const Names& others) {
  Names left;
  std::ranges::set_difference(names, others, std::back_inserter(left));
  return left;
}

class Certifier {
 public:
  Certifier(const CertifiedVersion& left, const CertifiedVersion& right,
            const CertifiedVersion* partials, const CertifyOptions& options, Names& errors)
      : left_(left), right_(right), partials_(partials), options_(options), errors_(errors) {}

  std::optional<CertifyReport> run() {
    const std::size_t before = errors_.size();
    check_ranks();
    check_order();
    const Names left = names_of(left_, DumpKind::output);
    const Names right = names_of(right_, DumpKind::output);
    CertifyReport report;
    report.only_left = without(left, right);
    report.only_right = without(right, left);
    const Names both = without(left, report.only_left);
    if (both.empty()) no_output(left, right);
    for (const std::string& name : both) {
      if (errors_.size() > before) break;
      certify_output(name, report);
    }
    if (errors_.size() > before) return std::nullopt;
    return report;
  }

 private:
  void error(const std::string& path, const std::string& sentence) {
    errors_.push_back(fmt::format("{}: error: {}", printable(path), printable(sentence)));
  }

  void check_ranks() {
    const CertifiedVersion* first = nullptr;  // of the dumps
    for (const CertifiedVersion* one : {&left_, &right_, partials_}) {
      if (one == nullptr || one->only_rank) continue;
      if (first == nullptr) first = one;
      if (one->dump.ranks.size() == first->dump.ranks.size()) continue;
      error(one->path, fmt::format("{} ranks: expected {}, as in {}", one->dump.ranks.size(),
                                   first->dump.ranks.size(), first->path));
    }
    for (const CertifiedVersion* one : {&left_, &right_}) {
      if (!one->only_rank || first == nullptr) continue;
      if (static_cast<std::size_t>(*one->only_rank) < first->dump.ranks.size()) continue;
      error(one->path, fmt::format("the file of rank {}: expected one of the {} ranks of {}",
                                   *one->only_rank, first->dump.ranks.size(), first->path));
    }
  }

  void check_order() {
    if (options_.order.empty() || find_order(options_.order) != nullptr) return;
    Names known;
    for (const OrderFacts& facts : known_orders()) known.push_back(facts.name);
    const std::string meant = did_you_mean(options_.order, known);
    errors_.push_back(fmt::format("error: unknown order `{}`; {}orders: {}",
                                  printable(options_.order), meant.empty() ? "" : meant + " ",
                                  fmt::join(known, ", ")));
  }

  void no_output(const Names& left, const Names& right) {
    const auto some = [](const Names& names) {
      const std::size_t shown = std::min<std::size_t>(names.size(), 4);
      return names.empty()
                 ? std::string("none")
                 : fmt::format(
                       "`{}`{}",
                       fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown),
                                 "`, `"),
                       names.size() > shown ? ", .." : "");
    };
    error(right_.path, fmt::format("no output in common with {}; expected tensors named "
                                   "`SCOPE/output/NAME`; outputs here: {}; there: {}",
                                   left_.path, some(right), some(left)));
  }

  /// The tensors that both versions have of that name; fewer after an error.
  std::vector<ComparedTensors> tensors_named(const std::string& name) {
    std::vector<ComparedTensors> tensors;
    const std::size_t ranks = std::max(left_.dump.ranks.size(), right_.dump.ranks.size());
    const int first = left_.only_rank.value_or(right_.only_rank.value_or(0));
    for (std::size_t r = 0; r < ranks; ++r) {
      const int rank = first + static_cast<int>(r);
      const ComparedTensors one{rank, tensor_of(left_, rank, name), tensor_of(right_, rank, name)};
      if (one.left == nullptr || one.right == nullptr) continue;
      const bool fits = one.left->type == one.right->type && one.left->shape == one.right->shape;
      if (!fits) {
        error(right_.path, fmt::format("`{}` of rank {} is {}: expected {}, as in {}", name, rank,
                                       shape_text(*one.right), shape_text(*one.left), left_.path));
        return {};
      }
      tensors.push_back(one);
    }
    if (tensors.empty()) {
      error(right_.path, fmt::format("`{}`: no rank in common with {}", name, left_.path));
    }
    return tensors;
  }

  void certify_output(const std::string& name, CertifyReport& report) {
    const std::vector<ComparedTensors> tensors = tensors_named(name);
    if (tensors.empty()) return;
    const DumpTensor& first = *tensors.front().left;
    OutputCertificate output;
    output.name = name;
    output.type = spelling(first.type);
    output.shape = first.shape;
    for (const ComparedTensors& one : tensors) output.ranks.push_back(one.rank);
    const DumpName parts = *parse_dump_name(name);
    if (partials_ != nullptr) name_operands(parts, first, output);
    output.left = version_bound(left_);
    output.right = version_bound(right_);
    if (partials_ == nullptr) output.reason = "no partial sums are given";
    if (output.reason.empty()) {
      const std::string refusal = judge_by_partials(tensors, *partials_, parts, options_, output);
      if (!refusal.empty()) error(partials_->path, fmt::format("`{}`: {}", name, refusal));
    } else {
      compare_bits(tensors, output);
    }
    report.outputs.push_back(std::move(output));
  }

  [[nodiscard]] VersionBound version_bound(const CertifiedVersion& version) const {
    if (!options_.order.empty()) return {options_.order, false, "", {}};
    return {version.dump.order, !version.dump.order.empty(), "", {}};
  }

  /// Branches, addends and group, or why they cannot be what the output is the sum of.
  void name_operands(const DumpName& name, const DumpTensor& result, OutputCertificate& output) {
    const Mesh mesh = mesh_of(partials_->dump);
    const Group group = group_of(partials_->dump);
    output.group = to_string(mesh, group);
    output.group_ranks = group_size(mesh, group);
    const auto take = [&](DumpKind kind, Names& taken) {
      for (const std::string& text : names_of(*partials_, kind)) {
        const DumpName operand = *parse_dump_name(text);
        if (operand.scope != name.scope) continue;
        taken.push_back(operand.name);
        check_operand(text, result, output);
      }
    };
    take(DumpKind::partial, output.branches);
    take(DumpKind::addend, output.addends);
    if (!format_of(result.type)) {
      output.reason = fmt::format("{} is no format that sums are made in", output.type);
    } else if (output.branches.empty() && output.reason.empty()) {
      output.reason = fmt::format("{} holds no partial sums of that scope", partials_->path);
    }
  }

  void check_operand(const std::string& text, const DumpTensor& result, OutputCertificate& output) {
    for (const int rank : output.ranks) {
      for (const int member :
           group_members(mesh_of(partials_->dump), group_of(partials_->dump), rank)) {
        const DumpTensor* operand = tensor_of(*partials_, member, text);
        if (operand == nullptr) {
          output.reason = fmt::format("rank {} has no `{}`", member, text);
        } else if (operand->shape != result.shape) {
          error(partials_->path,
                fmt::format("`{}` of rank {} is {}: expected {}, as `{}`", text, member,
                            shape_text(*operand), shape_text(result), output.name));
          return;
        } else if (operand->type != result.type) {
          output.reason = fmt::format(
              "`{}` is {} and the output {}: where that is rounded is not "
              "known",
              text, spelling(operand->type), output.type);
        }
      }
    }
  }

  const CertifiedVersion& left_;
  const CertifiedVersion& right_;
  const CertifiedVersion* partials_;
  const CertifyOptions& options_;
  Names& errors_;
};

}  // namespace

std::vector<std::uint64_t> OutputCertificate::place(std::size_t element) const {
  std::vector<std::uint64_t> indices(shape.size());
  for (std::size_t d = indices.size(); d-- > 0;) {
    indices[d] = element % shape[d];
    element /= shape[d];
  }
  return indices;
}

std::int64_t CertifyReport::count(RoundingVerdict verdict) const {
  return std::ranges::count_if(outputs, [verdict](const OutputCertificate& output) {
    return output.report.verdict == verdict;
  });
}

std::optional<CertifyReport> certify(const CertifiedVersion& left, const CertifiedVersion& right,
                                     const CertifiedVersion* partials,
                                     const CertifyOptions& options,
                                     std::vector<std::string>& errors) {
  return Certifier(left, right, partials, options, errors).run();
}

}  // namespace reducecheck
