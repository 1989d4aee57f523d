// SPDX-License-Identifier: Apache-2.0
#include "kernels/oracle/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace reducecheck::kernels::oracle {

Sum::Sum(const Format& format, bool each)
    : format_(format), kept_(each || format.integer() ? format : binary32) {}

std::uint64_t Sum::widened(std::uint64_t x) const {
  return format_.integer() ? x : convert(format_, kept_, x);
}

void Sum::start(std::uint64_t x) {
  sum_ = widened(x);
}

void Sum::add(std::uint64_t x) {
  sum_ = oracle::add(kept_, sum_, widened(x));
}

void Sum::add_product(std::uint64_t a, std::uint64_t b) {
  sum_ = oracle::add(kept_, sum_, multiply(kept_, widened(a), widened(b)));
}

std::uint64_t Sum::value() const {
  return format_.integer() ? sum_ : convert(kept_, format_, sum_);
}

Encodings linear(const Format& format, const Encodings& x, const Encodings& weight,
                 std::size_t rows, std::size_t inner, std::size_t columns) {
  Encodings out;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < columns; ++j) {
      Sum sum(format, false);
      for (std::size_t k = 0; k < inner; ++k) {
        sum.add_product(x[r * inner + k], weight[k * columns + j]);
      }
      out.push_back(sum.value());
    }
  }
  return out;
}

Encodings grouped_linear(const Format& format, Encodings out, const Encodings& x,
                         const Encodings& weights, const std::vector<std::int32_t>& offsets,
                         std::size_t inner, std::size_t columns) {
  for (std::size_t e = 0; e + 1 < offsets.size(); ++e) {
    const auto begin = static_cast<std::ptrdiff_t>(offsets[e]);
    const auto rows = static_cast<std::size_t>(offsets[e + 1] - offsets[e]);
    const auto in = static_cast<std::ptrdiff_t>(inner);
    const auto matrix = static_cast<std::ptrdiff_t>(e * inner * columns);
    const auto first = x.begin() + begin * in;
    const auto from = weights.begin() + matrix;
    const Encodings part = linear(
        format, Encodings(first, first + static_cast<std::ptrdiff_t>(rows) * in),
        Encodings(from, from + static_cast<std::ptrdiff_t>(inner * columns)), rows, inner, columns);
    std::ranges::copy(part, out.begin() + begin * static_cast<std::ptrdiff_t>(columns));
  }
  return out;
}

Tables permuted(const std::vector<std::int32_t>& ids, std::size_t choices, std::int32_t experts) {
  std::vector<std::size_t> pairs;
  for (std::size_t p = 0; p < ids.size(); ++p) {
    if (ids[p] >= 0 && ids[p] < experts) pairs.push_back(p);
  }
  std::ranges::stable_sort(pairs, {}, [&](std::size_t p) { return ids[p]; });
  Tables tables{
      {}, std::vector<std::int32_t>(ids.size(), -1), std::vector<std::int32_t>(ids.size(), -1)};
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    tables.tokens[at] = static_cast<std::int32_t>(pairs[at] / choices);
    tables.places[pairs[at]] = static_cast<std::int32_t>(at);
  }
  for (std::int32_t e = 0; e <= experts; ++e) {
    const auto below = std::ranges::count_if(pairs, [&](std::size_t p) { return ids[p] < e; });
    tables.offsets.push_back(static_cast<std::int32_t>(below));
  }
  return tables;
}

Encodings gathered(const Encodings& x, const std::vector<std::int32_t>& rows, std::size_t columns) {
  Encodings out;
  for (const std::int32_t row : rows) {
    for (std::size_t j = 0; j < columns; ++j) {
      out.push_back(row < 0 ? 0 : x[static_cast<std::size_t>(row) * columns + j]);
    }
  }
  return out;
}

Encodings combined(const Format& format, const CombineCase& c) {
  Encodings out;
  for (std::size_t t = 0; t * c.choices < c.places.size(); ++t) {
    std::vector<std::size_t> pairs(c.choices);
    std::iota(pairs.begin(), pairs.end(), t * c.choices);
    if (c.by_place) std::ranges::sort(pairs, {}, [&](std::size_t p) { return c.places[p]; });
    for (std::size_t j = 0; j < c.columns; ++j) {
      Sum sum(format, c.each);
      for (const std::size_t p : pairs) {
        if (c.places[p] < 0) continue;
        const auto row = static_cast<std::size_t>(c.places[p]);
        sum.add_product(c.weights[p], c.returned[row * c.columns + j]);
      }
      out.push_back(sum.value());
    }
  }
  return out;
}

Normed normed(const Format& format, const Encodings& x, const Encodings& residual,
              const Encodings& weight, std::size_t columns) {
  Normed result{x, {}};
  for (std::size_t i = 0; i < residual.size(); ++i) {
    result.sum[i] = add(format, x[i], residual[i]);
  }
  const std::uint64_t count = Long::of(columns, 0, false).rounded(format, false);
  for (std::size_t begin = 0; begin < x.size(); begin += columns) {
    Sum squares(format, false);
    for (std::size_t j = 0; j < columns; ++j) {
      squares.add_product(result.sum[begin + j], result.sum[begin + j]);
    }
    const std::uint64_t mean = divide(format, squares.value(), count);
    const std::uint64_t factor =
        convert(binary32, format, inverse_root(convert(format, binary32, mean)));
    for (std::size_t j = 0; j < columns; ++j) {
      const std::uint64_t scaled = multiply(format, result.sum[begin + j], factor);
      result.out.push_back(weight.empty() ? scaled : multiply(format, scaled, weight[j]));
    }
  }
  return result;
}

Encodings folded(const Format& format, const std::vector<Encodings>& inputs,
                 const std::vector<std::size_t>& order, bool each) {
  Encodings out;
  for (std::size_t i = 0; i < inputs[0].size(); ++i) {
    Sum sum(format, each);
    sum.start(inputs[order[0]][i]);
    for (std::size_t k = 1; k < order.size(); ++k) sum.add(inputs[order[k]][i]);
    out.push_back(sum.value());
  }
  return out;
}

Encodings ring_reduced(const Format& format, std::size_t element_bytes,
                       const std::vector<Encodings>& inputs, const std::vector<std::int32_t>& ring,
                       std::size_t chunk) {
  const std::size_t ranks = inputs.size();
  const std::size_t n = inputs[0].size();
  const std::size_t grain = 16 / element_bytes;
  Encodings out(n);
  for (std::size_t begin = 0; begin < n; begin += ranks * chunk) {
    std::size_t size = chunk;
    if (n - begin < ranks * chunk) {
      size = 0;
      while (size * ranks < n - begin) size += grain;
    }
    // The chunk leaves the rank behind its own and is added to on its way round.
    for (std::size_t c = 0; c < ranks; ++c) {
      const std::size_t first = begin + c * size;
      for (std::size_t i = first; i < std::min(first + size, n); ++i) {
        const auto rank = [&](std::size_t hop) {
          return static_cast<std::size_t>(ring[(c + 1 + hop) % ranks]);
        };
        std::uint64_t travelling = inputs[rank(0)][i];
        for (std::size_t hop = 1; hop < ranks; ++hop) {
          travelling = add(format, travelling, inputs[rank(hop)][i]);
        }
        out[i] = travelling;
      }
    }
  }
  return out;
}

}  // namespace reducecheck::kernels::oracle
