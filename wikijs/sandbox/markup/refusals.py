"""Formulas that KaTeX refuses: the server shows those as they are written."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

TOKEN: Final = re.compile(r"\\[A-Za-z]+|\\.|%[^\n]*|\S", re.DOTALL)
ENVIRONMENTS: Final = re.compile(
    r"array|aligned(at)?|darray|[bBpvV]?matrix|smallmatrix|subarray|[dr]?cases|drcases|gathered"
)
DEFINING: Final = re.compile(r"\\([egx]?def|(re)?newcommand|providecommand|let|futurelet)")
"""Behind them other words may mean anything: such formulas are not judged."""
LITERAL: Final = re.compile(r"text(bf|it|md|normal|rm|sf|tt|up)?|mbox|url|ce|pu|href|(text|f?)color(box)?|operatorname")
"""Their arguments are no formulas."""
TEXT: Final = re.compile(r"text(bf|it|md|normal|rm|sf|tt|up)?|mbox")
REFUSED: Final = frozenset("\"'()*+-./<=?@[]^`~")
"""Signs that a backslash cannot stand in front of."""
ELSEWHERE: Final = re.compile(r"tag|right|end|middle|AA|aa|[Hruv]|text(circled|copyright|registered)")
"""Commands that cannot stand in a row of signs."""
OPERATOR: Final = re.compile(
    r"\\(sum|prod|coprod|big(cap|cup|sqcup|vee|wedge|odot|otimes|oplus|uplus)|i*int|o(i*)int|intop|smallint|lim(inf|sup)?"
    r"|max|min|sup|inf|det|gcd|Pr|operatorname|mathop|arg(min|max)|inj(lim)?|proj(lim)?|var(inj|proj)lim|varlim(inf|sup))"
)
"""Only behind these may \\limits stand."""
DIVIDING: Final = re.compile(r"\\(over|choose|atop|brace|brack)")
"""One of them at most in a row of signs."""
LINES: Final = frozenset({"\\hline", "\\hdashline"})
COLUMNS: Final = re.compile(r"[lcr|:]*")
SIZED: Final = {"hspace": 1, "vspace": 1, "rule": 2}
"""Commands whose arguments are sizes, and how many."""
SIZE: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(em|ex|mu|pt|mm|cm|in|bp|pc|dd|cc|nd|nc|sp)")
LARGE: Final = re.compile(r"[bB]igg?[lmr]?")
VERBATIM: Final = re.compile(r"\\verb\*?([^A-Za-z*\s])([^\n]*)")
"""A text between two of the same sign."""
DEEPEST: Final = 50


class _RefusedError(Exception):
    """KaTeX refuses it."""


class _UnjudgedError(Exception):
    """It is not known whether KaTeX refuses it."""


@cache
def commands() -> dict[str, int]:
    """How many arguments each command must have; -1 where it has a grammar of its own."""
    known: dict[str, int] = {}
    number = -1
    for line in files("wikijs.sandbox.markup").joinpath("katex.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            number = int(line[1]) if line[1].isdigit() else -1
        elif not line.startswith("#"):
            known |= dict.fromkeys(line.split(), number)
    return known


def refused(content: str) -> bool:
    """Whether KaTeX refuses a formula, as far as is known here: one that is not judged is none."""
    if any(said[1] not in said[2] for said in VERBATIM.finditer(content)):
        return True
    if content.count("\\begingroup") != content.count("\\endgroup"):
        return True
    pieces = [piece for piece in TOKEN.findall(content) if not piece.startswith("%")]
    if any(DEFINING.fullmatch(piece) for piece in pieces):
        return False
    try:
        _Judge(pieces).all()
    except _RefusedError:
        return True
    except _UnjudgedError:
        return False
    return False


class _Judge:
    """Reads a formula as far as its grammar goes."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces, self._position, self._depth = pieces, 0, 0

    def all(self) -> None:
        self._row(frozenset({""}), cells=False)

    def _next(self) -> str:
        return self._pieces[self._position] if self._position < len(self._pieces) else ""

    def _taken(self) -> str:
        piece = self._next()
        self._position += 1
        return piece

    def _row(self, ends: frozenset[str], *, cells: bool) -> None:
        """Up to one of these pieces, which is taken."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _UnjudgedError
        scripts: set[str] = set()
        last, is_divided = "", False
        while (piece := self._next()) not in ends:
            if piece in {"", "}", "\\right", "\\end"} or (piece == "&" and not cells):
                raise _RefusedError
            if piece in {"^", "_", "'"}:
                self._script(scripts)
                last = ""
            elif piece == "&" or (cells and piece in {"\\\\", "\\cr"}):
                self._taken()
                scripts.clear()
                last, is_divided = "", False
            elif piece in {"\\limits", "\\nolimits"}:
                self._taken()
                if not OPERATOR.fullmatch(last):
                    raise _RefusedError
            else:
                if DIVIDING.fullmatch(piece):
                    if is_divided:
                        raise _RefusedError
                    is_divided = True
                scripts.clear()
                last = piece
                self._atom(cells=cells)
        self._taken()
        self._depth -= 1

    def _script(self, scripts: set[str]) -> None:
        """What stands above or below the sign before; each once."""
        piece = self._taken()
        if piece == "'":
            if "'" not in scripts and "^" in scripts:
                raise _RefusedError
        elif piece in scripts or self._next() in {"^", "_", "'"}:
            raise _RefusedError
        else:
            self._atom()
        scripts.add(piece)

    def _atom(self, *, cells: bool = False) -> None:
        """A sign, a group, or a command with what belongs to it."""
        piece = self._taken()
        if piece in {"", "}", "&", "#", "\\cr"} or (piece in LINES and not cells):
            raise _RefusedError
        if piece == "{":
            self._row(frozenset({"}"}), cells=False)
        elif piece == "\\left":
            self._delimiter()
            self._row(frozenset({"\\right"}), cells=False)
            self._delimiter()
        elif piece == "\\begin":
            name = self._word()
            if not ENVIRONMENTS.fullmatch(name):
                raise _RefusedError
            if name in {"array", "darray", "subarray", "alignedat"}:
                wanted = self._word()
                if name != "alignedat" and not COLUMNS.fullmatch(wanted):
                    raise _RefusedError
            self._row(frozenset({"\\end"}), cells=True)
            if self._word() != name:
                raise _RefusedError
        elif piece[0] == "\\":
            self._command(piece[1:])

    def _command(self, name: str) -> None:
        if not name[:1].isalpha():
            if name in REFUSED:
                raise _RefusedError
            return
        if name in SIZED and self._next() == "{":
            self._sizes(SIZED[name])
            return
        wanted = commands().get(name)
        if wanted is None or (wanted == -1 and ELSEWHERE.fullmatch(name)):
            raise _RefusedError
        if wanted == -1 and not LARGE.fullmatch(name):
            raise _UnjudgedError
        if wanted == -1:
            self._delimiter()
            return
        self._options(name)
        for _ in range(wanted):
            if LITERAL.fullmatch(name):
                self._literal(refusing={"^", "_"} if TEXT.fullmatch(name) else set())
            elif self._next() in {"^", "_"}:
                raise _RefusedError
            else:
                self._atom()

    def _options(self, name: str) -> None:
        if name in {"sqrt", "smash"} and self._next() == "[":
            while self._taken() not in {"]", ""}:
                pass
        if name == "operatorname" and self._next() == "*":
            self._taken()

    def _sizes(self, number: int) -> None:
        for _ in range(number):
            if not SIZE.fullmatch(self._word()):
                raise _RefusedError

    def _delimiter(self) -> None:
        if self._taken() in {"", "{", "}", "&", "^", "_"}:
            raise _RefusedError

    def _word(self) -> str:
        """What stands in braces."""
        if self._taken() != "{":
            raise _RefusedError
        word = ""
        while (piece := self._taken()) != "}":
            if not piece:
                raise _RefusedError
            word += piece
        return word

    def _literal(self, *, refusing: set[str]) -> None:
        """An argument that is no formula: its braces count, and signs that it cannot have."""
        if self._taken() != "{":
            if self._position > len(self._pieces):
                raise _RefusedError
            return
        deep = 1
        while deep:
            piece = self._taken()
            if not piece or piece in refusing:
                raise _RefusedError
            deep += (piece == "{") - (piece == "}")
