"""Emoji as the server writes them into pages: by name between colons, and smileys."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

SMILEYS = {
    ">:( >:-(": "😠", ':") :-")': "😊", "</3 <\\3": "💔", ":/ :-/": "😕", ":'( :'-( :,( :,-(": "😢", ":( :-(": "😦",
    "<3": "❤️", "]:( ]:-(": "👿", "o:) O:) o:-) O:-) 0:) 0:-)": "😇", ":') :'-) :,) :,-) :'D :'-D :,D :,-D": "😂",
    ":* :-*": "😗", "x-) X-)": "😆", ":| :-|": "😐", ":o :-o :O :-O": "😮", ":@ :-@": "😡", ":D :-D": "😄",
    ":) :-)": "😃", "]:) ]:-)": "😈", ":,'( :,'-( ;( ;-(": "😭", ":P :-P": "😛", "8-) B-)": "😎",
    ",:( ,:-(": "😓", ",:) ,:-)": "😅", ":s :-S :z :-Z :$ :-$": "😒", ";) ;-)": "😉",
}  # fmt: skip


@cache
def smileys() -> dict[str, str]:
    """Emoji by the signs that stand for them."""
    return {sign: emoji for signs, emoji in SMILEYS.items() for sign in signs.split()}


@cache
def emoji() -> dict[str, str]:
    """Emoji by name: those of markdown-it-emoji 3.0.0 (MIT), which the server has."""
    source = files("wikijs.core.values").joinpath("emoji.json")
    listed: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return {name: sign for sign, names in listed.items() for name in names.split()}


@cache
def smiley_pattern() -> re.Pattern[str]:
    """Matches a sign that stands by itself."""
    signs = "|".join(map(re.escape, sorted(smileys(), key=len, reverse=True)))
    return re.compile(rf"(?<![^\s!-/:-@\[-`{{-~])(?:{signs})(?![^\s!-/:-@\[-`{{-~])")
