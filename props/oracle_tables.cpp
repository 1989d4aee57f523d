// SPDX-License-Identifier: Apache-2.0
// Operations that pick and join: tables of ids beside tensors.
#include <algorithm>

#include "props/oracle_program.hpp"

namespace reducecheck::oracle {
/// where(c, a, b): ids unless one of the two is a tensor of numbers.
Value Program::select(const std::vector<Value>& args) {
  const Tensor condition = tensor(args.at(0));
  const auto fits_ids = [](const Value& v) {
    return is_ids(v) || std::holds_alternative<Fraction>(v.data);
  };
  const bool ids = fits_ids(args.at(1)) && fits_ids(args.at(2));
  const auto picked = [&](const Value& v, bool wanted) {
    const Tensor from =
        ids && !is_ids(v) ? Tensor{{{static_cast<Word>(integer(v))}}, 1, true} : tensor(v);
    return Numbers::zip(condition, from,
                        [wanted](Word c, Word x) { return (c != 0) == wanted ? x : 0; });
  };
  Tensor result = Numbers::zip(picked(args[1], true), picked(args[2], false),
                               [](Word a, Word b) { return a | b; });  // one of them is 0
  result.ids = ids;
  return {result};
}

Value Program::take(const Value& from, const Value& which) {
  Tensor result;
  if (const auto* list = std::get_if<std::vector<Value>>(&from.data)) {
    result = tensor(which);
    for (std::vector<Word>& row : result.rows) {
      for (Word& id : row) {
        id = static_cast<Word>(id < list->size() ? integer((*list)[id]) : -1);
      }
    }
    return {result};
  }
  const Tensor x = tensor(from);
  result = {{}, 1, x.ids};
  for (const std::vector<Word>& row : x.rows) {
    result.rows.push_back({row.at(static_cast<std::size_t>(integer(which)))});
  }
  return {result};
}

/// Rows under rows, or columns beside columns, where a number is a column of its own.
Value Program::concatenate(const Arguments& arguments) {
  std::vector<Tensor> parts;
  const bool ids = std::ranges::any_of(arguments.values, is_ids);
  for (const Value& value : arguments.values) {
    const bool number = ids && std::holds_alternative<Fraction>(value.data);
    parts.push_back(number ? Tensor{{{static_cast<Word>(integer(value))}}, 1, true}
                           : tensor(value));
  }
  if (!arguments.columns) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      parts[0].rows.insert(parts[0].rows.end(), parts[i].rows.begin(), parts[i].rows.end());
    }
    return {parts[0]};
  }
  std::size_t rows = 0;
  for (const Tensor& part : parts) rows = std::max(rows, part.rows.size());
  Tensor result{Rows(rows), 0, ids};
  for (const Tensor& part : parts) {
    for (std::size_t r = 0; r < rows; ++r) {
      const std::vector<Word>& row = part.rows[part.rows.size() == 1 ? 0 : r];
      result.rows[r].insert(result.rows[r].end(), row.begin(), row.end());
    }
    result.width += part.width;
  }
  return {result};
}

}  // namespace reducecheck::oracle
