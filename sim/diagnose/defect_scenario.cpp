// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/defect_scenario.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "scenarios/frame/load.hpp"
#include "sim/diagnose/name_faults.hpp"
#include "sim/report/words.hpp"

namespace reducecheck::diagnosing {
namespace {

std::string identifier(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    text += fits ? c : '_';
  }
  const bool begins = !text.empty() && (text.front() < '0' || text.front() > '9');
  return begins ? text : "t_" + text;
}

/// Text inside quotation marks.
std::string quoted(std::string text) {
  std::ranges::replace(text, '"', '\'');
  std::ranges::replace(text, '\\', '/');
  return fmt::format("\"{}\"", one_line(text));
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string bracketed(const std::string& product) {
  return product.find(' ') == std::string::npos ? product : fmt::format("({})", product);
}

std::string sum_of(const std::vector<std::string>& parts) {
  return parts.empty() ? "0 * x" : joined(parts, " + ");
}

class Writer {
 public:
  /// With `plain_names` nothing but numbered names, which no word of the language is.
  Writer(const Case& one, const Faults& faults, bool plain_names) : one_(one), faults_(faults) {
    const Ranks& ranks = *one.ranks;
    for (std::size_t t = 0; t < one.terms.size(); ++t) {
      const Term& term = one.terms[t];
      names_.push_back(plain_names ? fmt::format("{}_{}", term.addend ? "addend" : "branch", t)
                                   : identifier(term.name));
    }
    split_ = std::ranges::any_of(faults,
                                 [&](const Fault& fault) { return !ranks.whole_axes(fault.axes); });
    for (std::size_t t = 0; t < one.terms.size(); ++t) {
      split_ = split_ || !ranks.whole_axes(one.terms[t].over);
    }
    for (std::size_t i = 0; i < ranks.names().size(); ++i) {
      axis_names_.push_back(plain_names ? fmt::format("axis_{}", i) : identifier(ranks.names()[i]));
    }
  }

  [[nodiscard]] std::string text() {
    const std::string axis_list = joined(quoted_axes(), ", ");
    std::string expect;
    if (faults_.size() == 1) {
      expect = fmt::format("\n[expect]\ndiagnosed = \"{}({})\"\nfixed = \"holds\"\n",
                           finding_of(one_, faults_.front()).defect_class, defect_names());
    }
    return fmt::format(
        "title  = {}\nsource = \"none\"\nnote   = {}\nmesh   = {{ axes = [{}], {}, ranks = {}{} "
        "}}\n"
        "input  = {{ x = \"{}\" }}\noutput = {{ y = \"{}\" }}\n\n[weights]\n{}\n[program]\n"
        "reference = '''\ny = {}\n'''\n\n[variant]\ndiagnosed = '''\n{}'''\nfixed = '''\n{}'''\n{}",
        quoted("Diagnosed from a dump: " + fault_text(one_, faults_)), quoted(note()), axis_list,
        joined(sizes(), ", "), one_.ranks->count(), derived_, layout(), layout(), weights(),
        joined(whole_terms(), " + "), program(faults_), program({}), expect);
  }

 private:
  [[nodiscard]] std::string defect_names() const {
    std::vector<std::string> names;
    for (const int t : faults_.front().terms) names.push_back(names_[static_cast<std::size_t>(t)]);
    return joined(names, ", ");
  }

  [[nodiscard]] std::string note() const {
    std::vector<std::string> parts = {
        fmt::format("written by reducecheck diagnose from output {} of {}", one_.output,
                    one_.scope.empty() ? "the dump" : one_.scope)};
    for (std::size_t t = 0; t < one_.terms.size(); ++t) {
      if (names_[t] == one_.terms[t].name) continue;
      parts.push_back(fmt::format("{} is {}", names_[t], one_.terms[t].name));
    }
    return joined(parts, "; ");
  }

  /// The axes of the scenario: those of the dump, or their prime factors.
  std::vector<std::string> axes() {
    std::vector<std::string> list;
    const Ranks& ranks = *one_.ranks;
    derived_.clear();
    for (std::size_t i = 0; i < ranks.names().size(); ++i) {
      const AxisSet whole = ranks.axis(ranks.names()[i]);
      std::vector<std::string> parts;
      for (std::size_t a = 0; a < ranks.axes().size() && split_; ++a) {
        if (((whole >> a) & 1U) != 0) {
          parts.push_back(fmt::format("{}_{}", axis_names_[i], parts.size()));
        }
      }
      if (parts.size() < 2) {
        list.push_back(axis_names_[i]);
        continue;
      }
      derived_ += fmt::format(", {} = \"{}\"", axis_names_[i], joined(parts, " * "));
      list.insert(list.end(), parts.begin(), parts.end());
    }
    return list;
  }

  std::vector<std::string> quoted_axes() {
    std::vector<std::string> list = axes();
    for (std::string& axis : list) axis = fmt::format("\"{}\"", axis);
    return list;
  }

  std::vector<std::string> sizes() {
    std::vector<std::string> list;
    const Ranks& ranks = *one_.ranks;
    for (std::size_t i = 0; i < ranks.names().size(); ++i) {
      const AxisSet whole = ranks.axis(ranks.names()[i]);
      std::vector<int> factors;
      for (std::size_t a = 0; a < ranks.axes().size(); ++a) {
        if (((whole >> a) & 1U) != 0) factors.push_back(ranks.axes()[a].size);
      }
      if (!split_ || factors.size() < 2) {
        list.push_back(fmt::format("{} = {}", axis_names_[i], ranks.size_of(whole)));
        continue;
      }
      for (std::size_t f = 0; f < factors.size(); ++f) {
        list.push_back(fmt::format("{}_{} = {}", axis_names_[i], f, factors[f]));
      }
    }
    return list;
  }

  /// A set of axes as an expression.
  [[nodiscard]] std::string group(AxisSet set) const {
    std::vector<std::string> parts;
    const Ranks& ranks = *one_.ranks;
    for (std::size_t i = 0; i < ranks.names().size(); ++i) {
      const AxisSet whole = ranks.axis(ranks.names()[i]);
      if ((set & whole) == 0) continue;
      if ((set & whole) == whole) {
        parts.push_back(axis_names_[i]);
        continue;
      }
      std::size_t part = 0;
      for (std::size_t a = 0; a < ranks.axes().size(); ++a) {
        if (((whole >> a) & 1U) == 0) continue;
        if (((set >> a) & 1U) != 0) parts.push_back(fmt::format("{}_{}", axis_names_[i], part));
        ++part;
      }
    }
    return joined(parts, " * ");
  }

  /// Ranks that take part in other sums have other tokens.
  [[nodiscard]] std::string layout() const {
    const std::string others = group(one_.ranks->all() & ~one_.group);
    if (others.empty()) return "tokens, hidden";
    return fmt::format("tokens / {}, hidden", bracketed(others));
  }

  [[nodiscard]] std::string weights() const {
    std::string text;
    for (std::size_t t = 0; t < one_.terms.size(); ++t) {
      const std::string split = group(one_.terms[t].over);
      std::string kind = "vector(hidden)";
      if (!one_.terms[t].addend) {
        kind = split.empty() ? "mlp(inter)" : fmt::format("mlp(inter / {})", bracketed(split));
      }
      text += fmt::format("{} = \"{}\"\n", names_[t], kind);
    }
    return text;
  }

  [[nodiscard]] std::string call(std::size_t term) const {
    return one_.terms[term].addend ? names_[term] : names_[term] + "(x)";
  }

  [[nodiscard]] std::vector<std::string> whole_terms() const {
    std::vector<std::string> list;
    for (std::size_t t = 0; t < one_.terms.size(); ++t) list.push_back(call(t));
    return list;
  }

  [[nodiscard]] std::string summed(AxisSet set, const std::string& what) const {
    return set == 0 ? what : fmt::format("all_reduce({}, {})", what, group(set));
  }

  /// What some ranks leave out of the common sum, or put in once more.
  [[nodiscard]] std::string guarded(const Delivery& delivered, std::size_t term) const {
    std::string text;
    for (const int times : {0, 2}) {
      std::vector<int> ranks;
      for (std::size_t r = 0; r < delivered.times.size(); ++r) {
        if (delivered.times[r] == times) ranks.push_back(static_cast<int>(r));
      }
      const bool left_out = times == 0 && std::ranges::count(delivered.times, 0) > 0;
      if (ranks.empty() && !left_out) continue;
      text += fmt::format("if rank({}) {}in [{}]: part = part + {}\n", group(one_.ranks->all()),
                          times == 0 ? "not " : "", fmt::join(ranks, ", "), call(term));
    }
    return text;
  }

  [[nodiscard]] std::string program(const Faults& faults) const {
    std::vector<std::string> common;
    std::vector<std::string> apart;
    std::string guards;
    for (std::size_t t = 0; t < one_.terms.size(); ++t) {
      const Delivery delivered = delivery(one_, faults, t);
      if (delivered.factor == Fraction(0)) continue;
      std::string own = call(t);
      if (!(delivered.factor == Fraction(1))) {
        own = fmt::format("{} / {} * {}", delivered.factor.numerator(),
                          delivered.factor.denominator(), own);
      }
      guards += guarded(delivered, t);
      if (std::ranges::count(delivered.times, 0) > 0) continue;
      if (delivered.again == 0 && delivered.over == one_.group) {
        common.push_back(own);
      } else if (delivered.again == one_.group) {
        common.push_back(summed(delivered.over, own));
      } else {
        apart.push_back(summed(delivered.again, summed(delivered.over, own)));
      }
    }
    if (common.empty() && guards.empty()) return fmt::format("y = {}\n", sum_of(apart));
    std::string text;
    std::string sum = sum_of(common);
    if (!guards.empty()) {
      text = fmt::format("part = {}\n{}", sum, guards);
      sum = "part";
    }
    apart.insert(apart.begin(), summed(one_.group, sum));
    return text + fmt::format("y = {}\n", sum_of(apart));
  }

  const Case& one_;
  const Faults& faults_;
  std::vector<std::string> names_;
  std::vector<std::string> axis_names_;
  bool split_ = false;
  std::string derived_;  // groups of the scenario
};

}  // namespace

std::string defect_scenario(const Case& one, const Faults& faults) {
  if (faults.empty()) return "";
  for (const bool plain : {false, true}) {
    Diagnostics diagnostics;
    std::string text = Writer(one, faults, plain).text();
    if (load_scenario(text, "diagnosed", diagnostics)) return text;
  }
  return "";
}

}  // namespace reducecheck::diagnosing
