# SPDX-License-Identifier: Apache-2.0
"""Many mutants in one program: each place holds the old and the new code, and a number that the
process reads when it starts chooses. So a file is compiled once and not once a mutant."""

import re

from cpp_tokens import tokens_of

# Included in front of every mutated source. A mutant is off in what the compiler evaluates.
HEADER = """
#pragma once
extern "C" {
extern int reducecheck_mutant;
extern unsigned char reducecheck_mutants_reached[];
}
constexpr bool reducecheck_mutated(int number) {
  if (__builtin_is_constant_evaluated()) return false;
  reducecheck_mutants_reached[number] = 1;
  return reducecheck_mutant == number;
}
"""

# REDUCECHECK_MUTANT is the number; the numbers that were reached are added to the file
# REDUCECHECK_REACHED.
RUNTIME = """
#include <cstdio>
#include <cstdlib>
extern "C" {
int reducecheck_mutant = -1;
unsigned char reducecheck_mutants_reached[%(count)d];
__attribute__((constructor(101))) void reducecheck_choose_mutant() {
  if (const char* number = std::getenv("REDUCECHECK_MUTANT")) {
    reducecheck_mutant = std::atoi(number);
  }
}
__attribute__((destructor(101))) void reducecheck_tell_reached() {
  const char* path = std::getenv("REDUCECHECK_REACHED");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "a");
  if (file == nullptr) return;
  for (int i = 0; i < %(count)d; ++i) {
    if (reducecheck_mutants_reached[i] != 0) std::fprintf(file, "%%d\\n", i);
  }
  std::fclose(file);
}
}
"""


def in_one_line(code):
    """The code without comments and line ends, so that a file keeps its lines."""
    pieces, end = [], 0
    for token in tokens_of(code):
        pieces.append(" " if pieces and token.begin > end else "")
        pieces.append(token.text)
        end = token.end
    return "".join(pieces)


def changed(text, mutation):
    return in_one_line(text[mutation.first:mutation.begin] + mutation.replacement
                       + text[mutation.end:mutation.last])


def crosses(a, b):
    """Whether two spans overlap and neither holds the other."""
    return a.first < b.first < a.last < b.last or b.first < a.first < b.last < a.last


def wrapped(form, number, new, old):
    chosen = f"reducecheck_mutated({number})"
    if form == "choose":
        return f"({chosen} ? ({new}) : ({old}))"
    if form == "condition":
        return f"({chosen} != static_cast<bool>({old}))"
    return f"{{ if ({chosen}) {{ {new} }} else {{ {old} }} }}"


def with_all(text, numbered):
    """The file with every (number, mutation); no two of them cross."""
    order = sorted(numbered, key=lambda one: (one[1].first, -one[1].last, one[0]))

    def render(begin, end, inner):
        pieces, at = [], begin
        while inner:
            number, mutation = inner[0]
            held = [one for one in inner[1:] if one[1].first < mutation.last]
            inner = inner[1 + len(held):]
            pieces.append(text[at:mutation.first])
            old = render(mutation.first, mutation.last, held)
            pieces.append(wrapped(mutation.form, number, changed(text, mutation), old))
            at = mutation.last
        return "".join(pieces) + text[at:end]

    return render(0, len(text), order)


ERROR = re.compile(r"^(?P<path>[^:\s]+):(?P<line>\d+):(?:\d+:)? (?:fatal )?error:", re.MULTILINE)
CAUSE = re.compile(r"^(?P<path>[^:\s]+):(?P<line>\d+):(?:\d+:)? +required from", re.MULTILINE)


def refused(errors, prefix, mutations):
    """Which mutations the compiler's text speaks about: on the lines of its errors, or else of what
    it says required them; of new code in the first line of its place, or else anywhere in it. Paths
    of mutated files begin with `prefix`."""
    for pattern in (ERROR, CAUSE):
        said = {(match["path"], int(match["line"])) for match in pattern.finditer(errors)}
        for whole in (False, True):
            found = {one for one in mutations
                     if any((prefix + one.path, line) in said
                            for line in range(one.lines[0], one.lines[whole] + 1))}
            if found:
                return found
    return set()
