// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: which part of a logical dimension a rank holds, for every size at once.
//
// A logical index is read in mixed radix: a digit for each axis that a cut was made over, most
// significant first, then the rest. A held digit has the value of the rank's coordinate; the digits
// that are not held, in their local order, and the rest are the local index. So the order of nested
// cuts and gathers is exact (prover.md 2.2).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "sim/prove/polynomial.hpp"

namespace reducecheck::prove {

struct Digit {
  enum class Kind {
    axis,      // cut over `radix` axis
    uneven,    // the same by ceil: the last ranks hold fewer or none
    copies,    // whole copies that a gather of replicated rows made; local, without a place
    pad,       // what follows was padded from `from` to `to` rows
    slice,     // what follows is [from, to) of the rows
    dispatch,  // delivered by dispatch `from` (its number)
  };
  Kind kind = Kind::axis;
  int radix = -1;   // axis
  int holder = -1;  // the axis whose coordinate is the digit's value; -1: local
  Polynomial from{};
  Polynomial to{};
  Polynomial of{};  // uneven, slice: the rows before; pad: 0, or what made it other than zero

  friend bool operator==(const Digit&, const Digit&) = default;
  friend bool operator<(const Digit& a, const Digit& b);

  [[nodiscard]] bool is_cut() const { return kind == Kind::axis || kind == Kind::uneven; }
  [[nodiscard]] bool held() const { return holder >= 0; }
};

/// The layout of one dimension. `logical` ends in the rest, which is not written; `local` are the
/// places in `logical` of the digits that are not held, in the order of the local index.
struct Layout {
  std::vector<Digit> logical;
  std::vector<int> local;

  friend bool operator==(const Layout&, const Layout&) = default;
  friend bool operator<(const Layout& a, const Layout& b);

  /// Everything here, in order.
  [[nodiscard]] bool whole() const { return logical.empty(); }
  /// The digit that `axis` holds.
  [[nodiscard]] std::optional<int> held_by(int axis) const;
  [[nodiscard]] std::vector<int> holders() const;
};

/// Whether the rows, or what they were before, came by a dispatch.
bool is_dispatched(const Layout& layout);

/// Cut over the axis: the leading local digit if it has the same size (`same_size(radix axis)`),
/// else the rest is cut. Nothing if the cut is not aligned with what is there.
/// `uneven`: by ceil, of the rows given there.
template <class SameSize>
std::optional<Layout> cut(const Layout& layout, int axis, const std::optional<Polynomial>& uneven,
                          SameSize same_size);

/// Gathered over the axis. Nothing if another dimension holds it or nothing describes the result.
std::optional<Layout> gathered(const Layout& layout, int axis);

/// Padded from `from` to `to` rows; nothing if local digits stand before the rest.
std::optional<Layout> padded(const Layout& layout, const Polynomial& from, const Polynomial& to);

/// The rows [begin, end) of `rows`: padding goes away where exactly it is cut off.
std::optional<Layout> sliced(const Layout& layout, const Polynomial& begin, const Polynomial& end,
                             const Polynomial& rows);

/// Local digits that stand directly before the rest in both orders are no digits.
Layout normalised(Layout layout);

std::string to_string(const Layout& layout, const std::vector<std::string>& axis_names);

template <class SameSize>
std::optional<Layout> cut(const Layout& layout, int axis, const std::optional<Polynomial>& uneven,
                          SameSize same_size) {
  Layout result = layout;
  if (result.local.empty()) {
    Digit digit{uneven ? Digit::Kind::uneven : Digit::Kind::axis, axis, axis};
    digit.of = uneven.value_or(Polynomial{});
    result.logical.push_back(digit);
    return result;
  }
  const int first = result.local.front();
  Digit& digit = result.logical[static_cast<std::size_t>(first)];
  const bool other =
      digit.kind == Digit::Kind::uneven ? digit.radix != axis : !same_size(digit.radix);
  if (uneven || other) return std::nullopt;
  result.local.erase(result.local.begin());
  if (digit.kind == Digit::Kind::copies) {
    result.logical.erase(result.logical.begin() + first);
    for (int& place : result.local) place -= place > first ? 1 : 0;
    return normalised(std::move(result));
  }
  if (!digit.is_cut()) return std::nullopt;
  digit.holder = axis;
  return normalised(std::move(result));
}

}  // namespace reducecheck::prove
