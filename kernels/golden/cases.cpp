// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/cases.hpp"

#include <array>

#include "kernels/body/contents.hpp"

namespace reducecheck::kernels::golden {
namespace {

struct Extents {
  std::size_t rows;
  std::size_t inner;
  std::size_t columns;

  [[nodiscard]] std::size_t n() const { return rows * columns; }
};

// One element; less than a pack and a warp; whole packs and tiles; more than one tile, with rests.
constexpr Extents small_extents{5, 7, 9};
constexpr std::array<Extents, 4> all_extents = {
    Extents{1, 1, 1}, small_extents, {16, 32, 64}, {65, 33, 70}};
constexpr std::array all_elements = {Element::u64, Element::fp32, Element::bf16, Element::fp16};

/// The number 3 in the type.
std::uint64_t three(Element type) {
  switch (type) {
    case Element::fp32: return Fp32::narrow(3);
    case Element::bf16: return Bf16::narrow(3);
    case Element::fp16: return Fp16::narrow(3);
    case Element::u64: break;
  }
  return 3;
}

/// Numbers in [from, to) by the counter hash.
std::vector<std::int32_t> drawn(std::uint64_t key, std::size_t n, int from, int to) {
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t hash = mixed(mixed(key) + i * weyl_step);
    values.push_back(from + static_cast<int>(hash % static_cast<std::uint64_t>(to - from)));
  }
  return values;
}

/// Places of pairs from the last to the first, some of which went nowhere.
std::vector<std::int32_t> backwards(std::size_t pairs) {
  std::vector<std::int32_t> places;
  for (std::size_t p = 0; p < pairs; ++p) {
    places.push_back(p % 5 == 3 ? -1 : static_cast<std::int32_t>(pairs - 1 - p));
  }
  return places;
}

/// Cases of one type and shape, added to a list.
class CaseFamily {
 public:
  CaseFamily(Element type, const Extents& extents, std::vector<GoldenCase>& cases)
      : type_(type), at_(extents), cases_(cases) {}

  void add_all() {
    add_elementwise();
    add_experts();
    add_rows();
    for (const bool each : {false, true}) {
      add_reductions(each ? Accumulation::each_addition : Accumulation::fp32,
                     each ? "each" : "wide");
    }
  }

 private:
  using Launched = std::function<void(GoldenRun&, void*)>;

  void add(const std::string& kernel, std::size_t elements, Launched launch) {
    add_bytes(kernel, elements * bytes_of(type_), std::move(launch));
  }

  void add_bytes(const std::string& kernel, std::size_t bytes, Launched launch) {
    const std::string shape = std::to_string(at_.rows) + 'x' + std::to_string(at_.inner) + 'x' +
                              std::to_string(at_.columns);
    cases_.push_back(
        {kernel + ' ' + name_of(type_) + ' ' + shape, type_, bytes, std::move(launch)});
  }

  void add_elementwise() {
    const std::size_t n = at_.n();
    const Extents at = at_;
    add("add", n, [n](GoldenRun& run, void* out) {
      kernels::add(run.queue, run.type, out, run.wild(1, n), run.wild(2, n), n, run.rung);
    });
    add("multiply", n, [n](GoldenRun& run, void* out) {
      multiply(run.queue, run.type, out, run.wild(1, n), run.wild(2, n), n);
    });
    add("scale", n, [n](GoldenRun& run, void* out) {
      scale(run.queue, run.type, out, run.wild(1, n), three(run.type), n);
    });
    add("scale_rows", n, [n, at](GoldenRun& run, void* out) {
      scale_rows(run.queue, run.type, out, run.wild(1, n), run.wild(2, at.rows), at.rows,
                 at.columns);
    });
    add("swiglu", n, [n](GoldenRun& run, void* out) {
      swiglu(run.queue, run.type, out, run.wild(1, n), run.tame(2, n), n);
    });
    add("fill", n, [at](GoldenRun& run, void* out) {
      fill(run.queue, run.type, out, {.key = 9, .first_row = 3, .first_column = 5, .shift = 2},
           at.rows, at.columns);
    });
    if (type_ == Element::u64) return;
    add("divide", n, [n](GoldenRun& run, void* out) {
      divide(run.queue, run.type, out, run.wild(1, n), three(run.type), n);
    });
  }

  void add_experts() {
    constexpr std::size_t choices = 2;
    constexpr std::size_t experts = 3;
    const Extents at = at_;
    const std::size_t pairs = at.rows * choices;
    add("linear", at.n(), [at](GoldenRun& run, void* out) {
      linear(run.queue, run.type, out, run.tame(1, at.rows * at.inner),
             run.tame(2, at.inner * at.columns), at.rows, at.inner, at.columns, run.rung);
    });
    add("grouped_linear", at.n(), [at](GoldenRun& run, void* out) {
      const auto rows = static_cast<std::int32_t>(at.rows);
      grouped_linear(run.queue, run.type, out, run.tame(1, at.rows * at.inner),
                     run.tame(2, experts * at.inner * at.columns),
                     run.table({0, rows / 2, rows / 2, rows}), experts, at.rows, at.inner,
                     at.columns, run.rung);
    });
    add("gather_rows", at.n(), [at](GoldenRun& run, void* out) {
      const auto rows = run.table(drawn(3, at.rows, -1, static_cast<int>(at.rows)));
      gather_rows(run.queue, run.type, out, run.wild(1, at.n()), rows, at.rows, at.rows, at.columns,
                  run.rung);
    });
    for (const bool by_choice : {false, true}) {
      add(by_choice ? "combine_by_choice" : "combine_by_place", at.n(),
          [at, pairs, by_choice](GoldenRun& run, void* out) {
            combine(run.queue, run.type, out,
                    {.returned = run.tame(1, pairs * at.columns),
                     .places = run.table(backwards(pairs)),
                     .weights = run.tame(2, pairs),
                     .tokens = at.rows,
                     .choices = choices,
                     .columns = at.columns,
                     .order = by_choice ? CombineOrder::by_choice : CombineOrder::by_place});
          });
    }
    if (type_ != Element::u64) return;
    add_bytes("permute", (experts + 1 + 2 * pairs) * 4, [at, pairs](GoldenRun& run, void* out) {
      auto* tables = static_cast<std::int32_t*>(out);
      permute(run.queue, {tables, tables + experts + 1, tables + experts + 1 + pairs},
              run.table(drawn(5, pairs, -1, experts + 1)), at.rows, choices, experts);
    });
  }

  void add_rows() {
    const Extents at = at_;
    const std::size_t n = at.n();
    add_bytes("compare", sizeof(Comparison), [n](GoldenRun& run, void* out) {
      compare(run.queue, run.type, static_cast<Comparison*>(out), run.wild(1, n), run.tame(1, n),
              n);
    });
    if (type_ == Element::u64) return;
    add("rms_norm", 2 * n, [at, n](GoldenRun& run, void* out) {
      auto* residual = static_cast<unsigned char*>(out) + n * bytes_of(run.type);
      rms_norm(
          run.queue, run.type, out,
          {residual, run.tame(1, n), run.tame(2, n), run.tame(3, at.columns), at.rows, at.columns},
          run.rung);
    });
  }

  void add_reductions(Accumulation how, const std::string& name) {
    constexpr std::size_t ranks = 3;
    const std::size_t n = at_.n();
    const auto inputs = [n](GoldenRun& run) {
      return std::array<const void*, ranks>{run.wild(1, n), run.wild(2, n), run.tame(3, n)};
    };
    add("one_shot_" + name, n, [=](GoldenRun& run, void* out) {
      all_reduce_one_shot(run.queue, run.type, out, inputs(run), n, how, run.rung);
    });
    const Share share = two_shot_share(type_, n, ranks - 1, ranks);
    add("reduce_share_" + name, share.size, [=](GoldenRun& run, void* out) {
      reduce_share(run.queue, run.type, out, inputs(run), n, share, 1, how);
    });
    if (how == Accumulation::fp32) return;  // the others know one way only
    add("ring_fold", n, [=](GoldenRun& run, void* out) {
      static constexpr std::array<std::int32_t, ranks> ring = {0, 2, 1};
      ring_fold(run.queue, run.type, out, inputs(run), n, {ring, 48});
    });
    add("gather_shares", n, [=](GoldenRun& run, void* out) {
      std::array<const void*, ranks> shares{};
      for (std::size_t r = 0; r < ranks; ++r) {
        shares[r] = run.wild(r, two_shot_share(run.type, n, r, ranks).size);
      }
      gather_shares(run.queue, run.type, out, shares, n);
    });
  }

  Element type_;
  Extents at_;
  std::vector<GoldenCase>& cases_;
};

}  // namespace

std::vector<GoldenCase> golden_cases(bool reduced) {
  std::vector<GoldenCase> cases;
  for (const Element type : all_elements) {
    if (reduced) {
      CaseFamily(type, small_extents, cases).add_all();
    } else {
      for (const Extents& extents : all_extents) CaseFamily(type, extents, cases).add_all();
    }
  }
  return cases;
}

}  // namespace reducecheck::kernels::golden
