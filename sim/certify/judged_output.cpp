// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/judged_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "sim/certify/order_bounds.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t elements_a_block = 4096;

/// The bounds of one version, and what it is compared with on the way.
struct Bounds {
  std::optional<SumOrder> order;
  std::unique_ptr<OrderBounds> known;  // over `order`
  FamilyBound family;
  std::vector<double> of_block;
  std::vector<std::int64_t> replayed;  // by chain
};

/// Partial sums and addends of one process group, decoded block by block.
struct Leaves {
  std::vector<const DumpTensor*> tensors;
  std::vector<std::vector<float>> numbers;
  std::vector<const float*> pointers;
};

void decode(const DumpTensor& tensor, std::size_t first, std::size_t count,
            std::vector<float>& numbers) {
  numbers.resize(count);
  const Format format = *format_of(tensor.type);
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] = widen(format, static_cast<std::uint32_t>(encoding(tensor, first + i)));
  }
}

class PartialsJudge {
 public:
  PartialsJudge(const std::vector<ComparedTensors>& tensors, const CertifiedVersion& partials,
                const DumpName& name, OutputCertificate& output)
      : tensors_(tensors), partials_(partials), name_(name), output_(output) {}

  std::string run(const CertifyOptions& options) {
    const DumpTensor& first = *tensors_.front().left;
    shape_ = {*format_of(first.type), static_cast<int>(output_.group_ranks),
              static_cast<int>(output_.branches.size()), static_cast<int>(output_.addends.size())};
    std::string refusal;
    for (const bool left : {true, false}) {
      refusal = prepare(options, first.elements(), left ? output_.left : output_.right,
                        left ? left_ : right_);
      if (!refusal.empty()) return refusal;
    }
    const Mesh mesh = mesh_of(partials_.dump);
    const Group group = group_of(partials_.dump);
    std::set<int> done;
    for (const ComparedTensors& one : tensors_) {
      const std::vector<int> members = group_members(mesh, group, one.rank);
      if (done.insert(members.front()).second) judge_group(members);
    }
    output_.report = judge_.report();
    take_replays(output_.left, left_);
    take_replays(output_.right, right_);
    if (left_.known || right_.known) output_.any_order = any_order_.report();
    return "";
  }

 private:
  /// Whether the order of a version can be used for a bound; a sentence where it was asked for and
  /// cannot be made.
  std::string prepare(const CertifyOptions& options, std::size_t count, VersionBound& bound,
                      Bounds& bounds) {
    bounds.of_block.resize(elements_a_block);
    bounds.family = family_bound(SumFamily::any, shape_);
    if (bound.order.empty()) return "";
    OrderRequest request{count, shape_.ranks, shape_.format, {}};
    if (!bound.from_dump) request.settings = options.settings;
    MadeOrder made = make_order(bound.order, request);
    const OrderFacts* facts = find_order(bound.order);
    if (facts != nullptr && facts->reduce_scatter) {
      made = {std::nullopt, fmt::format("`{}` is an order of reduce_scatter", bound.order)};
    }
    if (!made.order && !bound.from_dump) return made.refusal;
    if (!made.order) {
      bound.not_used = made.refusal;
    } else if (shape_.addends > 0) {
      bound.not_used = "where addends are added is not part of it";
    } else if (shape_.branches > most_chained_branches) {
      bound.not_used =
          fmt::format("it is followed through {} branches at most", most_chained_branches);
    } else {
      bounds.order = std::move(made.order);
      bounds.known = std::make_unique<OrderBounds>(*bounds.order, shape_.branches);
      bounds.replayed.resize(bounds.known->chains().size());
    }
    return "";
  }

  void judge_group(const std::vector<int>& members) {
    Leaves leaves;
    leaves.tensors = leaf_tensors(members);
    leaves.numbers.resize(leaves.tensors.size());
    leaves.pointers.resize(leaves.tensors.size());
    const std::size_t count = tensors_.front().left->elements();
    for (std::size_t first = 0; first < count; first += elements_a_block) {
      const std::size_t n = std::min(elements_a_block, count - first);
      for (std::size_t l = 0; l < leaves.tensors.size(); ++l) {
        decode(*leaves.tensors[l], first, n, leaves.numbers[l]);
        leaves.pointers[l] = leaves.numbers[l].data();
      }
      for (const ComparedTensors& one : tensors_) {
        const auto place = std::ranges::find(members, one.rank);
        if (place == members.end()) continue;
        judge_block(one, static_cast<int>(place - members.begin()), leaves, first, n);
      }
    }
  }

  void judge_block(const ComparedTensors& one, int member, const Leaves& leaves, std::size_t first,
                   std::size_t count) {
    decode(*one.left, first, count, left_numbers_);
    decode(*one.right, first, count, right_numbers_);
    take_bounds(left_, left_numbers_, member, leaves, first, count);
    take_bounds(right_, right_numbers_, member, leaves, first, count);
    ComparedBlock compared{leaves.pointers,
                           count,
                           left_numbers_.data(),
                           right_numbers_.data(),
                           left_.of_block.data(),
                           right_.of_block.data(),
                           first,
                           one.rank};
    judge_.judge(compared);
    if (!left_.known && !right_.known) return;
    family_bounds(left_.family, shape_.format, leaves.pointers, count, left_.of_block.data());
    compared.right_bounds = compared.left_bounds;
    any_order_.judge(compared);
  }

  void take_bounds(Bounds& bounds, const std::vector<float>& numbers, int member,
                   const Leaves& leaves, std::size_t first, std::size_t count) const {
    if (!bounds.known) {
      family_bounds(bounds.family, shape_.format, leaves.pointers, count, bounds.of_block.data());
      return;
    }
    bounds.known->run(member, first, leaves.pointers, count, bounds.of_block);
    for (std::size_t chain = 0; chain < bounds.replayed.size(); ++chain) {
      const std::span<const float> values = bounds.known->values(chain);
      for (std::size_t i = 0; i < count; ++i) bounds.replayed[chain] += values[i] == numbers[i];
    }
  }

  void take_replays(VersionBound& bound, const Bounds& bounds) const {
    for (std::size_t chain = 0; chain < bounds.replayed.size(); ++chain) {
      bound.replays.push_back(
          {chain_text(bounds.known->chains()[chain], output_.branches), bounds.replayed[chain]});
    }
    std::ranges::stable_sort(bound.replays, std::ranges::greater(), &ReplayedShare::elements);
  }

  /// Branch after branch in the order of the members, then the addends, which all hold alike.
  [[nodiscard]] std::vector<const DumpTensor*> leaf_tensors(const std::vector<int>& members) const {
    std::vector<const DumpTensor*> tensors;
    const auto take = [&](DumpKind kind, const std::string& name, int rank) {
      tensors.push_back(tensor_of(partials_, rank, to_string(DumpName{name_.scope, kind, name})));
    };
    for (const std::string& branch : output_.branches) {
      for (const int member : members) take(DumpKind::partial, branch, member);
    }
    for (const std::string& addend : output_.addends) {
      take(DumpKind::addend, addend, members.front());
    }
    return tensors;
  }

  const std::vector<ComparedTensors>& tensors_;
  const CertifiedVersion& partials_;
  const DumpName& name_;
  OutputCertificate& output_;
  SumShape shape_;
  Bounds left_;
  Bounds right_;
  std::vector<float> left_numbers_;
  std::vector<float> right_numbers_;
  RoundingJudge judge_;
  RoundingJudge any_order_;
};

}  // namespace

const DumpTensor* tensor_of(const CertifiedVersion& version, int rank, const std::string& name) {
  const std::size_t place = version.only_rank ? 0 : static_cast<std::size_t>(rank);
  if (version.only_rank.value_or(rank) != rank || place >= version.dump.ranks.size())
    return nullptr;
  const auto& tensors = version.dump.ranks[place].tensors;
  const auto found = tensors.find(name);
  return found == tensors.end() ? nullptr : &found->second;
}

std::string judge_by_partials(const std::vector<ComparedTensors>& tensors,
                              const CertifiedVersion& partials, const DumpName& name,
                              const CertifyOptions& options, OutputCertificate& output) {
  return PartialsJudge(tensors, partials, name, output).run(options);
}

}  // namespace reducecheck
