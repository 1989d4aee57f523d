# SPDX-License-Identifier: Apache-2.0
"""The tokens of a C++ file that clang-format laid out, and which bracket belongs to which.

Layout tells `a < b` from `vector<int>`: a binary operator has space on both sides. That is all this
reader knows about types.
"""

import re

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<raw>(?:u8|[uUL])?R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)")
  | (?P<string>(?:u8|[uUL])?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'))
  | (?P<number>\.?\d(?:[\w.']|(?<=[eEpP])[+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<operator><=>|->\*|<<=|>>=|\.\.\.|::|->|\+\+|--|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {close: opening for opening, close in OPENING.items()}


class Token:
    """One token: `begin` and `end` in the text, its line from 1, and the place of its partner when
    it is a bracket; a `<` with a partner is a template's."""

    def __init__(self, kind, text, begin, line, spaced):
        self.kind, self.text, self.begin, self.line = kind, text, begin, line
        self.end = begin + len(text)
        self.spaced_before, self.spaced_after = spaced, False
        self.partner = -1
        self.inside = -1  # the innermost bracket around it

    @property
    def binary(self):
        return self.kind == "operator" and self.spaced_before and self.spaced_after


def tokens_of(text):
    """All tokens but spaces, comments and directives; partners are known."""
    tokens, spaced, line = [], True, 1
    for match in TOKEN.finditer(text):
        kind, piece = match.lastgroup, match.group()
        if kind == "tag":
            kind = "raw"
        if kind in ("space", "comment", "directive"):
            spaced = True
            if tokens:
                tokens[-1].spaced_after = True
        elif kind == "operator" and piece == ">>" and not spaced:
            tokens.append(Token(kind, ">", match.start(), line, False))
            tokens.append(Token(kind, ">", match.start() + 1, line, False))
            spaced = False
        else:
            tokens.append(Token(kind, piece, match.start(), line, spaced))
            spaced = False
        line += piece.count("\n")
    pair(tokens)
    return tokens


def opens_template(tokens, at):
    token, before = tokens[at], tokens[at - 1].text if at else ""
    return token.text == "<" and before != "operator" and (
        not token.spaced_before or before in ("template", "class"))


def pair(tokens):
    stack = []
    for at, token in enumerate(tokens):
        if token.kind != "operator":
            token.inside = stack[-1] if stack else -1
            continue
        closes_template = (token.text == ">" and not token.spaced_before and stack
                           and tokens[stack[-1]].text == "<")
        if token.text in CLOSING or closes_template:
            while stack and token.text in CLOSING and (
                    tokens[stack[-1]].text != CLOSING[token.text]):
                stack.pop()  # a `<` that was no template's
            if stack:
                token.partner = stack.pop()
                tokens[token.partner].partner = at
        token.inside = stack[-1] if stack else -1
        if token.text in OPENING or opens_template(tokens, at):
            stack.append(at)
