// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/coefficient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

/// Field elements back to small rationals: the coefficients of wrong programs are group sizes,
/// their inverses, and powers of declared scalars.
class Decoder {
 public:
  explicit Decoder(const std::map<int, std::uint64_t>& scalars) : scalars_(scalars) {}

  Coefficient decode(std::uint64_t x) {
    const auto known = known_.find(x);
    if (known != known_.end()) return known->second;
    return known_[x] = search(x);
  }

 private:
  static constexpr std::int64_t largest = 4'096;  // of a numerator or denominator

  static std::optional<Fraction> small(std::uint64_t x) {
    std::uint64_t multiple = 0;
    for (std::int64_t d = 1; d <= largest; ++d) {
      multiple = Prime::add(multiple, x);
      if (multiple <= largest) return Fraction(static_cast<std::int64_t>(multiple), d);
      if (Prime::modulus - multiple <= largest) {
        return Fraction(-static_cast<std::int64_t>(Prime::modulus - multiple), d);
      }
    }
    return std::nullopt;
  }

  Coefficient search(std::uint64_t x) const {
    if (const auto value = small(x)) return {Coefficient::Kind::number, *value};
    for (const auto& [source, scalar] : scalars_) {
      std::uint64_t up = x;
      std::uint64_t down = x;
      for (int power = 1; power <= 3; ++power) {
        up = Prime::divide(up, scalar);
        down = Prime::multiply(down, scalar);
        if (const auto v = small(up)) return {Coefficient::Kind::number, *v, source, power};
        if (const auto v = small(down)) return {Coefficient::Kind::number, *v, source, -power};
      }
    }
    return {Coefficient::Kind::unknown};
  }

  const std::map<int, std::uint64_t>& scalars_;
  std::map<std::uint64_t, Coefficient> known_;
};

/// Collects the ratios of one addend over rows and features.
class Ratio {
 public:
  void add(std::uint64_t actual, std::uint64_t expected) {
    if (expected == 0) {
      foreign_ = foreign_ || actual != 0;
      return;
    }
    if (actual == 0) {
      zero_ = true;
    } else if (actual == expected) {
      one_ = true;
    } else if (!other_) {
      other_ = Prime::divide(actual, expected);
    } else if (Prime::multiply(*other_, expected) != actual) {
      varies_ = true;
    }
  }

  [[nodiscard]] Coefficient result(Decoder& decoder) const {
    if (foreign_) return {Coefficient::Kind::foreign};
    if (varies_ || (other_ && (zero_ || one_))) return {Coefficient::Kind::unknown};
    if (other_) return decoder.decode(*other_);
    if (zero_ && one_) return {Coefficient::Kind::partly};
    return {Coefficient::Kind::number, zero_ ? 0 : 1};
  }

 private:
  bool foreign_ = false;
  bool zero_ = false;
  bool one_ = false;
  bool varies_ = false;
  std::optional<std::uint64_t> other_;
};

class Reader {
 public:
  Reader(const Plan& plan, const TangentRun& tangents)
      : plan_(plan), tangents_(tangents), decoder_(tangents.scalars()) {}

  CoefficientReading read(const Consumer& consumer, int reference) {
    CoefficientReading reading;
    index_rows(reference);
    const std::size_t count = consumer.values.size();
    const std::size_t stride = (count + most_values - 1) / most_values;
    for (std::size_t v = 0; v < count; v += stride) {
      const WrongValue& wrong = consumer.values[v];
      if (!wrong.comparable && value(wrong.value).width != value(reference).width) continue;
      std::vector<std::pair<int, Coefficient>> all;
      for (const auto& [addend, ratio] : ratios(wrong, reference)) {
        all.emplace_back(addend, ratio.result(decoder_));
      }
      if (is_free_of_scale(consumer)) take_out_common(all);
      for (const auto& [addend, c] : all) {
        if (!c.is(0)) reading.present.insert(addend);
        if (!c.is(1)) reading.wrong.push_back({static_cast<int>(v), addend, c});
      }
    }
    std::ranges::sort(reading.wrong, {}, [](const Observation& o) {
      return std::pair{o.addend, o.value};
    });
    return reading;
  }

 private:
  [[nodiscard]] bool is_free_of_scale(const Consumer& consumer) const {
    if (!plan_.scale_free_norm || consumer.step < 0) return false;
    return plan_.steps[static_cast<std::size_t>(consumer.step)].kind == StepKind::norm;
  }

  /// Whether a norm that is free of scale does not see the factor.
  [[nodiscard]] bool is_positive(const Coefficient& c) const {
    if (c.kind != Coefficient::Kind::number || !(Fraction(0) < c.value)) return false;
    return c.power == 0 || plan_.sources[static_cast<std::size_t>(c.scalar)].positive;
  }

  /// The factor that most weights and inputs have in common, 1 before others, is none.
  void take_out_common(std::vector<std::pair<int, Coefficient>>& all) const {
    std::vector<std::pair<Coefficient, std::set<int>>> sources;
    for (const auto& [addend, c] : all) {
      const int source = tangents_.addend(addend).source;
      if (!is_positive(c) || tangents_.source(source).kind == WeightKind::scalar) continue;
      const Coefficient& wanted = c;
      const auto known =
          std::ranges::find(sources, wanted, &std::pair<Coefficient, std::set<int>>::first);
      (known == sources.end() ? sources.emplace_back(c, std::set<int>{}) : *known)
          .second.insert(source);
    }
    if (sources.empty()) return;
    const auto order = [](const auto& entry) {
      return std::pair{entry.second.size(), entry.first.is(1)};
    };
    const Coefficient common = std::ranges::max_element(sources, {}, order)->first;
    for (auto& [addend, c] : all) c = over(c, common);
  }

  /// c over a positive coefficient.
  static Coefficient over(const Coefficient& c, const Coefficient& common) {
    if (c.kind != Coefficient::Kind::number || c.value == Fraction(0)) return c;
    if (c.power != 0 && common.power != 0 && c.scalar != common.scalar) {
      return {Coefficient::Kind::unknown};
    }
    const int power = c.power - common.power;
    const int scalar = c.power != 0 ? c.scalar : common.scalar;
    return {Coefficient::Kind::number, c.value / common.value, power == 0 ? -1 : scalar, power};
  }

  [[nodiscard]] const PlanValue& value(int id) const {
    return plan_.values[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] const std::vector<RowTag>& tags(int id) const {
    return plan_.tag_lists[static_cast<std::size_t>(value(id).tags)];
  }

  void index_rows(int reference) {
    rows_.clear();
    const auto& all = tags(reference);
    for (std::size_t i = 0; i < all.size(); ++i) {
      rows_.try_emplace({all[i].owner, all[i].index}, static_cast<int>(i));
    }
  }

  /// For each wrong row of the value its row in the reference, -1 where it is not compared.
  [[nodiscard]] std::vector<int> partners(const WrongValue& wrong) const {
    std::vector<int> partner(static_cast<std::size_t>(value(wrong.value).rows), -1);
    for (const int row : wrong.rows) {
      const auto r = static_cast<std::size_t>(row);
      const RowTag& tag = wrong.required.empty() ? tags(wrong.value)[r] : wrong.required.at(r);
      const auto found = rows_.find({tag.owner, tag.index});
      if (found != rows_.end() && tag.kind != RowTag::Kind::mixed) partner[r] = found->second;
    }
    return partner;
  }

  std::map<int, Ratio> ratios(const WrongValue& wrong, int reference) const {
    std::map<int, Ratio> ratios;
    const Tangent& actual = tangents_.of(wrong.value);
    const Tangent& expected = tangents_.of(reference);
    const std::vector<int> partner = partners(wrong);
    const auto column = static_cast<std::size_t>(wrong.comparable ? wrong.column : 0);
    const auto width = static_cast<std::size_t>(value(wrong.value).width);
    const auto compare = [&](int addend, std::span<const std::uint64_t> a,
                             std::span<const std::uint64_t> b) {
      Ratio& ratio = ratios[addend];
      for (std::size_t j = 0; j < width && (b.empty() || j + column < b.size()); ++j) {
        ratio.add(a.empty() ? 0 : a[j], b.empty() ? 0 : b[j + column]);
      }
    };
    for (std::size_t i = 0; i < actual.terms.size(); ++i) {
      const auto [addend, row] = actual.terms[i];
      const int other = partner[static_cast<std::size_t>(row)];
      if (other >= 0) compare(addend, actual.part(i), expected.find(addend, other));
    }
    std::map<int, int> back;  // from the reference's rows
    for (std::size_t r = 0; r < partner.size(); ++r) {
      if (partner[r] >= 0) back[partner[r]] = static_cast<int>(r);
    }
    for (std::size_t i = 0; i < expected.terms.size(); ++i) {
      const auto [addend, row] = expected.terms[i];
      const auto mine = back.find(row);
      if (mine != back.end() && actual.find(addend, mine->second).empty()) {
        compare(addend, {}, expected.part(i));
      }
    }
    return ratios;
  }

  const Plan& plan_;
  const TangentRun& tangents_;
  Decoder decoder_;
  std::map<std::pair<int, int>, int> rows_;
};

}  // namespace

CoefficientReading read_coefficients(const Plan& plan, const TangentRun& tangents,
                                     const Consumer& consumer, int section) {
  Reader reader(plan, tangents);
  std::optional<CoefficientReading> best;
  std::tuple<long, bool, long> best_cost;
  for (std::size_t i = 0; i < consumer.reference.size(); ++i) {
    CoefficientReading reading = reader.read(consumer, consumer.reference[i]);
    const auto foreign = std::ranges::count_if(reading.wrong, [](const Observation& o) {
      return o.coefficient.kind == Coefficient::Kind::foreign;
    });
    const std::tuple<long, bool, long> cost{foreign, consumer.reference_sections[i] != section,
                                            static_cast<long>(reading.wrong.size())};
    if (best && !(cost < best_cost)) continue;
    best = std::move(reading);
    best_cost = cost;
  }
  return best.value_or(CoefficientReading{});
}

std::string show(const Coefficient& c, const Plan& plan) {
  switch (c.kind) {
    case Coefficient::Kind::partly: return "partly";
    case Coefficient::Kind::foreign: return "foreign";
    case Coefficient::Kind::unknown: return "?";
    case Coefficient::Kind::number: break;
  }
  if (c.power == 0) return to_string(c.value);
  const std::string& name = plan.sources[static_cast<std::size_t>(c.scalar)].name;
  const std::string factor = c.power == 1 ? name : fmt::format("{}^{}", name, c.power);
  return c.value == Fraction(1) ? factor : fmt::format("{} * {}", to_string(c.value), factor);
}

}  // namespace reducecheck
