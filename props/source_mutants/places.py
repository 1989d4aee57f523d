# SPDX-License-Identifier: Apache-2.0
"""Every place of a C++ file where one token can be changed, and what it would be changed to."""

import collections
import re

from cpp_tokens import tokens_of

# A change of text[begin:end] into `replacement`. `first` to `last` is the expression or statement
# that the change belongs to, in `lines`; `form` says how both can stand in one program.
Mutation = collections.namedtuple(
    "Mutation", "path line column source label begin end replacement first last lines form")

SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "+": "-", "-": "+",
           "*": "+", "/": "*", "%": "*", "&&": "||", "||": "&&", "&": "|", "|": "&", "<<": ">>",
           ">>": "<<", "+=": "-=", "-=": "+=", "*=": "+=", "/=": "*=", "|=": "&=", "&=": "|="}
SWAPPED_WORDS = {"true": "false", "false": "true", "any_of": "all_of", "all_of": "any_of",
                 "none_of": "any_of", "front": "back", "back": "front"}
QUALIFIED_WORDS = {("std", "min"): "max", ("std", "max"): "min", ("D", "add"): "subtract",
                   ("D", "subtract"): "add", ("D", "multiply"): "add", ("D", "divide"): "multiply",
                   ("Prime", "multiply"): "add", ("Prime", "add"): "subtract",
                   ("Prime", "divide"): "multiply"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>="}
CONTROL = {"if", "while", "for", "switch"}
BEFORE_EXPRESSION = {"return", "throw", "case", "else", "do", "co_return", "default", "constexpr"}
COMPILE_TIME = {"constexpr", "consteval", "static_assert", "template", "using", "requires", "enum",
                "concept", "asm", "typedef", "operator"}
COMPLETE = re.compile(r"return\s*(\{\s*\}|nullptr|std::nullopt|false|0)?\s*;")


class Finder:
    def __init__(self, path, text):
        self.path, self.text, self.tokens = path, text, tokens_of(text)
        self.lines = text.splitlines()
        self.counts = collections.Counter()
        self.found = []

    def word(self, at):
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def note(self, label, edit, span, form):
        """`edit` is (begin, end, replacement) in the text, `span` are the first and last token."""
        first, last = self.tokens[span[0]], self.tokens[span[1]]
        line = self.text.count("\n", 0, edit[0]) + 1
        column = edit[0] - self.text.rfind("\n", 0, edit[0])
        self.counts[line, label] += 1
        if self.counts[line, label] > 1:
            label += f" ({self.counts[line, label]})"
        self.found.append(Mutation(self.path, line, column, self.lines[line - 1].strip(), label,
                                   *edit, first.begin, last.end, (first.line, last.line), form))

    def after_control(self, at):
        """Whether the `)` at `at` ends the head of an if, a while, a for or a switch."""
        opening = self.tokens[at].partner
        return self.word(at) == ")" and opening > 0 and (
            self.word(opening - 1) in CONTROL or self.word(opening - 1) == "constexpr")

    def is_compile_time(self, at):
        """Whether the statement up to `at` is one that only a compiler evaluates."""
        while self.word(at) not in COMPILE_TIME:
            if at == 0 or self.word(at - 1) in (";", "{", "}"):
                return False
            at -= 1
        return True

    def expression(self, at, own=False):
        """The first and last token of the whole expression around `at`: up to what binds less than
        any binary operator. The assignment `own` belongs to it, with all that is assigned."""
        stops = {";", ",", "?", ":"} | ASSIGNMENTS
        first = last = at
        while first > 0:
            before = self.tokens[first - 1]
            if before.partner >= 0 and before.partner < first - 1:
                is_block = before.text == "}" and self.word(first) not in SWAPPED
                if is_block or self.after_control(first - 1):
                    break
                first = before.partner
            elif before.partner >= 0 or before.text in stops | BEFORE_EXPRESSION:
                break
            else:
                first -= 1
        stops -= {"?", ":"} if own else set()
        while last + 1 < len(self.tokens):
            after = self.tokens[last + 1]
            if after.partner > last + 1:
                last = after.partner
            elif after.partner >= 0 or after.text in stops:
                break
            else:
                last += 1
        return first, last

    def swap(self, at, to, own=False):
        token = self.tokens[at]
        self.note(f"`{token.text}` to `{to}`", (token.begin, token.end, to),
                  self.expression(at, own), "choose")

    def operator(self, at):
        token = self.tokens[at]
        if token.text in ASSIGNMENTS:
            if token.text in SWAPPED:
                self.swap(at, SWAPPED[token.text], own=True)
        elif token.binary and token.partner < 0 and token.text in SWAPPED:
            self.swap(at, SWAPPED[token.text])
        elif token.text == "!" and not token.spaced_after:
            self.note("`!` removed", (token.begin, token.end, ""), self.expression(at), "choose")

    def number(self, at):
        token = self.tokens[at]
        match = re.fullmatch(r"([\d']+)([uUlLzZ]*)", token.text)
        within_template = token.inside >= 0 and self.word(token.inside) == "<"
        if match and not within_template:
            more = f"{int(match[1].replace(chr(39), '')) + 1}{match[2]}"
            self.note(f"`{token.text}` to `{more}`", (token.begin, token.end, more), (at, at),
                      "choose")

    def name(self, at):
        text = self.word(at)
        scope = self.word(at - 2) if self.word(at - 1) == "::" else ""
        called = self.word(at + 1) == "("
        if text in ("true", "false") or (called and text in SWAPPED_WORDS):
            self.swap(at, SWAPPED_WORDS[text])
        elif (scope, text) in QUALIFIED_WORDS:
            self.swap(at, QUALIFIED_WORDS[scope, text])
        elif text in ("if", "while") and called:
            self.condition(at + 1)
        elif text == "return":
            self.returned(at)
        elif text in ("break", "continue") and self.word(at + 1) == ";":
            to = "continue" if text == "break" else "break"
            token = self.tokens[at]
            self.note(f"`{text}` to `{to}`", (token.begin, token.end, to), (at, at + 1),
                      "statement")

    def condition(self, opening):
        close = self.tokens[opening].partner
        first = opening + 1
        for at in range(first, close):
            if self.tokens[at].inside == opening and self.word(at) == ";":
                first = at + 1
            elif self.tokens[at].inside == opening and self.word(at) in ASSIGNMENTS:
                return  # it declares what it tests
        begin, end = self.tokens[first].begin, self.tokens[close - 1].end
        self.note("condition negated", (begin, end, f"!({self.text[begin:end]})"),
                  (first, close - 1), "condition")

    def returned(self, at):
        last = at
        while self.word(last) != ";":
            last = max(self.tokens[last].partner, last) + 1
        begin, end = self.tokens[at].begin, self.tokens[last].end
        if not COMPLETE.fullmatch(self.text[begin:end]):
            self.note("returns {}", (begin, end, "return {};"), (at, last), "statement")

    def after_label(self, at):
        """Whether the `:` at `at` ends a label of a switch."""
        while at > 0 and self.word(at - 1) not in (";", "{", "}", "?", ")", ":"):
            at -= 1
        return self.word(at) in ("case", "default")

    def statement(self, at):
        """A statement that is one call, assignment or increment."""
        before = self.word(at - 1)
        token = self.tokens[at]
        in_block = token.inside >= 0 and self.word(token.inside) == "{"
        starts = before in (";", "{", "}", "else", "do") or self.after_control(at - 1) or (
            before == ":" and self.after_label(at - 1))
        if not in_block or not starts or (token.kind != "word" and token.text not in ("++", "--")):
            return
        last, joined = at, True
        has_effect = token.kind != "word"
        while self.word(last) != ";":
            now = self.tokens[last]
            if now.kind == "word":
                if not joined and not has_effect:
                    return  # a declaration: two words side by side
                joined = has_effect
            elif now.text in ASSIGNMENTS or now.text in ("(", "++", "--"):
                has_effect = True
            elif now.text not in ("::", ".", "->", "[", "<") and not has_effect:
                return
            else:
                joined = now.text in ("::", ".", "->")
            last = max(now.partner, last) + 1
            if last >= len(self.tokens):
                return
        if has_effect and self.word(at) not in ("return", "delete", "throw", "if", "for", "while",
                                                "switch", "else", "static_cast", "do"):
            begin, end = token.begin, self.tokens[last].end
            self.note("statement deleted", (begin, end, ";"), (at, last), "statement")

    def run(self):
        for at, token in enumerate(self.tokens):
            if token.inside < 0 or self.is_compile_time(at):
                continue
            if token.kind == "operator":
                self.operator(at)
            elif token.kind == "number":
                self.number(at)
            elif token.kind == "word":
                self.name(at)
            self.statement(at)
        return self.found


def body_of(text, name):
    """The range of the function whose definition says `name(` outside of any block."""
    match = re.search(rf"^[^\s/#][^\n;]*\b{re.escape(name)}\(", text, re.MULTILINE)
    if not match:
        raise LookupError(name)
    return match.start(), text.index("\n}", match.start()) + 2


def places(path, text, function=""):
    """All mutations of the file, in the order of the text, or those within one function."""
    found = Finder(path, text).run()
    if function:
        begin, end = body_of(text, function)
        found = [one for one in found if begin <= one.begin < end]
    return sorted(found, key=lambda one: (one.begin, one.label))


def applied(text, mutation):
    """The file with that one change, in as many lines."""
    lines = text.count("\n", mutation.begin, mutation.end)
    kept = mutation.replacement + "\n" * (lines - mutation.replacement.count("\n"))
    return text[:mutation.begin] + kept + text[mutation.end:]
