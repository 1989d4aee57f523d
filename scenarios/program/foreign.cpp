// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace reducecheck {
namespace {

struct Entry {
  std::string_view word;
  std::string_view hint;
};

constexpr std::string_view no_exceptions = "a program raises no errors; choose with `if`";
constexpr std::string_view no_import = "weights, sizes and groups come from the scenario's tables";
constexpr std::string_view no_scope =
    "a function reads top-level variables and assigns only its own";
constexpr std::string_view no_wait = "collectives are called like functions and give their result";
constexpr std::string_view no_leaving = "put what it would skip under an `if`";
constexpr std::string_view no_table =
    "lists are written `[a, b]`; tables stand in the scenario file";
constexpr std::string_view no_bits = "`and`, `or` and `not` combine conditions";
constexpr std::string_view no_augment =
    "`+=`, `-=`, `*=` and `/=` exist; otherwise write `x = x ...`";

constexpr std::array foreign_words = {
    Entry{"while", "write `for i in range(n):`, which is unrolled"},
    Entry{"import", no_import},
    Entry{"from", no_import},
    Entry{"class", "write its methods as functions with `def`; `self.` before a name is dropped"},
    Entry{"lambda", "write a function with `def`"},
    Entry{"with", "leave it out; `section \"name\"` names a part of the program"},
    Entry{"as", "assign with `=`"},
    Entry{"try", no_exceptions},
    Entry{"except", no_exceptions},
    Entry{"finally", no_exceptions},
    Entry{"raise", no_exceptions},
    Entry{"assert", no_exceptions},
    Entry{"del", "values are never removed or changed; assign another name"},
    Entry{"global", no_scope},
    Entry{"nonlocal", no_scope},
    Entry{"yield", "a function gives its value with `return`"},
    Entry{"async", no_wait},
    Entry{"await", no_wait},
    Entry{"break", no_leaving},
    Entry{"continue", no_leaving},
    Entry{"is", "compare with `==` or `!=`"},
    Entry{"**", "write a product, such as `x * x`"},
    Entry{"&&", "write `and`"},
    Entry{"||", "write `or`"},
    Entry{"!", "write `not`"},
    Entry{"<>", "write `!=`"},
    Entry{"&", no_bits},
    Entry{"|", no_bits},
    Entry{"^", no_bits},
    Entry{"~", no_bits},
    Entry{"<<", "write a product with a power of two"},
    Entry{">>", "write `//` with a power of two"},
    Entry{":=", "assign with `=` in a statement of its own"},
    Entry{"->", "types are not written"},
    Entry{";", "write one statement a line"},
    Entry{"{", no_table},
    Entry{"}", no_table},
    Entry{"...", "write the values out"},
    Entry{"//=", no_augment},
    Entry{"%=", no_augment},
    Entry{"@=", no_augment},
    Entry{"**=", no_augment},
    Entry{"<<=", no_augment},
    Entry{">>=", no_augment},
    Entry{"&=", no_augment},
    Entry{"|=", no_augment},
};

}  // namespace

std::optional<ForeignWord> foreign_word(std::string_view word) {
  const auto* const found = std::ranges::find(foreign_words, word, &Entry::word);
  if (found == foreign_words.end()) return std::nullopt;
  return ForeignWord{fmt::format("`{}` is not part of the language", word),
                     std::string(found->hint)};
}

}  // namespace reducecheck
