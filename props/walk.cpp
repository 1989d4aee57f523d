// SPDX-License-Identifier: Apache-2.0
#include "props/walk.hpp"

#include <utility>

namespace reducecheck::props {

Expr keyword_call(Expr call, const std::string& keyword, const std::string& text) {
  Expr word{ExprKind::text};
  word.name = text;
  call.children.push_back(std::move(word));
  call.keywords.push_back(keyword);
  return call;
}

Expr negated(Expr condition) {
  return node(ExprKind::logical_not, {std::move(condition)});
}

}  // namespace reducecheck::props
