"""Formulas as MathML, as KaTeX writes it: rows of signs, powers and indices, fractions and roots, and the commands that
stand for one sign.
"""

# ruff: noqa: RUF001  signs of formulas look like others

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.common.utils import escapeHtml

TOKEN = re.compile(r"\\text\{[^{}\\$^_]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
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
PLAIN = {
    "Gamma": "Γ",
    "hbar": "ℏ",
    "ell": "ℓ",
    "emptyset": "∅",
    "neg": "¬",
    "infty": "∞",
    "partial": "∂",
    "forall": "∀",
    "exists": "∃",
    "nabla": "∇",
}
SIGNS = {
    "times": "×", "cdot": "⋅", "in": "∈", "notin": "∉", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "to": "→", "rightarrow": "→", "cup": "∪", "cap": "∩", "subset": "⊂", "pm": "±", "approx": "≈",
    "sum": "∑", "prod": "∏", "int": "∫", "equiv": "≡", "div": "÷", "ldots": "…", "cdots": "⋯", "Rightarrow": "⇒",
    "leftarrow": "←", "oint": "∮", "mp": "∓", "ll": "≪", "gg": "≫", "sim": "∼", "propto": "∝", "perp": "⊥",
    "parallel": "∥", "setminus": "∖", "wedge": "∧", "vee": "∨",
}  # fmt: skip
FUNCTIONS = {"sin", "cos", "tan", "log", "ln", "exp", "arg"}
LIMITS = {"lim", "max", "min", "sup", "inf"}
"""Functions with something below them when displayed; with it they lose their name, there too."""
NAMED = FUNCTIONS | LIMITS
VARIED = re.compile(r"<mi>(?=[^<]</mi>)")
VARIANTS = {"mathrm": "normal", "mathbf": "bold", "mathbb": "double-struck", "mathcal": "script"}
ACCENTS = {"hat": "^", "vec": "⃗", "bar": "ˉ", "tilde": "~", "dot": "˙"}
FENCES = {
    "\\{": "{",
    "\\}": "}",
    "|": "∣",
    "\\|": "∥",
    "\\langle": "⟨",
    "\\rangle": "⟩",
    **{sign: sign for sign in "()[]"},
}
MATRICES = {
    "matrix": "",
    "pmatrix": "()",
    "bmatrix": "[]",
    "vmatrix": "∣∣",
    "Vmatrix": "∥∥",
    "Bmatrix": "{}",
    "cases": "{",
    "aligned": "",
}
"""Tables, and the fences around them."""
BETWEEN = {"matrix": "0.15999999999999992em", "cases": "0.3599999999999999em", "aligned": "0.24999999999999992em"}
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
    **{f"\\{name}": f"<mi>{name}</mi>" for name in NAMED},
    "\\ne": '<mo mathvariant="normal">≠</mo>',
    "\\neq": '<mo mathvariant="normal">≠</mo>',
    "\\;": "<mtext>\u2005\u200a</mtext>",
    "\\epsilon": "<mi>ϵ</mi>",
    "\\varphi": "<mi>φ</mi>",
    "\\quad": '<mspace width="1em"></mspace>',
    "\\,": "<mtext>\u2009</mtext>",
}
PRIMES = '<mo mathvariant="normal">′</mo>'
PRIME = '<mo mathvariant="normal" lspace="0em" rspace="0em">′</mo>'
NO_BREAK = "\xa0"
DEEPEST = 50


class Unknown(Exception):  # noqa: N818  no error of anybody: the formula is shown sign by sign
    """A formula with something that is not known here."""


def mathml(content: str, *, display: bool = False) -> str:
    """What a formula is: a row, or the one thing that is one itself.

    Raises:
        Unknown: There is something in it that is not known here.
    """
    return _Reader(TOKEN.findall(content), display=display).all()


class _Reader:
    def __init__(self, pieces: list[str], *, display: bool) -> None:
        self._pieces, self._position, self._display, self._depth = pieces, 0, display, 0

    def all(self) -> str:
        parts = list(self._row())
        if self._position < len(self._pieces):
            raise Unknown
        row = "".join(parts)
        return row if len(parts) == 1 and row.startswith(("<mrow>", "<mtable ")) else f"<mrow>{row}</mrow>"

    def _next(self) -> str:
        return self._pieces[self._position] if self._position < len(self._pieces) else ""

    def _taken(self) -> str:
        piece = self._next()
        self._position += 1
        return piece

    def _row(self) -> Iterator[str]:
        while self._next() not in {"", "}", "\\right", "\\end", "&", "\\\\"}:
            piece = self._next()
            base = self._atom()
            is_bare = self._next() not in {"_", "^", "'"}
            yield self._scripted(piece, base if is_bare or piece[1:] not in NAMED else "<mo></mo>")
            if is_bare and piece[1:] in NAMED:
                yield "<mo>\u2061</mo>"

    def _scripted(self, piece: str, base: str) -> str:
        scripts: dict[str, str] = {}
        above: list[str] = []
        while self._next() in {"_", "^", "'"}:
            if (kind := self._taken()) == "_":
                scripts["_"] = self._argument()
            else:
                above.append(PRIMES if kind == "'" else self._argument())
        if above:
            is_prime = above == [PRIMES]
            scripts["^"] = PRIME if is_prime else above[0] if len(above) == 1 else f"<mrow>{''.join(above)}</mrow>"
        names = (
            ("munder", "mover", "munderover")
            if self._display and piece in STACKED | {f"\\{name}" for name in LIMITS}
            else ("msub", "msup", "msubsup")
        )
        if not scripts:
            return base
        name = names[2] if len(scripts) == 2 else names["^" in scripts]
        return f"<{name}>{base}{scripts.get('_', '')}{scripts.get('^', '')}</{name}>"

    def _argument(self) -> str:
        """What belongs to the command before: of a number its first digit."""
        piece = self._next()
        if len(piece) > 1 and piece.isdecimal():
            self._pieces[self._position : self._position + 1] = [piece[0], piece[1:]]
        return self._atom()

    def _fence(self) -> str:
        """What stands behind \\left or \\right."""
        sign = self._taken()
        if sign == ".":
            return ""
        if sign not in FENCES:
            raise Unknown
        return f'<mo fence="true">{FENCES[sign]}</mo>'

    def _fenced(self) -> str:
        opened, parts = self._fence(), list(self._row())
        if self._taken() != "\\right":
            raise Unknown
        return f"<mrow>{opened}{''.join(parts)}{self._fence()}</mrow>"

    def _word(self) -> str:
        word = ""
        if self._taken() != "{":
            raise Unknown
        while (piece := self._taken()) != "}":
            if not piece:
                raise Unknown
            word += piece
        return word

    def _matrix(self) -> str:
        """Rows of cells, in fences or without."""
        name = self._word()
        if name not in MATRICES:
            raise Unknown
        is_large = "true" if name == "aligned" else "false"
        rows: list[list[str]] = [[]]
        while True:
            is_right = name == "aligned" and len(rows[-1]) % 2 == 1
            parts = ["<mrow></mrow>"] * is_right + list(self._row())
            cell = parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"
            rows[-1].append(f'<mtd><mstyle scriptlevel="0" displaystyle="{is_large}">{cell}</mstyle></mtd>')
            end = self._taken()
            if end == "\\\\":
                rows.append([])
            elif end == "\\end" and self._word() == name:
                break
            elif end != "&":
                raise Unknown
        made = "".join(f"<mtr>{''.join(row)}</mtr>" for row in rows)
        table = f'<mtable rowspacing="{BETWEEN.get(name, BETWEEN["matrix"])}">{made}</mtable>'
        fences = [f'<mo fence="true">{sign}</mo>' for sign in MATRICES[name]]
        return f"<mrow>{fences[0]}{table}{''.join(fences[1:])}</mrow>" if fences else table

    def _atom(self) -> str:
        """One sign, or what is in braces."""
        piece = self._taken()
        if piece.startswith("\\text{"):
            return f"<mtext>{escapeHtml(piece[6:-1]).replace(' ', NO_BREAK)}</mtext>"
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

    def _root(self) -> str:
        """A root, with its degree if it has one."""
        if self._next() != "[":
            return f"<msqrt>{self._argument()}</msqrt>"
        self._taken()
        if "]" not in self._pieces[self._position :]:
            raise Unknown
        self._pieces[self._pieces.index("]", self._position)] = "}"
        degree = self._group()
        return f"<mroot>{self._argument()}{degree}</mroot>"

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
        if name in VARIANTS and self._next() == "{":
            return VARIED.sub(f'<mi mathvariant="{VARIANTS[name]}">', self._atom())
        if name in ACCENTS:
            return f'<mover accent="true">{self._atom()}<mo>{ACCENTS[name]}</mo></mover>'
        readers = {
            "frac": self._fraction,
            "binom": self._binomial,
            "sqrt": self._root,
            "left": self._fenced,
            "begin": self._matrix,
            "overline": self._overlined,
            "underline": self._underlined,
            "operatorname": self._operator,
        }
        if name not in readers:
            raise Unknown
        return readers[name]()

    def _fraction(self) -> str:
        return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"

    def _binomial(self) -> str:
        fraction = f'<mfrac linethickness="0px">{self._argument()}{self._argument()}</mfrac>'
        return f'<mrow><mo fence="true">(</mo>{fraction}<mo fence="true">)</mo></mrow>'

    def _overlined(self) -> str:
        return f'<mover accent="true">{self._argument()}<mo stretchy="true">‾</mo></mover>'

    def _underlined(self) -> str:
        return f'<munder accentunder="true">{self._argument()}<mo stretchy="true">‾</mo></munder>'

    def _operator(self) -> str:
        """A function of the author's own."""
        name = self._word()
        if not name.isalpha() or self._next() in {"_", "^", "'"}:
            raise Unknown
        return f'<mi mathvariant="normal">{name}</mi><mo>\u2061</mo>'
