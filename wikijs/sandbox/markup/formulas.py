"""Formulas as MathML, as KaTeX writes it: rows of signs, powers and indices, fractions and roots, and the commands that
stand for one sign.
"""

# ruff: noqa: RUF001  signs of formulas look like others

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.common.utils import escapeHtml

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
LETTERS = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "chi",
            "psi",
            "omega",
        ],
        "αβγδζηθικλμνξπρστυχψω",
        strict=True,
    )
)
PLAIN = {"infty": "∞", "partial": "∂", "forall": "∀", "exists": "∃", "nabla": "∇"}
SIGNS = {
    "times": "×", "cdot": "⋅", "in": "∈", "notin": "∉", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "to": "→", "rightarrow": "→", "cup": "∪", "cap": "∩", "subset": "⊂", "pm": "±", "approx": "≈",
    "sum": "∑", "prod": "∏", "int": "∫", "equiv": "≡", "div": "÷",
}  # fmt: skip
FUNCTIONS = {"sin", "cos", "tan", "log", "ln", "exp"}
VARIANTS = {"mathrm": "normal", "mathbf": "bold", "mathbb": "double-struck"}
ACCENTS = {"hat": "^", "vec": "⃗"}
STACKED = {"\\sum", "\\prod"}
"""Signs that in displayed formulas have below and above them what elsewhere stands behind them."""
WHOLE = {
    **{sign: f'<mo stretchy="false">{sign}</mo>' for sign in "()[]!?"},
    **{sign: f'<mo separator="true">{sign}</mo>' for sign in ",;"},
    "|": '<mi mathvariant="normal">∣</mi>',
    "/": '<mi mathvariant="normal">/</mi>',
    ".": '<mi mathvariant="normal">.</mi>',
    "-": "<mo>−</mo>",
    "*": "<mo>∗</mo>",
    **{f"\\{name}": f"<mi>{sign}</mi>" for name, sign in LETTERS.items()},
    **{f"\\{name}": f'<mi mathvariant="normal">{sign}</mi>' for name, sign in PLAIN.items()},
    **{f"\\{name}": f"<mo>{sign}</mo>" for name, sign in SIGNS.items()},
    **{f"\\{name}": f"<mi>{name}</mi>" for name in FUNCTIONS},
    "\\,": "<mtext>\u2009</mtext>",
}
PRIME = '<mo mathvariant="normal" lspace="0em" rspace="0em">′</mo>'
DEEPEST = 50


class Unknown(Exception):  # noqa: N818  no error of anybody: the formula is shown sign by sign
    """A formula with something that is not known here."""


def mathml(content: str, *, display: bool = False) -> str:
    """What stands in a formula's row.

    Raises:
        Unknown: There is something in it that is not known here.
    """
    return _Reader(TOKEN.findall(content), display=display).all()


class _Reader:
    def __init__(self, pieces: list[str], *, display: bool) -> None:
        self._pieces, self._position, self._display, self._depth = pieces, 0, display, 0

    def all(self) -> str:
        row = "".join(self._row())
        if self._position < len(self._pieces):
            raise Unknown
        return row

    def _next(self) -> str:
        return self._pieces[self._position] if self._position < len(self._pieces) else ""

    def _taken(self) -> str:
        piece = self._next()
        self._position += 1
        return piece

    def _row(self) -> Iterator[str]:
        while self._next() not in {"", "}"}:
            piece = self._next()
            base = self._atom()
            yield self._scripted(piece, base)
            if piece[1:] in FUNCTIONS:
                yield "<mo>\u2061</mo>"

    def _scripted(self, piece: str, base: str) -> str:
        scripts: dict[str, str] = {}
        while self._next() in {"_", "^", "'"}:
            kind = self._taken()
            scripts["^" if kind == "'" else kind] = PRIME if kind == "'" else self._atom()
        names = ("munder", "mover", "munderover") if self._display and piece in STACKED else ("msub", "msup", "msubsup")
        if not scripts:
            return base
        name = names[2] if len(scripts) == 2 else names["^" in scripts]
        return f"<{name}>{base}{scripts.get('_', '')}{scripts.get('^', '')}</{name}>"

    def _atom(self) -> str:
        """One sign, or what is in braces."""
        piece = self._taken()
        if piece == "{":
            return self._group()
        if piece in WHOLE:
            return WHOLE[piece]
        if piece[:1] == "\\":
            return self._command(piece[1:])
        if piece[:1].isdecimal():
            return f"<mn>{piece}</mn>"
        if not piece or piece in "}_^'&~%#$":
            raise Unknown
        name = "mi" if piece.isalpha() else "mo"
        return f"<{name}>{escapeHtml(piece)}</{name}>"

    def _group(self) -> str:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unknown
        parts = list(self._row())
        if self._taken() != "}":
            raise Unknown
        self._depth -= 1
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def _command(self, name: str) -> str:
        if name == "frac":
            return f"<mfrac>{self._atom()}{self._atom()}</mfrac>"
        if name in VARIANTS and self._next() == "{":
            return re.sub(r"^<mi>(?=[^<]</mi>$)", f'<mi mathvariant="{VARIANTS[name]}">', self._atom())
        if name in ACCENTS:
            return f'<mover accent="true">{self._atom()}<mo>{ACCENTS[name]}</mo></mover>'
        if name == "sqrt" and self._next() == "{":
            return f"<msqrt>{self._atom()}</msqrt>"
        raise Unknown
