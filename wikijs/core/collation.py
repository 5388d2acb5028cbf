"""What MariaDB, MySQL and SQL Server take for the same text: they see neither case, accents, nor what an emoji is.

It is a guess: each collation has rules of its own. It serves to name what is in the way after the database has refused
something, and to put steps into an order in which nothing need be in the way; never to decide whether it would be.
"""

from __future__ import annotations

import unicodedata
from typing import Final

TAKEN_FOR_ONE: Final = (
    "A wiki on MariaDB, MySQL or SQL Server does not tell texts apart by case or accents, nor one emoji from another"
)
"""What to say where such a database is at work; `system.info().db_type` names it."""


def folded(text: str) -> str:
    """A text without what such a database does not see."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join(map(_known, bare.replace("\u00df", "s"))).casefold()


def _known(letter: str) -> str:
    return letter if letter <= "\uffff" else "\ufffd"
