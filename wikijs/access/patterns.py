"""Regular expressions of page rules, as the server reads them: those of JavaScript, without flags.

They are written anew in Python's language where the two differ (`$`, `.`, `\\s`, classes, names, code units), so that
both find the same. What Python cannot express is refused instead of guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LONGEST: Final = 2000
"""Characters of a pattern at most; the server's own form takes fewer."""

_SPACE: Final = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ANY: Final = r"[^\n\r\u2028\u2029]"
_CLASSES: Final = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_CONTROLS: Final = {"t": r"\t", "n": r"\n", "v": r"\v", "f": r"\f", "r": r"\r"}
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_QUANTIFIER: Final = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_HEX: Final = {"x": re.compile(r"[0-9A-Fa-f]{2}"), "u": re.compile(r"[0-9A-Fa-f]{4}")}
_OCTAL: Final = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_REFERENCE: Final = re.compile(r"\\[1-9k]")
_EDGES: Final = {"^": r"\A", "$": r"\Z"}
_WORD: Final = "[A-Za-z0-9_]"
_BORDERS: Final = {
    "b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}
_NEVER: Final = "(?!)"


class BrokenPatternError(ValueError):
    """The server cannot read this expression either: it answers an error to each question that comes upon the rule."""


class UnknownPatternError(ValueError):
    """The server can read this expression, and Python cannot."""


def found(pattern: str, path: str) -> bool:
    """Whether a regular expression of JavaScript matches somewhere in a path.

    Raises:
        BrokenPatternError: It is no regular expression.
        UnknownPatternError: It uses what Python has no word for, such as a look behind of no fixed length.
    """
    return compiled(pattern).search(code_units(path)) is not None


def code_units(text: str) -> str:
    """A text as JavaScript sees it: what lies beyond U+FFFF is two characters."""
    return "".join(letter if letter <= "\uffff" else _pair(ord(letter) - 0x10000) for letter in text)


def length(text: str) -> int:
    """How long JavaScript says that a text is."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _pair(rest: int) -> str:
    return chr(0xD800 + (rest >> 10)) + chr(0xDC00 + (rest & 0x3FF))


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """An expression of Python that finds what this one of JavaScript finds; see `found` for errors."""
    if len(pattern) > LONGEST:
        raise UnknownPatternError(f"The expression is longer than {LONGEST} characters.")
    written = _Writer(code_units(pattern)).whole()
    try:
        return re.compile(written)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnknownPatternError(f"Python cannot read it: {error}.") from None


class _Writer:
    """Reads an expression once from left to right, and writes it as Python's."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.names = {
            found[1]
            for found in re.finditer(r"\(\?<([A-Za-z_$][\w$]*)>", pattern, re.ASCII)
            if _is_open(pattern, found.start())
        }
        self.groups = sum(_is_open(pattern, at) and _captures(pattern, at) for at in _brackets(pattern))
        self.opened = 0
        self.closed: set[int] = set()
        self.seen: set[str] = set()

    def whole(self) -> str:
        written = self._alternatives(top=True)
        if self.at < len(self.pattern):
            raise BrokenPatternError("There is a bracket too many.")
        return written

    def _alternatives(self, *, top: bool = False) -> str:
        parts: list[str] = []
        while self.at < len(self.pattern):
            letter = self.pattern[self.at]
            if letter == "|":
                parts.append("|")
                self.at += 1
            elif letter == ")":
                if top:
                    raise BrokenPatternError("There is a bracket too many.")
                break
            else:
                parts.append(self._term())
        return "".join(parts)

    def _term(self) -> str:
        """One atom with its quantifier."""
        pattern, letter = self.pattern, self.pattern[self.at]
        if letter in "*+?" or _QUANTIFIER.match(pattern, self.at):
            raise BrokenPatternError("There is nothing to repeat.")
        if letter in _EDGES:
            self.at += 1
            return self._bare(_EDGES[letter])
        if pattern.startswith((r"\b", r"\B"), self.at):
            self.at += 2
            return self._bare(_BORDERS[pattern[self.at - 1]])
        if letter == "(":
            return self._group()
        return self._repeated(self._atom())

    def _atom(self) -> str:
        letter = self.pattern[self.at]
        if letter == "[":
            return self._class()
        if letter == "\\":
            return self._escape()
        self.at += 1
        return _ANY if letter == "." else re.escape(letter)

    def _bare(self, written: str) -> str:
        """What has no width and takes no quantifier."""
        if self.pattern[self.at : self.at + 1] in {"*", "+", "?"} or _QUANTIFIER.match(self.pattern, self.at):
            raise BrokenPatternError("There is nothing to repeat.")
        return written

    def _repeated(self, atom: str) -> str:
        letter = self.pattern[self.at : self.at + 1]
        braces = _QUANTIFIER.match(self.pattern, self.at)
        if letter and letter in "*+?":
            self.at += 1
            written = letter
        elif braces is not None:
            self.at = braces.end()
            least, most = int(braces[1]), braces[3]
            if most and int(most) < least:
                raise BrokenPatternError("The numbers of a repetition are out of order.")
            written = braces[0]
        else:
            return atom
        if self.pattern[self.at : self.at + 1] == "?":
            self.at += 1
            written += "?"
        return f"(?:{atom}){written}"

    def _group(self) -> str:
        opening, number = self._opening()
        inner = self._alternatives()
        if self.pattern[self.at : self.at + 1] != ")":
            raise BrokenPatternError("A bracket is not closed.")
        self.at += 1
        if number:
            self.closed.add(number)
        whole = f"{opening}{inner})"
        if opening in {"(?<=", "(?<!"}:
            return self._bare(whole)
        written = self._repeated(whole)
        if written != whole and "(" in whole[1:] + "(" * bool(number) and _REFERENCE.search(self.pattern):
            # JavaScript forgets at each round what groups held; Python does not.
            raise UnknownPatternError("A group is repeated and referred to.")
        return written

    def _opening(self) -> tuple[str, int]:
        """How a group begins, and its number if it is one that is remembered."""
        pattern, start = self.pattern, self.at
        for mark in ("(?:", "(?=", "(?!", "(?<=", "(?<!"):
            if pattern.startswith(mark, start):
                self.at += len(mark)
                return mark, 0
        if not pattern.startswith("(?", start):
            self.at += 1
            return "(", self._next()
        name = _NAME.match(pattern, start + 3) if pattern.startswith("(?<", start) else None
        if name is None or pattern[name.end() : name.end() + 1] != ">":
            raise BrokenPatternError("A group has no proper name, or begins with a mark that JavaScript does not know.")
        if name[0] in self.seen:
            raise BrokenPatternError(f"Two groups are called {name[0]}.")
        self.seen.add(name[0])
        self.at = name.end() + 1
        return f"(?P<{_python_name(name[0])}>", self._next()

    def _next(self) -> int:
        self.opened += 1
        return self.opened

    def _escape(self) -> str:
        r"""What a backslash begins, outside of a class."""
        pattern, letter = self.pattern, self.pattern[self.at + 1 : self.at + 2]
        if not letter:
            raise BrokenPatternError("It ends with a backslash.")
        if letter in "123456789":
            digits = re.compile(r"\d+", re.ASCII).match(pattern, self.at + 1)
            if digits is not None and int(digits[0]) <= self.groups:
                self.at = digits.end()
                return self._back(int(digits[0]))
        if letter == "k" and self.names:
            name = _NAME.match(pattern, self.at + 3)
            if pattern[self.at + 2 : self.at + 3] != "<" or name is None or pattern[name.end() : name.end() + 1] != ">":
                raise BrokenPatternError("A reference has no proper name.")
            if name[0] not in self.names:
                raise BrokenPatternError(f"There is no group {name[0]}.")
            if name[0] not in self.seen:
                raise UnknownPatternError("It refers to a group before that is there.")
            self.at = name.end() + 1
            return f"(?({_python_name(name[0])})(?P={_python_name(name[0])})|)"
        if letter in "dws":
            self.at += 2
            return f"[{_CLASSES[letter]}]"
        if letter in "DWS":
            self.at += 2
            return f"[^{_CLASSES[letter.lower()]}]"
        return self._character()

    def _back(self, number: int) -> str:
        if number not in self.closed:
            raise UnknownPatternError("It refers to a group before that is there.")
        return f"(?({number})\\{number}|)"

    def _character(self) -> str:
        r"""What a backslash begins and one character is."""
        pattern, letter = self.pattern, self.pattern[self.at + 1]
        if letter in _HEX:
            digits = _HEX[letter].match(pattern, self.at + 2)
            if digits is not None:
                self.at = digits.end()
                return _literal(chr(int(digits[0], 16)))
        elif letter in _CONTROLS:
            self.at += 2
            return _CONTROLS[letter]
        elif letter == "c":
            control = pattern[self.at + 2 : self.at + 3]
            if control.isascii() and control.isalpha():
                self.at += 3
                return _literal(chr(ord(control) % 32))
            self.at += 1
            return r"\\"  # then the c stands for itself
        elif octal := _OCTAL.match(pattern, self.at + 1):
            self.at = octal.end()
            return _literal(chr(int(octal[0], 8)))
        self.at += 2
        return _literal(letter)

    def _class(self) -> str:
        """A class, from its bracket to the other one."""
        self.at += 1
        pattern = self.pattern
        negated = pattern[self.at : self.at + 1] == "^"
        self.at += negated
        parts: list[str] = []
        while True:
            if self.at >= len(pattern):
                raise BrokenPatternError("A class is not closed.")
            if pattern[self.at] == "]":
                self.at += 1
                break
            low, single = self._member()
            if pattern[self.at : self.at + 1] == "-" and pattern[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.at += 1
                high, other = self._member()
                if single is None or other is None:
                    parts += [low, r"\-", high]
                elif ord(single) > ord(other):
                    raise BrokenPatternError("A range of a class is out of order.")
                else:
                    parts.append(f"{low}-{high}")
            else:
                parts.append(low)
        if not parts:
            return r"[\s\S]" if negated else _NEVER
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def _member(self) -> tuple[str, str | None]:
        """A member of a class, and the character it is; None for a class within."""
        pattern, letter = self.pattern, self.pattern[self.at]
        if letter != "\\":
            self.at += 1
            return _literal(letter), letter
        following = pattern[self.at + 1 : self.at + 2]
        if not following:
            raise BrokenPatternError("It ends with a backslash.")
        if following in _INSIDE:
            self.at += 2
            return _INSIDE[following]
        if following == "c" and re.match(r"[0-9_]", pattern[self.at + 2 : self.at + 3], re.ASCII):
            character = chr(ord(pattern[self.at + 2]) % 32)
            self.at += 3
            return _literal(character), character
        written = self._character()
        return written, _meant(written)


def _literal(character: str) -> str:
    """One character, as it may stand in a class and outside of one."""
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"


def _meant(written: str) -> str:
    if len(written) == 1:
        return written
    if written == r"\\":
        return "\\"
    simple = {value: chr(code) for value, code in zip(_CONTROLS.values(), (9, 10, 11, 12, 13), strict=True)}
    return simple.get(written) or chr(int(written.replace("\\u", "\\x").removeprefix("\\x"), base=16))


def _not_space() -> str:
    spaces = {
        9,
        10,
        11,
        12,
        13,
        32,
        0xA0,
        0x1680,
        *range(0x2000, 0x200B),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
        0xFEFF,
    }
    ranges: list[str] = []
    start = 0
    for code in [*sorted(spaces), 0x10000]:
        if start < code:
            ranges.append(f"\\u{start:04x}-\\u{code - 1:04x}")
        start = code + 1
    return "".join(ranges)


_INSIDE: Final[dict[str, tuple[str, str | None]]] = {
    **{letter: (members, None) for letter, members in _CLASSES.items()},
    "D": (r"\x00-/:-\uffff", None),
    "W": (r"\x00-/:-@\[-\^`\{-\uffff", None),
    "S": (_not_space(), None),
    "b": (r"\x08", "\b"),
    "-": (r"\-", "-"),
}
"""What a backslash and a letter are in a class, and the one character it is; None for several."""


def _python_name(name: str) -> str:
    return "g_" + name.replace("$", "_dollar_")


def _brackets(pattern: str) -> list[int]:
    return [at for at, letter in enumerate(pattern) if letter == "("]


def _captures(pattern: str, at: int) -> bool:
    return not pattern.startswith("(?", at) or (
        pattern.startswith("(?<", at) and not pattern.startswith(("(?<=", "(?<!"), at)
    )


def _is_open(pattern: str, at: int) -> bool:
    """Whether the bracket there is one, and no character of a class or behind a backslash."""
    inside, here = False, 0
    while here < at:
        letter = pattern[here]
        if letter == "\\":
            here += 1
        elif letter == "[":
            inside = True
        elif letter == "]":
            inside = False
        here += 1
    return here == at and not inside
