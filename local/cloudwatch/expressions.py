"""Parses the expression languages of CloudWatch, which differ only in their tokens and operators."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class UnknownSyntax(ValueError):
    """The text is not in the part of the language that the local engine evaluates. The message names the part."""


class Constant(NamedTuple):
    """A number, a string or a compiled regular expression."""

    value: Any


class Name(NamedTuple):
    """A field, a metric's id or a keyword, as written."""

    text: str


class Call(NamedTuple):
    """A function with its arguments."""

    function: str
    arguments: "list[Node]"


class Array(NamedTuple):
    """The items between square brackets."""

    items: "list[Node]"


class Operation(NamedTuple):
    """An operator with one or two operands. Operators that are words are in upper case, with single spaces."""

    operator: str
    operands: "list[Node]"


Node = Constant | Name | Call | Array | Operation


class Language(NamedTuple):
    """One expression language."""

    name: str
    """The name in error messages."""
    tokens: re.Pattern[str]
    """A pattern with the groups `number`, `string`, `regex`, `operator`, `name` and `mark`, of which one matches."""
    binary: Mapping[str, int]
    """The precedence of each binary operator; operators of a higher precedence bind first."""
    unary: Mapping[str, int] = {}
    """The precedence of each operator before its operand."""
    postfix: frozenset[str] = frozenset()
    """The operators after their operand."""


class Token(NamedTuple):
    """One token of a text."""

    kind: str
    text: str


_END = Token("end", "the end")


class Parser:
    """A parser of the expressions in one text, by precedence climbing."""

    def __init__(self, text: str, language: Language) -> None:
        """Split the text into tokens. Raises UnknownSyntax for characters that begin no token of the language."""
        self._language = language
        self._tokens: list[Token] = []
        self._position = 0
        position = 0
        while position < len(text.rstrip()):
            match = language.tokens.match(text, position)
            if match is None or match.lastgroup is None:
                raise UnknownSyntax(f"{language.name} {text!r}: unknown syntax {text[position : position + 20]!r}")
            value = match[match.lastgroup]
            if match.lastgroup == "operator":
                value = " ".join(value.upper().split())
            self._tokens.append(Token(match.lastgroup, value))
            position = match.end()
        self._text = text

    @property
    def next(self) -> Token:
        """The next token; its kind is `end` after the last one."""
        return self._tokens[self._position] if self._position < len(self._tokens) else _END

    def text_from(self, position: int) -> str:
        """Return the tokens between an earlier position and the current one, without spaces."""
        return "".join(token.text for token in self._tokens[position : self._position])

    @property
    def position(self) -> int:
        """The number of tokens before the next one."""
        return self._position

    def take(self) -> Token:
        """Return the next token and move behind it."""
        token = self.next
        self._position += 1
        return token

    def accept(self, text: str) -> bool:
        """Move behind the next token if it has this text, in any case of its letters; return whether it has."""
        has_text = self.next.kind not in ("string", "end") and self.next.text.upper() == text.upper()
        self._position += has_text
        return has_text

    def expect(self, text: str) -> None:
        """Move behind the next token. Raises UnknownSyntax if the token has another text."""
        if not self.accept(text):
            raise self.error(f"{text!r} is missing before {self.next.text!r}")

    def end(self) -> None:
        """Raise UnknownSyntax if a token is left."""
        if self.next is not _END:
            raise self.error(f"unknown syntax {self.next.text!r}")

    def error(self, reason: str) -> UnknownSyntax:
        """Return the exception for this text."""
        return UnknownSyntax(f"{self._language.name} {self._text!r}: {reason}")

    def expression(self, precedence: int = 0) -> Node:
        """Parse an expression whose operators have at least this precedence."""
        left = self._operand()
        while self.next.kind == "operator":
            operator = self.next.text
            if operator in self._language.postfix:
                self.take()
                left = Operation(operator, [left])
                continue
            if self._language.binary.get(operator, -1) < precedence:
                break
            self.take()
            left = Operation(operator, [left, self.expression(self._language.binary[operator] + 1)])
        return left

    def items(self, end: str) -> list[Node]:
        """Parse expressions that are separated by commas, up to the token `end`."""
        items: list[Node] = []
        while not self.accept(end):
            if items:
                self.expect(",")
            items.append(self.expression())
        return items

    def _operand(self) -> Node:
        token = self.take()
        match token.kind:
            case "number":
                return Constant(float(token.text))
            case "string":
                return Constant(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
            case "regex":
                return Constant(re.compile(token.text[1:-1]))
            case "name":
                return Call(token.text, self.items(")")) if self.accept("(") else Name(token.text)
            case "operator" if token.text in self._language.unary:
                return Operation(token.text, [self.expression(self._language.unary[token.text])])
            case "mark" if token.text == "(":
                inner = self.expression()
                self.expect(")")
                return inner
            case "mark" if token.text == "[":
                return Array(self.items("]"))
            case _:
                raise self.error(f"unknown syntax {token.text!r}")


def parse(text: str, language: Language) -> Node:
    """Parse a text that is one expression. Raises UnknownSyntax if it is not."""
    parser = Parser(text, language)
    node = parser.expression()
    parser.end()
    return node
