// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/replayed.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/order/describe.hpp"

namespace reducecheck::diagnosing {
namespace {

using Join = Realisation::Join;
using Scaling = Realisation::Scaling;

constexpr std::size_t few = 16;      // elements that most wrong ways do not survive
constexpr std::size_t block = 4096;  // elements at a time

template <Format F>
class FormatReplayer final : public Replayer {
  using Encoding = EncodingOf<F>;
  using Elements = std::vector<Encoding>;

 public:
  explicit FormatReplayer(const Case& one) : one_(one) {
    for (const std::vector<float>& share : one.shares) shares_.push_back(encoded(share));
    for (const std::vector<float>& output : one.outputs) outputs_.push_back(encoded(output));
    outputs_of_groups_ = different_outputs(one);
  }

  std::optional<Realisation> find(const Faults& faults, OrderBook& order) override {
    order_ = &order;
    way_ = nullptr;
    deliveries_.clear();
    bool alike = true;  // all ranks of a group should have the same
    for (std::size_t t = 0; t < one_.terms.size(); ++t) {
      const Delivery& delivered = deliveries_.emplace_back(delivery(one_, faults, t));
      alike = alike && (one_.terms[t].addend || delivered.over == one_.group);
    }
    const OrderBook::Entry* entry = order.of(one_.ranks->size_of(one_.group));
    if (entry == nullptr) return std::nullopt;
    alike = alike && entry->ranks_agree;
    std::vector<int> ranks = outputs_of_groups_;
    if (!alike) {
      ranks.clear();
      for (int rank = 0; rank < one_.ranks->count(); ++rank) ranks.push_back(rank);
    }
    for (const Realisation& way : realisations(one_, faults)) {
      if (gives(way, ranks)) return way;
    }
    return std::nullopt;
  }

 private:
  static Elements encoded(const std::vector<float>& values) {
    Elements elements;
    elements.reserve(values.size());
    for (const float x : values) elements.push_back(static_cast<Encoding>(round_to<F>(x)));
    return elements;
  }

  bool gives(const Realisation& way, const std::vector<int>& ranks) {
    const std::size_t quick = std::min(few, one_.elements);
    for (const int rank : {ranks.front(), ranks.back()}) {
      if (!gives(way, rank, 0, quick)) return false;
    }
    for (std::size_t first = 0; first < one_.elements; first += block) {
      const std::size_t count = std::min(block, one_.elements - first);
      for (const int rank : ranks) {
        if (!gives(way, rank, first, count)) return false;
      }
    }
    return true;
  }

  bool gives(const Realisation& way, int rank, std::size_t first, std::size_t count) {
    if (way_ != &way || first_ != first || count_ != count) sums_.clear();
    way_ = &way;
    first_ = first;
    count_ = count;
    failed_ = false;
    Elements sum;
    for (const int b : way.order) {
      const Elements* part = sum_of(static_cast<std::size_t>(b), rank);
      if (failed_) return false;
      if (part != nullptr) add(sum, *part);
    }
    if (sum.empty()) sum.assign(count, 0);
    if (way.scaling == Scaling::output) scale(sum, deliveries_.front().factor);
    const Elements& found = outputs_[static_cast<std::size_t>(rank)];
    for (std::size_t i = 0; i < count; ++i) {
      const Encoding seen = found[first + i];
      if (sum[i] == seen) continue;
      if (!std::isnan(widen<F>(sum[i])) || !std::isnan(widen<F>(seen))) return false;
    }
    return true;
  }

  static void add(Elements& sum, const Elements& other) {
    if (sum.empty()) {
      sum = other;
      return;
    }
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] = static_cast<Encoding>(add_in<F>(sum[i], other[i]));
    }
  }

  /// One rounding of the product, as libraries scale: by the factor in binary32, or by a division.
  static void scale(Elements& values, const Fraction& factor) {
    const auto divisor = static_cast<float>(factor.denominator());
    const auto multiplier = static_cast<float>(static_cast<double>(factor.numerator()) /
                                               static_cast<double>(factor.denominator()));
    for (Encoding& value : values) {
      const float x = widen<F>(value);
      const float scaled = factor.numerator() == 1 ? x / divisor : x * multiplier;
      value = static_cast<Encoding>(round_to<F>(scaled));
    }
  }

  /// What `rank` gets of a block; nullptr where it has no terms.
  const Elements* sum_of(std::size_t b, int rank) {
    const auto& one = way_->blocks[b];
    const int key = summed_alike(one.over) && summed_alike(one.again) && one.over != 0
                        ? one_.ranks->members(one.over | one.again, rank).front()
                        : rank;
    const auto found = sums_.find({b, key});
    if (found != sums_.end()) return found->second.empty() ? nullptr : &found->second;
    Elements sum = reduced(one.over, rank, [&](int member) { return local(one, member); });
    if (one.again != 0 && !sum.empty()) {
      sum = reduced(one.again, rank, [&](int through) {
        return reduced(one.over, through, [&](int member) { return local(one, member); });
      });
    }
    const auto& first = one.items.front();
    if (way_->scaling == Scaling::sums && !sum.empty()) {
      scale_if(sum, deliveries_[static_cast<std::size_t>(first.term)].factor);
    }
    const Elements& kept = sums_[{b, key}] = std::move(sum);
    return kept.empty() ? nullptr : &kept;
  }

  /// Whether the ranks of a sum over that set get the same bits.
  bool summed_alike(AxisSet set) {
    if (set == 0) return true;
    const OrderBook::Entry* const entry = order_->of(one_.ranks->size_of(set));
    return entry == nullptr || entry->ranks_agree;
  }

  static void scale_if(Elements& values, const Fraction& factor) {
    if (!(factor == Fraction(1))) scale(values, factor);
  }

  /// The sum over `set` of what `of` gives for each member; empty where no member has anything.
  template <class Of>
  Elements reduced(AxisSet set, int rank, const Of& of) {
    if (set == 0) return of(rank);
    const std::vector<int>& members = one_.ranks->members(set, rank);
    const OrderBook::Entry* const entry = order_->of(static_cast<std::int64_t>(members.size()));
    if (entry == nullptr) {
      failed_ = true;
      return {};
    }
    std::vector<Elements> operands;
    std::vector<const Encoding*> inputs;
    bool any = false;
    for (const int member : members) {
      operands.push_back(of(member));
      if (failed_) return {};
      any = any || !operands.back().empty();
    }
    if (!any) return {};
    for (Elements& operand : operands) {
      if (operand.empty()) operand.assign(count_, 0);
      inputs.push_back(operand.data());
    }
    const auto place = std::ranges::find(members, rank) - members.begin();
    Elements sum(count_);
    entry->replay->sum(static_cast<int>(place), first_, count_, inputs.data(), sum.data());
    return sum;
  }

  /// What a rank puts into a block.
  Elements local(const Realisation::Block& from, int rank) {
    Elements sum;
    for (const Realisation::Item& item : from.items) {
      const Elements operand = item_of(from, item, rank);
      if (!operand.empty()) add(sum, operand);
    }
    return sum;
  }

  Elements item_of(const Realisation::Block& from, const Realisation::Item& item, int rank) {
    const auto t = static_cast<std::size_t>(item.term);
    const Delivery& delivered = deliveries_[t];
    if (delivered.factor == Fraction(0)) return {};
    if (item.join == Join::summed_first) {
      return reduced(delivered.over, rank, [&](int member) { return share(t, member); });
    }
    if (item.join == Join::first_only && one_.ranks->members(from.over, rank).front() != rank) {
      return {};
    }
    Elements own = share(t, rank);
    if (item.join == Join::divided) scale(own, Fraction(1, one_.ranks->size_of(from.over)));
    return own;
  }

  Elements share(std::size_t term, int rank) {
    const Delivery& delivered = deliveries_[term];
    const int times = delivered.times[static_cast<std::size_t>(rank)];
    if (times == 0) return {};
    const Elements& whole = shares_[term * one_.ranks->size() + static_cast<std::size_t>(rank)];
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(first_);
    Elements own(begin, begin + static_cast<std::ptrdiff_t>(count_));
    if (way_->scaling == Scaling::shares) scale_if(own, delivered.factor);
    const Elements once = own;
    for (int more = 1; more < times; ++more) add(own, once);
    return own;
  }

  const Case& one_;
  std::vector<Elements> shares_;
  std::vector<Elements> outputs_;
  std::vector<int> outputs_of_groups_;  // ranks with different ones
  OrderBook* order_ = nullptr;
  std::vector<Delivery> deliveries_;
  const Realisation* way_ = nullptr;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  bool failed_ = false;
  std::map<std::pair<std::size_t, int>, Elements> sums_;  // of blocks, by group
};

}  // namespace

OrderBook::OrderBook(std::string name, std::map<std::string, std::string> settings,
                     std::size_t elements, Format format)
    : name_(std::move(name)),
      settings_(std::move(settings)),
      elements_(elements),
      format_(format) {}

const OrderBook::Entry* OrderBook::of(std::int64_t ranks) {
  const auto found = entries_.find(ranks);
  if (found != entries_.end()) return found->second.get();
  std::unique_ptr<Entry>& entry = entries_[ranks];
  MadeOrder made = make_order(name_, {elements_, static_cast<int>(ranks), format_, settings_});
  if (!made.order) {
    refusal_ = made.refusal;
    return nullptr;
  }
  entry = std::make_unique<Entry>();
  entry->order = std::move(*made.order);
  entry->replay = std::make_unique<OrderReplay>(entry->order);
  entry->ranks_agree = ranks_agree(entry->order);
  return entry.get();
}

std::unique_ptr<Replayer> make_replayer(const Case& one) {
  switch (one.format) {
    case Format::fp32: return std::make_unique<FormatReplayer<Format::fp32>>(one);
    case Format::bf16: return std::make_unique<FormatReplayer<Format::bf16>>(one);
    case Format::fp16: return std::make_unique<FormatReplayer<Format::fp16>>(one);
    case Format::fp8_e4m3: return std::make_unique<FormatReplayer<Format::fp8_e4m3>>(one);
    case Format::fp8_e5m2: return std::make_unique<FormatReplayer<Format::fp8_e5m2>>(one);
  }
  return nullptr;
}

}  // namespace reducecheck::diagnosing
