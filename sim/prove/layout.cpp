// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace reducecheck::prove {

bool operator<(const Digit& a, const Digit& b) {
  return std::tie(a.kind, a.radix, a.holder, a.from, a.to, a.of) <
         std::tie(b.kind, b.radix, b.holder, b.from, b.to, b.of);
}

bool operator<(const Layout& a, const Layout& b) {
  return std::tie(a.logical, a.local) < std::tie(b.logical, b.local);
}

std::optional<int> Layout::held_by(int axis) const {
  for (std::size_t i = 0; i < logical.size(); ++i) {
    if (logical[i].holder == axis) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::vector<int> Layout::holders() const {
  std::vector<int> result;
  for (const Digit& digit : logical) {
    if (digit.held()) result.push_back(digit.holder);
  }
  return result;
}

bool is_dispatched(const Layout& layout) {
  return std::any_of(layout.logical.begin(), layout.logical.end(),
                     [](const Digit& digit) { return digit.kind == Digit::Kind::dispatch; });
}

Layout normalised(Layout layout) {
  // Copies have no order: those of the lower axis stand first among neighbours.
  while (!layout.logical.empty() && !layout.local.empty()) {
    const int last = static_cast<int>(layout.logical.size()) - 1;
    if (layout.local.back() != last || !layout.logical.back().is_cut()) break;
    layout.local.pop_back();
    layout.logical.pop_back();
  }
  for (std::size_t i = 1; i < layout.local.size(); ++i) {
    for (std::size_t j = i; j > 0; --j) {
      Digit& before = layout.logical[static_cast<std::size_t>(layout.local[j - 1])];
      Digit& after = layout.logical[static_cast<std::size_t>(layout.local[j])];
      const bool copies = before.kind == Digit::Kind::copies && after.kind == Digit::Kind::copies;
      if (copies && after.radix < before.radix) std::swap(before, after);
    }
  }
  return layout;
}

std::optional<Layout> gathered(const Layout& layout, int axis) {
  Layout result = layout;
  const std::vector<int> holders = layout.holders();
  // One coordinate for two digits: of what the others hold only the diagonal would come.
  if (std::count(holders.begin(), holders.end(), axis) > 1) return std::nullopt;
  if (const auto place = result.held_by(axis)) {
    result.logical[static_cast<std::size_t>(*place)].holder = -1;
    result.local.insert(result.local.begin(), *place);
    return normalised(std::move(result));
  }
  // Copies stand before everything in `logical`, because they have no place there.
  result.logical.insert(result.logical.begin(), {Digit::Kind::copies, axis, -1});
  for (int& place : result.local) ++place;
  result.local.insert(result.local.begin(), 0);
  return normalised(std::move(result));
}

std::optional<Layout> padded(const Layout& layout, const Polynomial& from, const Polynomial& to) {
  if (!layout.local.empty()) return std::nullopt;
  Layout result = layout;
  result.logical.push_back({Digit::Kind::pad, -1, -1, from, to});
  return result;
}

std::optional<Layout> sliced(const Layout& layout, const Polynomial& begin, const Polynomial& end,
                             const Polynomial& rows) {
  if (!layout.local.empty()) return std::nullopt;
  Layout result = layout;
  if (!result.logical.empty() && result.logical.back().kind == Digit::Kind::pad &&
      begin.is_zero() && end == result.logical.back().from) {
    result.logical.pop_back();
    return result;
  }
  result.logical.push_back({Digit::Kind::slice, -1, -1, begin, end, rows});
  return result;
}

std::string to_string(const Layout& layout, const std::vector<std::string>& axis_names) {
  std::string text;
  for (const Digit& digit : layout.logical) {
    std::string word;
    const std::string radix =
        digit.radix < 0 ? "" : axis_names[static_cast<std::size_t>(digit.radix)];
    switch (digit.kind) {
      case Digit::Kind::axis: word = radix; break;
      case Digit::Kind::uneven: word = radix + " by ceil"; break;
      case Digit::Kind::copies: word = radix + " copies"; break;
      case Digit::Kind::pad: word = "padded"; break;
      case Digit::Kind::slice: word = "a slice"; break;
      case Digit::Kind::dispatch: word = "dispatched"; break;
    }
    if (digit.is_cut() && !digit.held()) word += " out of order";
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

}  // namespace reducecheck::prove
