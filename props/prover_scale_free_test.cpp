// SPDX-License-Identifier: Apache-2.0
// The prover against exact runs on norms of scaled addends: where norms are free of scale, a factor
// of all addends is nothing, one of some of them is a fault, and so is a sign.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "props/layer_generator.hpp"
#include "props/prover_agreement.hpp"

namespace reducecheck::props {
namespace {

const std::vector<std::string> numbers = {"2", "3", "(1 / 6)", "s", "s", "(1 / s)", "t", "-1"};
const std::vector<std::string> sizes = {"tp", "(1 / tp)", "(ep / tp)", "(tp + 1)"};

/// A product of at most `most` factors; most are positive, one is a sum.
std::string factor(int most, bool with_sizes) {
  std::vector<std::string> factors = numbers;
  if (with_sizes) factors.insert(factors.end(), sizes.begin(), sizes.end());
  std::string text = "1";
  for (int i = *rc::gen::inRange(0, most + 1); i > 0; --i) {
    text += " * " + *rc::gen::elementOf(factors);
  }
  return text;
}

std::string scaled_norms() {
  const std::string common = factor(4, true);
  std::vector<std::string> reference;
  std::vector<std::string> distributed;
  for (int i = 0; i < 3; ++i) {
    reference.push_back(factor(1, false));
    const bool own = *rc::gen::inRange(0, 6) == 0;
    distributed.push_back(reference.back() + " * " + common + (own ? " * " + factor(1, true) : ""));
  }
  const std::string positive =
      *rc::gen::elementOf(std::vector<std::string>{"", "\"s\"", "\"s\", \"t\""});
  const std::string assume =
      *rc::gen::inRange(0, 5) == 0
          ? ""
          : fmt::format("assume = {{ scale_free = [\"norm\"], positive = [{}] }}\n", positive);
  return fmt::format(
      "title = \"Scaled norms\"\nsource = \"none\"\nmesh = {{ axes = [\"tp\", \"ep\"] }}\n"
      "input = {{ x = \"tokens, hidden\" }}\noutput = {{ y = \"tokens, hidden\" }}\n{}\n"
      "[weights]\nm = \"mlp(inter / tp)\"\nb = \"vector(hidden)\"\ns = \"scalar\"\n"
      "t = \"scalar\"\n[program]\n"
      "reference = '''\ny = norm(x * ({}) + m(x) * ({}) + b * ({}))\n'''\n"
      "distributed = '''\ny = norm(x * ({}) + all_reduce(m(x) * ({}), tp) + b * ({}))\n'''\n",
      assume, reference[0], reference[1], reference[2], distributed[0], distributed[1],
      distributed[2]);
}

TEST(ProverScaleFree, NormsOfScaledAddends) {
  Agreement totals;
  EXPECT_TRUE(rc::check("the prover agrees with exact runs", [&] {
    const std::string text = scaled_norms();
    const std::string disagreement = first_disagreement(loaded(text), totals, REDUCECHECK_ONE_IN);
    if (!disagreement.empty()) RC_FAIL(disagreement + '\n' + text);
  }));
  fmt::print("{}", summary(totals));
  EXPECT_GT(totals.proved, totals.programs / 10);
  EXPECT_GT(totals.wrong, totals.cells / 10);
}

}  // namespace
}  // namespace reducecheck::props
