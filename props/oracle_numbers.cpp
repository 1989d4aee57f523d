// SPDX-License-Identifier: Apache-2.0
#include "props/oracle_numbers.hpp"

#include <algorithm>

namespace reducecheck::oracle {
namespace {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

constexpr Word p = (Word{1} << 61) - 1;
constexpr Word step = 0x9e3779b97f4a7c15U;

/// Steele, Lea, Flood: SplitMix64.
Word mix(Word z) {
  z += step;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

/// Fowler, Noll, Vo: FNV-1a with 64 bits.
Word fnv(std::string_view name) {
  Word hash = 14695981039346656037U;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

/// 1 / b by Euclid's algorithm; 0 for 0.
Word inverse(Word b) {
  if (b == 0) return 0;
  SignedWide low = 0;
  SignedWide high = 1;
  SignedWide m = p;
  SignedWide n = b;
  while (n > 1) {
    const SignedWide quotient = m / n;
    low = std::exchange(high, low - quotient * high);
    m = std::exchange(n, m - quotient * n);
  }
  return static_cast<Word>(high < 0 ? high + SignedWide{p} : high);
}

Word pick(const std::vector<Word>& row, std::size_t column) {
  return row[row.size() == 1 ? 0 : column];
}

const std::vector<Word>& pick(const Rows& rows, std::size_t row) {
  return rows[rows.size() == 1 ? 0 : row];
}

}  // namespace

Word Numbers::add(Word a, Word b) const {
  return domain_ == Domain::mod64 ? a + b : static_cast<Word>((Wide{a} + b) % p);
}

Word Numbers::subtract(Word a, Word b) const {
  return domain_ == Domain::mod64 ? a - b : static_cast<Word>((Wide{a} + p - b) % p);
}

Word Numbers::multiply(Word a, Word b) const {
  return domain_ == Domain::mod64 ? a * b : static_cast<Word>(Wide{a} * b % p);
}

Word Numbers::divide(Word a, Word b) const {
  if (domain_ == Domain::mod64) throw OracleError("there is no division modulo 2^64");
  return multiply(a, inverse(b));
}

Word Numbers::number(const Fraction& fraction) const {
  const auto integer = [&](std::int64_t i) {
    const Word size = i < 0 ? Word{0} - static_cast<Word>(i) : static_cast<Word>(i);
    const Word value = domain_ == Domain::mod64 ? size : size % p;
    return i < 0 ? subtract(0, value) : value;
  };
  const Word numerator = integer(fraction.numerator());
  return fraction.is_integer() ? numerator : divide(numerator, integer(fraction.denominator()));
}

Word Numbers::canonical(Word hash) const {
  return domain_ == Domain::mod64 ? hash : (hash >> 3) % p;
}

Word Numbers::opaque(std::string_view name, const std::vector<Word>& arguments) const {
  const bool keeps_zero = name != "sigmoid" && name != "rsqrt" && name != "exp" && name != "log";
  if (keeps_zero && arguments[0] == 0) return 0;
  Word hash = mix(fnv(name));
  for (const Word argument : arguments) hash = mix(hash ^ argument);
  return canonical(hash);
}

Word Numbers::bits(const Matrix& m, Word row, Word column) const {
  const Word layer = fault_ == OracleFault::one_layer ? 0 : static_cast<Word>(m.layer);
  Word key = mix(mix(seed_) ^ fnv(m.name));
  key = mix(key ^ layer);
  key = mix(key ^ static_cast<Word>(m.expert));
  key = mix(key ^ m.part);
  return mix(mix(key ^ row) + column * step);
}

Word Numbers::content(const Matrix& m, Word row, Word column) const {
  return canonical(bits(m, row, column));
}

Tensor Numbers::matrix(const Matrix& m, std::size_t rows, std::size_t columns) const {
  Tensor result{Rows(rows, std::vector<Word>(columns)), columns};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result.rows[i][j] = content(m, i, j);
  }
  return result;
}

Tensor Numbers::zip(const Tensor& a, const Tensor& b, const std::function<Word(Word, Word)>& f) {
  Tensor result{{}, a.width == 1 ? b.width : a.width, a.ids};
  const std::size_t rows = a.rows.size() == 1 ? b.rows.size() : a.rows.size();
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<Word>& row = result.rows.emplace_back();
    for (std::size_t j = 0; j < result.width; ++j) {
      row.push_back(f(pick(pick(a.rows, i), j), pick(pick(b.rows, i), j)));
    }
  }
  return result;
}

Tensor Numbers::product(const Tensor& x, const Tensor& m) const {
  if (x.width != m.rows.size()) throw OracleError("a product of matrices that do not fit");
  Tensor result{Rows(x.rows.size(), std::vector<Word>(m.width, 0)), m.width};
  for (std::size_t r = 0; r < x.rows.size(); ++r) {
    for (std::size_t j = 0; j < m.width; ++j) {
      for (std::size_t i = 0; i < x.width; ++i) {
        result.rows[r][j] = add(result.rows[r][j], multiply(x.rows[r][i], m.rows[i][j]));
      }
    }
  }
  return result;
}

Tensor Numbers::gated(const Tensor& x, const Matrix& weight, std::size_t inter) const {
  const auto part = [&](Word number) {
    const bool swapped = fault_ == OracleFault::swapped_projections && number < 2;
    return Matrix{weight.name, weight.layer, weight.expert, swapped ? 1 - number : number};
  };
  const Tensor gate = product(x, matrix(part(0), x.width, inter));
  const Tensor up = product(x, matrix(part(1), x.width, inter));
  const Tensor activated =
      zip(gate, up, [&](Word g, Word u) { return multiply(opaque("act", {g}), u); });
  return product(activated, matrix(part(2), inter, x.width));
}

Tensor Numbers::experts(const Tensor& x, const Tensor& ids, const Tensor& weights,
                        const Matrix& weight, std::size_t inter) const {
  Tensor result{{}, x.width};
  for (std::size_t r = 0; r < x.rows.size(); ++r) {
    std::vector<Word> sum(x.width, 0);
    for (std::size_t c = 0; c < ids.width; ++c) {
      auto expert = static_cast<std::int64_t>(pick(ids.rows, r)[c]);
      if (expert < 0) continue;
      if (fault_ == OracleFault::next_expert) ++expert;
      const Tensor row{{x.rows[r]}, x.width};
      const Tensor f = gated(row, {weight.name, weight.layer, expert, 0}, inter);
      const Word scale = pick(pick(weights.rows, r), c);
      for (std::size_t j = 0; j < x.width; ++j) sum[j] = add(sum[j], multiply(scale, f.rows[0][j]));
    }
    result.rows.push_back(sum);
  }
  return result;
}

Tensor Numbers::table(const Tensor& ids, const Tensor& weights, const Matrix& weight,
                      std::size_t width) const {
  Tensor result{{}, width};
  for (std::size_t r = 0; r < ids.rows.size(); ++r) {
    std::vector<Word> sum(width, 0);
    for (std::size_t c = 0; c < ids.width; ++c) {
      if (static_cast<std::int64_t>(ids.rows[r][c]) < 0) continue;
      const Word scale = pick(pick(weights.rows, r), c);
      for (std::size_t j = 0; j < width; ++j) {
        sum[j] = add(sum[j], multiply(scale, content(weight, ids.rows[r][c], j)));
      }
    }
    result.rows.push_back(sum);
  }
  return result;
}

std::pair<Tensor, Tensor> Numbers::topk(const Tensor& scores, std::size_t k) const {
  Tensor values{{}, k};
  Tensor ids{{}, k, true};
  for (const std::vector<Word>& row : scores.rows) {
    std::vector<std::pair<Word, Word>> order;  // (score, id)
    for (std::size_t i = 0; i < row.size(); ++i) order.emplace_back(row[i], i);
    std::ranges::stable_sort(order, [&](const auto& a, const auto& b) {
      return fault_ == OracleFault::smallest_topk ? a.first < b.first : a.first > b.first;
    });
    std::vector<Word>& chosen = values.rows.emplace_back();
    std::vector<Word>& names = ids.rows.emplace_back();
    for (std::size_t i = 0; i < k; ++i) {
      chosen.push_back(order[i].first);
      names.push_back(order[i].second);
    }
  }
  return {values, ids};
}

void Numbers::assume_positive(Word s) {
  if (std::ranges::find(positive_, s) == positive_.end()) positive_.push_back(s);
}

/// Whether some multiple of the factor, by at most 2^16, is a number up to 2^16; if not, whether
/// one is after powers up to the fourth of some scalars from `first` on.
bool Numbers::is_positive(Word factor, std::size_t scalars, std::size_t first) const {
  Word multiple = 0;
  for (int i = 1; i <= 65'536; ++i) {
    multiple = add(multiple, factor);
    if (multiple != 0 && multiple <= 65'536) return true;
  }
  for (std::size_t i = first; scalars > 0 && i < positive_.size(); ++i) {
    for (const Word scalar : {positive_[i], inverse(positive_[i])}) {
      Word rest = multiply(factor, scalar);
      for (int power = 1; power <= 4; ++power, rest = multiply(rest, scalar)) {
        if (is_positive(rest, scalars - 1, i + 1)) return true;
      }
    }
  }
  return false;
}

/// The positive c with which the row is c or -c times a row that was normed before; 1 if none is.
Word Numbers::factor_over_earlier(const std::vector<Word>& row) {
  const auto lead = std::ranges::find_if(row, [](Word x) { return x != 0; });
  if (lead == row.end()) return 1;
  const auto at = static_cast<std::size_t>(lead - row.begin());
  for (const std::vector<Word>& earlier : normed_) {
    if (earlier.size() != row.size() || earlier[at] == 0) continue;
    const Word c = divide(row[at], earlier[at]);
    const auto times = [&](Word x) { return multiply(c, x); };
    if (!std::ranges::equal(row, earlier, {}, {}, times)) continue;
    if (c == 1) return 1;
    for (const Word positive : {c, subtract(0, c)}) {
      if (is_positive(positive, 2, 0)) return positive;
    }
  }
  normed_.push_back(row);
  return 1;
}

Tensor Numbers::norm(const Tensor& x) {
  Tensor result = x;
  for (std::vector<Word>& row : result.rows) {
    if (scale_free_norm_ && fault_ != OracleFault::norm_with_scale) {
      const Word c = factor_over_earlier(row);
      for (Word& value : row) value = divide(value, c);
    }
    Word squares = 0;
    for (const Word value : row) squares = add(squares, multiply(value, value));
    const Word width = number(static_cast<std::int64_t>(x.width));
    const bool forgets = fault_ == OracleFault::norm_without_width;
    const Word factor = opaque("rsqrt", {forgets ? squares : divide(squares, width)});
    for (Word& value : row) value = multiply(value, factor);
  }
  return result;
}

Tensor Numbers::sum_of_features(const Tensor& x) const {
  Tensor result{{}, 1};
  const std::size_t width = x.width - (fault_ == OracleFault::short_sum ? 1 : 0);
  for (const std::vector<Word>& row : x.rows) {
    Word sum = 0;
    for (std::size_t j = 0; j < width; ++j) sum = add(sum, row[j]);
    result.rows.push_back({sum});
  }
  return result;
}

Tensor Numbers::sum_of_rows(const Tensor& x) const {
  Tensor result{{std::vector<Word>(x.width, 0)}, x.width};
  for (const std::vector<Word>& row : x.rows) {
    for (std::size_t j = 0; j < x.width; ++j) result.rows[0][j] = add(result.rows[0][j], row[j]);
  }
  return result;
}

Tensor Numbers::largest_of_rows(const Tensor& x) {
  Tensor result{{}, 1};
  for (const std::vector<Word>& row : x.rows) result.rows.push_back({std::ranges::max(row)});
  return result;
}

Tensor Numbers::largest(const Tensor& x) {
  Word all = 0;
  for (const std::vector<Word>& row : x.rows) all = std::max(all, std::ranges::max(row));
  return {{{all}}, 1};
}

}  // namespace reducecheck::oracle
