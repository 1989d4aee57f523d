// SPDX-License-Identifier: Apache-2.0
// A wrong tree for each way to break a rule, and a right one that comes close.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "props/tidy/rules.hpp"

namespace reducecheck::tidy {

struct Rule {
  std::string name;
  std::function<Violations(const Tree&)> violations;
  std::vector<Tree> planted;  // the rule finds exactly one violation in each
  Tree kept;                  // and none here
};

/// For messages of GoogleTest, which finds it by this name.
inline void PrintTo(const Rule& rule, std::ostream* stream) {
  *stream << rule.name;
}

/// Every rule, without exceptions.
std::vector<Rule> planted_rules();

}  // namespace reducecheck::tidy
