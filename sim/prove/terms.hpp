// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: a list that is copied often and changed seldom.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace reducecheck::prove {

/// A list of values. Copies share one until one of them asks for its `own`.
template <class Term>
class Terms {
 public:
  Terms() = default;
  Terms(std::initializer_list<Term> terms) : list_(std::make_shared<std::vector<Term>>(terms)) {}

  [[nodiscard]] const Term* begin() const { return list_ ? list_->data() : nullptr; }
  [[nodiscard]] const Term* end() const { return begin() + size(); }
  [[nodiscard]] std::size_t size() const { return list_ ? list_->size() : 0; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const Term& front() const { return list_->front(); }
  [[nodiscard]] const Term& operator[](std::size_t i) const { return (*list_)[i]; }

  /// The list for a change that no copy sees, with room for so many more. What was read of it
  /// before may be gone.
  std::vector<Term>& own(std::size_t more = 0) {
    if (!list_ || list_.use_count() > 1) {
      auto list = std::make_shared<std::vector<Term>>();
      list->reserve(size() + more);
      list->assign(begin(), end());
      list_ = std::move(list);
    } else if (list_->capacity() < list_->size() + more) {
      list_->reserve(std::max(list_->size() + more, 2 * list_->size()));
    }
    return *list_;
  }

  friend bool operator==(const Terms& a, const Terms& b) {
    return a.list_ == b.list_ || std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::shared_ptr<std::vector<Term>> list_;
};

}  // namespace reducecheck::prove
