// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/terms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/prove/atom.hpp"

namespace reducecheck::prove {
namespace {

using Numbers = Terms<int>;

std::vector<int> all(const Numbers& terms) {
  return {terms.begin(), terms.end()};
}

TEST(SharedTerms, ACopyDoesNotSeeAChange) {
  Numbers first{1, 2};
  const Numbers copy = first;
  EXPECT_EQ(copy.begin(), first.begin());
  first.own(1).push_back(3);
  EXPECT_EQ(all(first), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(all(copy), (std::vector<int>{1, 2}));
  const int* kept = first.begin();
  first.own().back() = 4;  // nobody else has it
  EXPECT_EQ(first.begin(), kept);
}

TEST(SharedTerms, AreEqualByWhatTheyHold) {
  Numbers empty;
  EXPECT_EQ(empty, Numbers());
  EXPECT_TRUE(empty.own().empty());
  EXPECT_EQ(empty, Numbers());
  EXPECT_EQ((Numbers{1, 2}), (Numbers{1, 2}));
  EXPECT_FALSE((Numbers{1, 2}) == (Numbers{1, 3}));
  EXPECT_FALSE((Numbers{1, 2}) == (Numbers{1}));
}

TEST(AnArena, HasEqualNodesOnceAndOthersApart) {
  Arena arena;
  Atom atom{AtomKind::mlp, "mlp"};
  const int first = arena.intern(atom);
  EXPECT_EQ(arena.intern(Atom(atom)), first);
  // Each of these differs in one member, also in those that the hash leaves out.
  std::vector<Atom> others(5, atom);
  others[0].name = "gate";
  others[1].layer = 1;
  others[2].children = {first};
  others[3].number = Polynomial::symbol(0);
  others[4].has_cols = false;
  std::vector<int> indices{first};
  for (const Atom& other : others) {
    const int index = arena.intern(other);
    EXPECT_EQ(std::count(indices.begin(), indices.end(), index), 0);
    EXPECT_EQ(arena.atom(index), other);
    indices.push_back(index);
  }
  EXPECT_EQ(arena.atom(first), atom);  // it has not moved

  Tensor x;
  x.add({first}, 1);
  Tensor wider = x;
  wider.cols = 2;
  const int of_x = arena.intern(x);
  EXPECT_NE(arena.intern(wider), of_x);
  EXPECT_EQ(arena.intern(Tensor(x)), of_x);
}

}  // namespace
}  // namespace reducecheck::prove
