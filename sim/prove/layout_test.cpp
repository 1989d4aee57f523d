// SPDX-License-Identifier: Apache-2.0
// Layouts against rows that are really cut and gathered on the ranks of a 2 x 3 x 2 mesh.
#include "sim/prove/layout.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <map>

namespace reducecheck::prove {
namespace {

using Coordinates = std::vector<int>;
using Rows = std::map<Coordinates, std::vector<int>>;  // logical rows that each rank holds

const std::vector<int> sizes = {2, 3, 2};

std::vector<Coordinates> ranks() {
  std::vector<Coordinates> all;
  for (int a = 0; a < sizes[0]; ++a) {
    for (int b = 0; b < sizes[1]; ++b) {
      for (int c = 0; c < sizes[2]; ++c) all.push_back({a, b, c});
    }
  }
  return all;
}

Rows really_cut(const Rows& rows, int axis) {
  Rows result;
  for (const auto& [rank, held] : rows) {
    const auto n = static_cast<std::ptrdiff_t>(held.size()) / sizes[static_cast<std::size_t>(axis)];
    const auto begin = held.begin() + n * rank[static_cast<std::size_t>(axis)];
    result[rank] = {begin, begin + n};
  }
  return result;
}

Rows really_gathered(const Rows& rows, int axis) {
  Rows result;
  for (const auto& [rank, held] : rows) {
    Coordinates peer = rank;
    for (int k = 0; k < sizes[static_cast<std::size_t>(axis)]; ++k) {
      peer[static_cast<std::size_t>(axis)] = k;
      result[rank].insert(result[rank].end(), rows.at(peer).begin(), rows.at(peer).end());
    }
  }
  return result;
}

/// The logical rows of a rank, read off the layout alone: digits most significant first.
std::vector<int> meant(const Layout& layout, const Coordinates& rank, int total) {
  int rest = total;
  for (const Digit& digit : layout.logical) {
    if (digit.kind == Digit::Kind::axis) rest /= sizes[static_cast<std::size_t>(digit.radix)];
  }
  std::vector<int> values(layout.logical.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int holder = layout.logical[i].holder;
    if (holder >= 0) values[i] = rank[static_cast<std::size_t>(holder)];
  }
  std::vector<int> rows;
  const auto append = [&] {
    int index = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (layout.logical[i].kind != Digit::Kind::axis) continue;
      index = index * sizes[static_cast<std::size_t>(layout.logical[i].radix)] + values[i];
    }
    for (int r = 0; r < rest; ++r) rows.push_back(index * rest + r);
  };
  const auto count = [&](const auto& self, std::size_t place) -> void {
    if (place == layout.local.size()) return append();
    const auto digit = static_cast<std::size_t>(layout.local[place]);
    for (int v = 0; v < sizes[static_cast<std::size_t>(layout.logical[digit].radix)]; ++v) {
      values[digit] = v;
      self(self, place + 1);
    }
  };
  count(count, 0);
  return rows;
}

RC_GTEST_PROP(ALayout, IsWhatCutsAndGathersDo, ()) {
  constexpr int total = 144;
  Rows rows;
  for (const Coordinates& rank : ranks()) {
    for (int i = 0; i < total; ++i) rows[rank].push_back(i);
  }
  Layout layout;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
  int cuts = 0;
  for (const int step : steps) {
    const int axis = step % 3;
    if (step < 3) {
      if (layout.held_by(axis) || cuts == 4) continue;
      const auto next = cut(layout, axis, std::nullopt, [&](int radix) {
        return sizes[static_cast<std::size_t>(radix)] == sizes[static_cast<std::size_t>(axis)];
      });
      if (!next) continue;  // not aligned: no layout describes it
      layout = *next;
      rows = really_cut(rows, axis);
      ++cuts;
    } else {
      if (!layout.held_by(axis)) continue;
      layout = *gathered(layout, axis);
      rows = really_gathered(rows, axis);
    }
    for (const Coordinates& rank : ranks()) {
      RC_ASSERT(meant(layout, rank, total) == rows.at(rank));
    }
  }
}

TEST(ALayout, ForgetsTheOrderOnlyWhereGathersUndoCuts) {
  const auto same = [](int) { return false; };
  const Layout a = *cut(Layout{}, 0, std::nullopt, same);
  const Layout ab = *cut(a, 1, std::nullopt, same);
  EXPECT_TRUE(gathered(*gathered(ab, 1), 0)->whole());
  EXPECT_FALSE(gathered(*gathered(ab, 0), 1)->whole());
}

TEST(ALayout, IsSaidInWords) {
  const auto same = [](int) { return false; };
  const std::vector<std::string> names = {"dp", "tp"};
  const Layout a = *cut(Layout{}, 0, std::nullopt, same);
  const Layout ab = *cut(a, 1, std::nullopt, same);
  EXPECT_EQ(to_string(Layout{}, names), "");
  EXPECT_EQ(to_string(ab, names), "dp, tp");
  EXPECT_EQ(to_string(*gathered(ab, 0), names), "dp out of order, tp");
  EXPECT_EQ(to_string(*padded(Layout{}, 5, 8), names), "padded");
}

TEST(ALayout, LosesPaddingOnlyWhereExactlyItIsCutOff) {
  const Layout padded_rows = *padded(Layout{}, 5, 8);
  EXPECT_TRUE(sliced(padded_rows, 0, 5, 8)->whole());
  EXPECT_FALSE(sliced(padded_rows, 0, 6, 8)->whole());
  EXPECT_FALSE(sliced(padded_rows, 1, 5, 8)->whole());
}

}  // namespace
}  // namespace reducecheck::prove
